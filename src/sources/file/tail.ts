import { closeSync } from 'node:fs'
import type { Stream } from '../../core/source.ts'
import type { Millis } from '../../core/time.ts'
import { lastLineStart, readAt } from '../bytes.ts'
import { bornOf, inodeOf, type Facts, factsOfOpen, type Opened } from './facts.ts'
import type { FilePosition } from './position.ts'
import {
  agrees,
  extendHead,
  NO_FINGERPRINT,
  type Fingerprint,
  restore,
  toStored,
  type StoredFingerprint,
  tailAt,
  takeFingerprint
} from './fingerprint.ts'

/**
 * One content of one file, read from its beginning to its end: a file that is truncated begins another.
 * It stays the same under whatever name, and goes on in a copy when its own bytes are gone.
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
  /** When its path was found to lead elsewhere; `undefined` while the path leads to it. */
  rotated: Millis | undefined
  /** When it was last seen to grow, or first seen. */
  grown: Millis
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
  #moved = false
  #peeked = NO_FINGERPRINT.head
  /** Something that the reader was not shown: the end, or a position to be stored though nothing was read. */
  #news = false

  private constructor(id: string, at: FilePosition) {
    this.id = id
    this.since = at.since
    this.name = at.path
    this.real = at.real
    this.key = at.key
    this.finished = at.finished
    this.grown = at.since
    this.offset = at.offset
    this.#shown = at.offset
    this.size = at.offset
    this.#stored = at
  }

  /** A file seen for the first time, to be read from `offset` on. Owns the open file. */
  static begin(id: string, path: string, { fd, facts, real }: Opened, now: Millis, offset = 0): Tail {
    const fingerprint = offset === 0 ? NO_FINGERPRINT : takeFingerprint(fd, offset)
    const { key, changed: since } = facts
    const tail = new Tail(id, { offset, key, path, real, since, finished: false, ...toStored(fingerprint) })
    tail.#fingerprint = fingerprint
    tail.fd = fd
    tail.#news = true
    tail.observe(facts, now)
    return tail
  }

  /** A file known from before a restart; closed as yet. */
  static known(id: string, position: FilePosition): Tail {
    return new Tail(id, position)
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

  /** Its first bytes, as they were read, or as they are while nothing was read. */
  get head(): Uint8Array {
    const read = this.#fingerprint?.head
    if (read && read.length > 0) return read
    if (this.#peeked.length === 0 && this.fd !== undefined)
      this.#peeked = takeFingerprint(this.fd, this.size).head
    return this.#peeked
  }

  get pending(): number {
    return Math.max(0, this.size - this.offset)
  }

  /** Whether the reader has something to do: bytes it was not shown, a rest behind what it took, or news. */
  get waiting(): boolean {
    if (this.changed || !this.decided) return false
    const unseen = !this.seen || (this.#moved && this.pending > 0)
    return unseen || this.#news
  }

  /** To be called before it is handed to the reader. */
  offer(): void {
    this.#moved = false
    this.#news = false
  }

  read(into: Uint8Array): number {
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
    if (bytes === 0 || this.fd === undefined) return
    this.offset += bytes
    this.#moved = true
    const tail = tailAt(this.fd, this.offset)
    // The fingerprint stays behind when the bytes went away since they were read: it still finds their copy.
    if (this.#fingerprint && this.#intact())
      this.#fingerprint = { head: this.#fingerprint.head, tail, end: this.offset }
  }

  position(): FilePosition {
    if (this.#fingerprint) this.#stored = toStored(this.#fingerprint)
    const { offset, key, name, real, since, finished } = this
    return { ...this.#stored, offset, key, path: name, real, since, finished }
  }

  /** Takes note of what the file system knows of it. */
  observe(facts: Facts, now: Millis): void {
    const touched = facts.modified !== this.modified
    if (facts.size > this.size || Number.isNaN(this.modified)) this.grown = now
    this.size = facts.size
    this.modified = facts.modified
    this.#shown = Math.min(this.#shown, Math.max(facts.size, this.offset))
    if (facts.size < this.offset) this.changed = true
    else if (touched) this.#intact()
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
    this.name = path
    this.real = real
    this.key = facts.key
    this.observe(facts, now)
  }

  /** Begins where another ended, of which its file is a replacement that has all its bytes. */
  goOnFrom(older: Tail): void {
    if (this.fd === undefined) return
    this.offset = lastLineStart(this.fd, older.size)
    this.#shown = this.offset
    this.#fingerprint = takeFingerprint(this.fd, this.offset)
    this.#news = true
    older.replacedAt = older.size
  }

  /** All that it has is read elsewhere. */
  pass(): void {
    if (this.fd === undefined) return
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

  /** Its unread bytes are gone. */
  lose(): void {
    this.close()
    this.size = this.offset
    this.changed = false
    this.finish()
  }

  close(): void {
    if (this.fd !== undefined) closeSync(this.fd)
    this.fd = undefined
  }

  /** A failing disk or a vanished network file looks like a file that does not grow. */
  #readOrNot(fd: number, into: Uint8Array): number {
    try {
      return readAt(fd, into, this.offset)
    } catch {
      return 0
    }
  }

  #intact(): boolean {
    if (this.fd !== undefined && this.#fingerprint && !agrees(this.fd, this.#fingerprint)) this.changed = true
    return !this.changed
  }
}

/** Which tail reads each file, or has read it to its end. */
export class Owners {
  /** By `Facts.key`. */
  readonly #tails = new Map<string, Tail>()
  /** Those of an earlier run, by `inodeOf` their files: the device may have another number since. */
  readonly #finished = new Map<string, Tail>()

  get(key: string | undefined): Tail | undefined {
    return key === undefined ? undefined : (this.#tails.get(key) ?? this.#finished.get(inodeOf(key)))
  }

  /** The tail reads its file from now on. */
  set(tail: Tail): void {
    this.#tails.set(tail.key, tail)
    this.#finished.delete(inodeOf(tail.key))
  }

  /** An earlier run read its file to the end. */
  setFinished(tail: Tail): void {
    this.#tails.set(tail.key, tail)
    this.#finished.set(inodeOf(tail.key), tail)
  }

  /** The tail has nothing to do with its file any more. */
  delete(tail: Tail): void {
    if (this.#tails.get(tail.key) === tail) this.#tails.delete(tail.key)
    if (this.#finished.get(inodeOf(tail.key)) === tail) this.#finished.delete(inodeOf(tail.key))
  }
}
