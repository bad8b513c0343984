import { closeSync } from 'node:fs'
import type { Problem } from '../../core/source.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { gunzip } from '../compression.ts'
import { Archive, type Packed } from './archive.ts'
import { type Candidate, openOrNot, packedFor } from './copies.ts'
import { inodeOf, type Opened } from './facts.ts'
import type { FilePosition } from './position.ts'
import {
  agrees,
  decisive,
  digest,
  extendFingerprint,
  NO_FINGERPRINT,
  toStored,
  type Fingerprint,
  type StoredFingerprint
} from './fingerprint.ts'
import type { Tail } from './tail.ts'

/** How often it is looked whether what is searched for is there by now. */
const SEARCH_INTERVAL: Millis = SECOND_MS

/** A compressed file that was unpacked to see what it holds. */
interface Inspected extends Packed, Contents {
  /** All that it holds was read, or is read from a file that is open. */
  readonly read: boolean
}

/** What a compressed file holds. */
interface Contents {
  /** The fingerprint of all of it; it ends where the content does. */
  readonly fingerprint: Fingerprint
  /** The ids of the contents that it begins with, as far as they were read. */
  readonly has: ReadonlySet<string>
}

/**
 * What was rotated and compressed while Visor was stopped: contents whose file is gone, and files that nobody saw. For the
 * first, compressed files of related names are looked at that were made since the content was first seen, and only the
 * beginning of one that begins otherwise is unpacked; the second are what was written last since then. A file is looked
 * at once, and once more when it was damaged and has changed. One that is read is unpacked twice, first to see that it is
 * whole.
 */
export class Archives {
  readonly #paths: () => Iterable<string>
  /** What is read of files that are there. */
  readonly #tails: () => Iterable<Tail>
  /** Where earlier runs had come to, by the id of the content. */
  readonly #known = new Map<string, FilePosition>()
  readonly #archives = new Set<Archive>()
  /** The files that were inspected, as they were then, with what is wrong with them. */
  readonly #seen = new Map<string, string | undefined>()
  #damaged = new Map<string, string>()
  readonly #failed = new Map<string, string>()
  #search: AsyncGenerator<undefined, void> | undefined
  #searched: Millis = -Infinity

  constructor(paths: () => Iterable<string>, tails: () => Iterable<Tail>) {
    this.#paths = paths
    this.#tails = tails
  }

  /** So far a content was read, perhaps to its end, and is not read from a file that is there. */
  know(id: string, position: FilePosition): void {
    this.#known.set(id, position)
  }

  /** The file of a content that an earlier run was reading is gone; a compressed one may have it. */
  seek(id: string, position: FilePosition): void {
    this.#archives.add(new Archive(id, position.path, position))
  }

  /** A compressed file may hold what came to `path` after `since` and was never seen there. */
  begin(id: string, path: string, since: Millis, { path: name, facts: { key } }: Candidate): void {
    if ([...this.#known.values()].some(known => inodeOf(known.key) === inodeOf(key))) return
    const at = { offset: 0, key, path, real: path, since, finished: false, ...toStored(NO_FINGERPRINT) }
    const archive = new Archive(id, name, at)
    archive.announce()
    this.#archives.add(archive)
  }

  get waiting(): Archive[] {
    return [...this.#archives].filter(archive => archive.waiting)
  }

  /** Whether there is something to unpack. */
  get busy(): boolean {
    return this.#search !== undefined || [...this.#archives].some(archive => archive.unpacking)
  }

  /** Compressed files that cannot be read, and why. */
  problems(): Problem[] {
    return Array.from([...this.#damaged, ...this.#failed], ([name, message]) => ({ name, message }))
  }

  look(now: Millis): void {
    if (this.#search || this.#wanted.length === 0 || now - this.#searched < SEARCH_INTERVAL) return
    this.#searched = now
    this.#search = this.#find()
  }

  /** Unpacks a little of what there is to unpack. */
  async unpack(): Promise<void> {
    if ((await this.#search?.next())?.done) this.#search = undefined
    for (const archive of this.#archives)
      try {
        await archive.unpack()
      } catch (error) {
        this.#failed.set(archive.name, `cannot be read: ${messageOf(error)}`)
        archive.close()
      }
  }

  /** Lets go of what is read to its end. */
  settle(): void {
    for (const archive of this.#archives)
      if (archive.finished && !archive.waiting) {
        this.know(archive.id, archive.position())
        this.#archives.delete(archive)
      }
  }

  close(): void {
    void this.#search?.return()
    for (const archive of this.#archives) archive.close()
    this.#archives.clear()
  }

  get #wanted(): Archive[] {
    return [...this.#archives].filter(({ found, finished }) => !found && !finished)
  }

  /** Goes on in the compressed files that have what is searched for. What none has is lost, unless one is not whole as yet. */
  async *#find(): AsyncGenerator<undefined, void> {
    this.#damaged = new Map()
    const files: Inspected[] = []
    try {
      for (const candidate of this.#candidates()) {
        const file = yield* this.#inspect(candidate)
        if (file) files.push(file)
      }
      // Of two that begin alike, the one that was written before holds what was seen before.
      for (const file of files.splice(0).sort((a, b) => a.facts.modified - b.facts.modified))
        if (!this.#assign(file)) closeSync(file.fd)
    } finally {
      for (const { fd } of files) closeSync(fd)
    }
    if (this.#damaged.size === 0) for (const archive of this.#wanted) archive.finish()
  }

  #candidates(): Candidate[] {
    const found = this.#wanted.flatMap(archive => {
      const { path, real, since, key } = archive.position()
      return packedFor(path, real, this.#paths()).filter(
        ({ facts }) => inodeOf(facts.key) === inodeOf(key) || (facts.born || facts.changed) >= since
      )
    })
    return [...new Map(found.map(candidate => [candidate.facts.key, candidate])).values()]
  }

  /** Opens a file and unpacks it; `undefined` when it has nothing of what is known, or is not whole. */
  async *#inspect({ path, facts: { key } }: Candidate): AsyncGenerator<undefined, Inspected | undefined> {
    const opened = openOrNot(path)
    if (!opened) {
      this.#damaged.set(path, 'cannot be opened')
      return undefined
    }
    const { size, modified } = opened.facts
    const state = `${key}:${size}:${modified}`
    let file: Inspected | undefined
    try {
      if (opened.facts.key !== key) this.#damaged.set(path, 'was moved just now')
      else if (!this.#seen.has(state)) file = yield* this.#unpacked(path, opened, state)
    } finally {
      if (!file) closeSync(opened.fd)
    }
    const wrong = this.#seen.get(state)
    if (wrong !== undefined) this.#damaged.set(path, wrong)
    return file
  }

  async *#unpacked(
    path: string,
    { fd, facts }: Opened,
    state: string
  ): AsyncGenerator<undefined, Inspected | undefined> {
    try {
      const begun = this.#wanted.some(archive => archive.isFrom(facts))
      const contents = yield* inspect(fd, this.#known, begun)
      this.#seen.set(state, undefined)
      return contents && { path, fd, facts, ...contents, read: this.#isRead(contents) }
    } catch (error) {
      this.#seen.set(state, `is damaged or not whole (${messageOf(error)}); it is read once it is whole`)
      return undefined
    }
  }

  #isRead({ fingerprint, has }: Contents): boolean {
    const known = [...has].map(id => this.#known.get(id))
    if (known.some(at => at?.finished === true && at.offset === fingerprint.end)) return true
    return [...this.#tails()].some(
      ({ fd, size }) => fd !== undefined && size >= fingerprint.end && agrees(fd, fingerprint)
    )
  }

  /** Hands a file to the content of which it holds more, and over to it, if there is any. */
  #assign(file: Inspected): boolean {
    const own = this.#wanted.filter(archive => archive.isFrom(file.facts))
    const begun = own.find(({ offset }) => offset > 0)
    const taker = begun ?? (file.read ? undefined : (this.#takerOf(file) ?? own[0]))
    for (const archive of own) if (archive !== taker) archive.finish()
    if (taker && taker.offset < file.fingerprint.end) {
      taker.goOn(file)
      return true
    }
    taker?.finish()
    return false
  }

  /** Of the contents that a file begins with, the one of which most was read. */
  #takerOf({ has, fingerprint }: Inspected): Archive | undefined {
    const taken = new Set([...this.#archives, ...this.#tails()].map(({ id }) => id))
    const finished = [...this.#known]
      .filter(([id, at]) => at.finished && !taken.has(id))
      .map(([id, at]) => new Archive(id, at.path, { ...at, finished: false }))
    const [taker] = [...this.#wanted, ...finished]
      .filter(({ id, offset }) => has.has(id) && offset <= fingerprint.end)
      .sort((a, b) => b.offset - a.offset)
    if (taker) this.#archives.add(taker)
    return taker
  }
}

/**
 * Unpacks an open gzip file to see what it holds, a piece with each step. Nothing of a file that begins otherwise than
 * all `fingerprints` is unpacked behind its beginning: it has none of them, and `undefined` is returned; unless it is
 * wanted `whole`. Throws when it is damaged, or not written to its end.
 */
async function* inspect(
  fd: number,
  fingerprints: ReadonlyMap<string, StoredFingerprint>,
  whole: boolean
): AsyncGenerator<undefined, Contents | undefined> {
  const has = new Set<string>()
  let possible = [...fingerprints]
  let fingerprint = NO_FINGERPRINT
  for await (const bytes of gunzip(fd)) {
    const recent = Buffer.concat([fingerprint.tail, bytes])
    const start = fingerprint.end - fingerprint.tail.length
    const end = fingerprint.end + bytes.length
    for (const [name, { tail, tailLength, tailEnd }] of possible)
      if (tailEnd > fingerprint.end && tailEnd <= end)
        if (digest(recent.subarray(tailEnd - tailLength - start, tailEnd - start)) === tail) has.add(name)
    const known = decisive(fingerprint.end)
    fingerprint = extendFingerprint(fingerprint, bytes)
    if (!known && decisive(fingerprint.end))
      possible = possible.filter(([, stored]) => begins(fingerprint, stored))
    if (possible.length === 0 && !whole) return undefined
    yield undefined
  }
  const both = possible.filter(([name, stored]) => has.has(name) && begins(fingerprint, stored))
  return { fingerprint, has: new Set(both.map(([name]) => name)) }
}

function begins({ head }: Fingerprint, { head: stored, headLength }: StoredFingerprint): boolean {
  return digest(head.subarray(0, headLength)) === stored
}

/** zlib's errors have numbers of their own, which are not the system's. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
