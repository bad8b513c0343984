import { closeSync } from 'node:fs'
import type { Stream } from '../../core/source.ts'
import type { Millis } from '../../core/time.ts'
import { lastLineStart, readAt } from '../bytes.ts'
import { bornOf, type Facts, factsOfOpen, type Opened } from './facts.ts'
import { Missing, NOTHING_MISSING, type FilePosition } from './position.ts'
import { type Packed, Unpacking } from './unpacking.ts'
import {
  agrees,
  decisive,
  extendHead,
  NO_FINGERPRINT,
  type Fingerprint,
  restore,
  toStored,
  type StoredFingerprint,
  tailAt,
  takeFingerprint
} from './fingerprint.ts'

/** `#` */
const HEADER = 0x23

const NEW = { offset: 0, size: 0, grown: 0, rotated: 0, finished: false, ...NOTHING_MISSING }

/**
 * One content of one file, read from its beginning to its end: a file that is truncated begins another.
 * It stays the same under whatever name, and goes on in a copy, or a compressed one, when its own bytes are gone; while
 * there is none it is sought.
 *
 * Nothing that was read is believed before the bytes in front of it were seen to be still there afterwards: so a
 * file that is truncated between two calls, and has grown again, is noticed however it is timed.
 */
export class Tail implements Stream {
  readonly id: string
  readonly since: Millis
  name: string
  real: string
  key: string
  finished = false
  readonly replayable = true
  /** Whether it may be read; until then it could be a copy of another file that was read already. */
  decided = true
  /** Its bytes before the offset are no longer those that were read. */
  changed = false
  /** When it was last seen to grow, or first seen. */
  grown: Millis
  readonly missing: Missing
  /** Since when it is searched for; `undefined` while its bytes can be read, and when it is over. */
  sought: Millis | undefined
  /** Its size when another file took over all its bytes, so that the rest of its last line is read there. */
  replacedAt: number | undefined
  fd: number | undefined
  offset: number
  size: number
  /** When it was last written, in the file system's time; NaN while that is not known. */
  modified = NaN
  /** End of the bytes that the reader was shown. */
  #shown: number
  #fingerprint: Fingerprint | undefined
  #stored: StoredFingerprint
  #rotated: Millis | undefined
  #moved = false
  #unpacking: Unpacking | undefined
  /** Something that the reader was not shown: the end, or a position to be stored though nothing was read. */
  #news = false

  private constructor(id: string, at: FilePosition) {
    this.id = id
    this.since = at.since
    this.name = at.path
    this.real = at.real
    this.key = at.key
    this.finished = at.finished
    this.grown = at.grown
    this.#rotated = at.rotated || undefined
    this.missing = new Missing(at)
    this.offset = at.offset
    this.#shown = at.offset
    this.size = Math.max(at.offset, at.size)
    this.#stored = at
  }

  /** A file seen for the first time, to be read from `offset` on. Owns the open file. */
  static begin(id: string, path: string, { fd, facts, real }: Opened, now: Millis, offset = 0): Tail {
    const fingerprint = offset === 0 ? NO_FINGERPRINT : takeFingerprint(fd, offset)
    const { key, changed: since } = facts
    const passed = offset
    const tail = new Tail(id, { ...NEW, offset, passed, key, path, real, since, ...toStored(fingerprint) })
    tail.#fingerprint = fingerprint
    tail.fd = fd
    tail.grown = now
    tail.#news = true
    tail.observe(facts, now)
    return tail
  }

  /** A file known from before a restart; closed as yet. */
  static restored(id: string, position: FilePosition): Tail {
    return new Tail(id, position)
  }

  /** A compressed file of which nobody saw the content before it was compressed; it is yet to be looked into. */
  static packed(id: string, path: string, since: Millis, key: string, now: Millis): Tail {
    const tail = new Tail(id, { ...NEW, key, path, real: path, since, ...toStored(NO_FINGERPRINT) })
    tail.#news = true
    tail.#rotated = now
    tail.sought = now
    return tail
  }

  /** When its path was found to lead elsewhere; `undefined` while the path leads to it. */
  get rotated(): Millis | undefined {
    return this.#rotated
  }

  /** Remembered over a restart. */
  set rotated(when: Millis | undefined) {
    this.#news ||= when !== this.#rotated
    this.#rotated = when
  }

  /** When its file was made, in the file system's time; 0 where that is not known. */
  get born(): Millis {
    return bornOf(this.key)
  }

  get written(): number | undefined {
    return Number.isNaN(this.modified) ? undefined : this.modified
  }

  /** Whether the reader was shown all that there is. */
  get seen(): boolean {
    return this.size <= this.#shown
  }

  /** Its first bytes; none of a file that was not opened in this run. */
  get head(): Uint8Array {
    return this.#fingerprint?.head ?? NO_FINGERPRINT.head
  }

  /** How many of its bytes are known, so that other files can be compared with it. */
  get known(): number {
    return Math.max(this.offset, this.#fingerprint?.head.length ?? this.#stored.headLength)
  }

  get pending(): number {
    return Math.max(0, this.size - this.offset)
  }

  /** Whether the reader has something to do: bytes it was not shown, a rest behind what it took, or news. */
  get waiting(): boolean {
    if (this.changed || !this.decided) return false
    const unseen = this.fd !== undefined && (!this.seen || (this.#moved && this.pending > 0))
    return unseen || this.#news || this.#unpacking?.waiting === true
  }

  /** Whether there is more to unpack. */
  get unpacking(): boolean {
    return this.#unpacking?.over === false
  }

  /** To be called before it is handed to the reader. */
  offer(): void {
    this.#moved = false
    this.#news = false
    this.#unpacking?.offer()
  }

  read(into: Uint8Array): number {
    if (this.#unpacking) return this.#unpacking.read(into)
    if (this.fd === undefined || this.changed || !this.decided) return 0
    const count = this.#readOrNot(this.fd, into)
    if (!this.#intact()) return 0
    const fingerprint = this.#fingerprint ?? NO_FINGERPRINT
    this.#fingerprint = {
      ...fingerprint,
      head: extendHead(fingerprint.head, into.subarray(0, count), this.offset)
    }
    this.#shown = Math.max(this.#shown, this.offset + count)
    this.size = Math.max(this.size, this.offset + count)
    return count
  }

  advance(bytes: number): void {
    if (bytes === 0) return
    this.offset += bytes
    this.#unpacking?.advance(bytes)
    if (this.fd === undefined) return
    this.#moved = true
    const tail = tailAt(this.fd, this.offset)
    // The fingerprint stays behind when the bytes went away since they were read: it still finds their copy.
    if (this.#fingerprint && this.#intact())
      this.#fingerprint = { head: this.#fingerprint.head, tail, end: this.offset }
  }

  position(): FilePosition {
    const { offset, size, key, name, real, since, rotated = 0, over: finished } = this
    return {
      ...this.stored,
      ...this.missing.stored,
      offset,
      size,
      key,
      path: name,
      real,
      since,
      grown: rotated > 0 ? this.grown : 0,
      rotated,
      finished
    }
  }

  /** Whether all that it ever had was read, or is lost. */
  get over(): boolean {
    return this.finished && this.offset >= this.size
  }

  get stored(): StoredFingerprint {
    if (this.#fingerprint) this.#stored = toStored(this.#fingerprint)
    const { head, headLength, tail, tailLength, tailEnd } = this.#stored
    return { head, headLength, tail, tailLength, tailEnd }
  }

  /** Takes note of what the file system knows of it. */
  observe(facts: Facts, now: Millis): void {
    const touched = facts.modified !== this.modified
    if (facts.size < this.offset) this.changed = true
    else if (touched) this.#intact()
    // What was seen of the old bytes stays known.
    if (this.changed) return
    if (facts.size > this.size) this.grown = now
    this.#shrink(facts.size, now)
    this.size = facts.size
    this.modified = facts.modified
    this.#shown = Math.min(this.#shown, Math.max(facts.size, this.offset))
    if (this.offset === 0) this.#peek()
  }

  /** Whether its file was not touched since it was last seen. */
  isAsBefore({ size, modified }: Facts): boolean {
    return size === this.size && modified === this.modified
  }

  /** Looks at the open file, whatever path leads to it; returns its facts. */
  observeOpen(now: Millis): Facts | undefined {
    if (this.fd === undefined) return undefined
    const facts = factsOfOpen(this.fd)
    this.observe(facts, now)
    return facts
  }

  /** The fingerprint of what was read, when `fd` has the same bytes. */
  found(fd: number): Fingerprint | undefined {
    if (!this.#fingerprint) return restore(fd, this.#stored)
    return agrees(fd, this.#fingerprint) ? this.#fingerprint : undefined
  }

  /** Goes on in an open file that has the bytes read so far: itself after a restart, or a copy. Owns it. */
  goOn(path: string, { fd, facts, real }: Opened, fingerprint: Fingerprint, now: Millis): void {
    this.close()
    this.fd = fd
    this.#fingerprint = fingerprint
    this.#shown = this.offset
    this.modified = NaN
    this.#news = true
    this.changed = false
    this.finished = false
    this.decided = true
    this.sought = undefined
    this.name = path
    this.real = real
    this.key = facts.key
    this.observe(facts, now)
  }

  /** Goes on in a compressed file that has the bytes read so far, and more. */
  goOnPacked({ path, fd, facts, fingerprint }: Packed, now: Millis): void {
    this.close()
    this.#unpacking = new Unpacking(fd, path, this.offset)
    this.#fingerprint = fingerprint
    this.#shrink(fingerprint.end, now)
    this.#news = true
    this.sought = undefined
    this.finished = false
    this.key = facts.key
    this.size = fingerprint.end
  }

  /** Unpacks more of it where it is compressed. Throws when that cannot be read. */
  async unpack(): Promise<void> {
    if (!this.#unpacking) return
    await this.#unpacking.unpack()
    if (this.#unpacking.over) this.finish()
  }

  /** Its bytes are gone from its file, and searched for from now on. */
  seek(now: Millis): void {
    this.close()
    this.changed = false
    this.rotated ??= now
    this.sought = now
  }

  /** Gives its open file away. */
  handOver(): Opened | undefined {
    const { fd, real } = this
    this.fd = undefined
    return fd === undefined ? undefined : { fd, facts: factsOfOpen(fd), real }
  }

  /** Begins where another ended, of which its file is a replacement that has all its bytes. */
  goOnFrom(older: Tail): void {
    if (this.fd === undefined) return
    this.offset = lastLineStart(this.fd, older.size)
    this.missing.passed = this.offset
    this.#shown = this.offset
    this.#fingerprint = takeFingerprint(this.fd, this.offset)
    this.#news = true
    older.replacedAt = older.size
  }

  /** All that it has is read elsewhere. */
  pass(): void {
    if (this.fd === undefined) return
    this.missing.passed += this.size - this.offset
    this.offset = this.size
    this.#shown = this.size
    this.#fingerprint = takeFingerprint(this.fd, this.offset)
    this.finish()
  }

  /** No more will come. */
  finish(): void {
    this.#news ||= !this.finished
    this.finished = true
    this.decided = true
  }

  /** Its unread bytes are gone; `whole`: nothing can have come behind them that nobody saw. */
  lose(now: Millis, whole = false): void {
    this.missing.lose(this.pending, now)
    this.missing.endUnknown ||= !whole
    this.end()
  }

  /** What it has besides is read elsewhere. */
  end(): void {
    this.close()
    this.size = this.offset
    this.sought = undefined
    this.finish()
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd)
    this.#unpacking?.close()
    this.fd = undefined
    this.#unpacking = undefined
    // Of what is closed hashes are enough to know it again.
    this.#stored = this.stored
    this.#fingerprint = undefined
  }

  /**
   * What has the bytes that were read ends there, before the end that was seen. What is lost is known only where nothing else
   * could begin alike, as files do that have a header.
   */
  #shrink(end: number, now: Millis): void {
    if (end >= this.size) return
    if (decisive(this.offset) && this.head[0] !== HEADER) this.missing.lose(this.size - end, now)
    else this.missing.endUnknown = true
  }

  /** A failing disk or a vanished network file looks like a file that does not grow. */
  #readOrNot(fd: number, into: Uint8Array): number {
    try {
      return readAt(fd, into, this.offset)
    } catch {
      return 0
    }
  }

  /** What begins a file is known before it is read: a copy may have it when the file is truncated. */
  #peek(): void {
    const { fd, size, head } = this
    if (fd !== undefined && this.#fingerprint && head.length < size && !decisive(head.length))
      this.#fingerprint = { ...NO_FINGERPRINT, head: takeFingerprint(fd, size).head }
  }

  #intact(): boolean {
    if (this.fd !== undefined && this.#fingerprint && !agrees(this.fd, this.#fingerprint)) this.changed = true
    return !this.changed
  }
}
