import { closeSync } from 'node:fs'
import type { Problem } from '../../core/source.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { gunzip } from '../compression.ts'
import { type Candidate, openOrNot, packedFor } from './copies.ts'
import { inodeOf, type Facts, type Opened } from './facts.ts'
import {
  agrees,
  decisive,
  digest,
  extendFingerprint,
  NO_FINGERPRINT,
  type Fingerprint
} from './fingerprint.ts'
import type { Tail } from './tail.ts'
import type { Packed } from './unpacking.ts'

/** How often it is looked whether what is sought is there by now. */
const SEARCH_INTERVAL: Millis = SECOND_MS

/** A compressed file that was unpacked to see what it holds. */
interface Inspected extends Packed {
  /** The tails whose contents it begins with, as far as those were read. */
  readonly has: ReadonlySet<Tail>
}

/** A look into a compressed file that is not repeated while the file stays as it was. */
interface Inspection {
  /** What was sought then. */
  readonly sought: ReadonlySet<Tail>
  /** What is wrong with it. */
  readonly wrong?: string
}

/**
 * The search for contents whose file is gone in what rotation has compressed, and in compressed files that nobody saw
 * before. Compressed files of related names are looked at that were made since the content was first seen, and only the
 * beginning of one that begins otherwise is unpacked. It goes on until it has found them, or for `grace`, in which a
 * rotation may be under way; what is damaged or not whole may be what is sought. A file that is read is unpacked twice,
 * first to see that it is whole.
 */
export class PackedSearch {
  /** All contents that there ever were. */
  readonly #tails: () => Iterable<Tail>
  readonly #paths: () => Iterable<string>
  readonly #grace: Millis
  /** Hears which content goes on. */
  readonly #found: (tail: Tail) => void
  readonly #inspections = new Map<string, Inspection>()
  #damaged = new Map<string, string>()
  #pass: AsyncGenerator<undefined, void> | undefined
  #searched: Millis = -Infinity

  constructor(
    tails: () => Iterable<Tail>,
    paths: () => Iterable<string>,
    grace: Millis,
    found: (tail: Tail) => void
  ) {
    this.#tails = tails
    this.#paths = paths
    this.#grace = grace
    this.#found = found
  }

  /** Whether there is something to unpack. */
  get busy(): boolean {
    return this.#pass !== undefined
  }

  /** Compressed files that cannot be read, and why. */
  problems(): Problem[] {
    return Array.from(this.#damaged, ([name, message]) => ({ name, message }))
  }

  /** What has no file that is open. */
  get sought(): Tail[] {
    return [...this.#tails()].filter(({ sought }) => sought !== undefined)
  }

  /** Whether it is time to search again. */
  isDue(now: Millis): boolean {
    return !this.#pass && now - this.#searched >= SEARCH_INTERVAL
  }

  look(now: Millis): void {
    const { sought } = this
    if (!this.isDue(now) || sought.length === 0) return
    this.#searched = now
    this.#pass = this.#find(sought, now)
  }

  /** Looks into everything anew. */
  again(): void {
    this.#inspections.clear()
  }

  /** Unpacks a little of what there is to look into. */
  async unpack(): Promise<void> {
    if ((await this.#pass?.next())?.done) this.#pass = undefined
  }

  close(): void {
    void this.#pass?.return()
  }

  /** Goes on in the compressed files that have what is sought. What none has is lost after a while, unless one is not whole. */
  async *#find(sought: readonly Tail[], now: Millis): AsyncGenerator<undefined, void> {
    const damaged = new Map<string, string>()
    const files: Inspected[] = []
    try {
      for (const candidate of this.#candidates(sought)) {
        const file = yield* this.#inspect(candidate, sought, damaged)
        if (file) files.push(file)
      }
      // Of two that begin alike, the one that was written before holds what was seen before.
      for (const file of files.splice(0).sort((a, b) => a.facts.modified - b.facts.modified))
        if (!this.#assign(file, now)) closeSync(file.fd)
    } finally {
      for (const { fd } of files) closeSync(fd)
    }
    this.#damaged = damaged
    if (damaged.size > 0) return
    for (const tail of sought)
      if (tail.sought !== undefined && now - tail.sought >= this.#grace) tail.lose(now)
  }

  #candidates(sought: readonly Tail[]): Candidate[] {
    const found = sought.flatMap(tail =>
      packedFor(tail.name, tail.real, this.#paths()).filter(
        ({ facts }) => isFrom(tail, facts) || (facts.born || facts.changed) >= tail.since
      )
    )
    return [...new Map(found.map(candidate => [candidate.facts.key, candidate])).values()]
  }

  /** Opens a file and unpacks it; `undefined` when it has nothing of what is known, or is not whole. */
  async *#inspect(
    { path, facts: { key } }: Candidate,
    sought: readonly Tail[],
    damaged: Map<string, string>
  ): AsyncGenerator<undefined, Inspected | undefined> {
    const opened = openOrNot(path)
    if (!opened) {
      damaged.set(path, 'cannot be opened')
      return undefined
    }
    const state = `${opened.facts.key}:${opened.facts.size}:${opened.facts.modified}`
    const before = this.#inspections.get(state)
    const isNews = !before || sought.some(tail => !before.sought.has(tail))
    let file: Inspected | undefined
    try {
      if (opened.facts.key !== key) damaged.set(path, 'was moved just now')
      else if (isNews) file = yield* this.#unpacked(path, opened, state, sought)
    } finally {
      if (!file) closeSync(opened.fd)
    }
    const wrong = this.#inspections.get(state)?.wrong
    if (wrong !== undefined) damaged.set(path, wrong)
    return file
  }

  async *#unpacked(
    path: string,
    { fd, facts }: Opened,
    state: string,
    sought: readonly Tail[]
  ): AsyncGenerator<undefined, Inspected | undefined> {
    try {
      const whole = sought.some(tail => isFrom(tail, facts))
      const contents = yield* inspect(fd, [...this.#tails()], whole)
      this.#inspections.set(state, { sought: new Set(sought) })
      return contents && { path, fd, facts, ...contents }
    } catch (error) {
      const wrong = `is damaged or not whole (${messageOf(error)}); it is read once it is whole`
      this.#inspections.set(state, { sought: new Set(sought), wrong })
      return undefined
    }
  }

  /** Hands a file to the content of which it holds more, and over to it, if there is any. */
  #assign(file: Inspected, now: Millis): boolean {
    const unseen = this.sought.filter(tail => tail.known === 0 && isFrom(tail, file.facts))
    const taker = this.#takerOf(file) ?? (isRead(file) ? undefined : unseen[0])
    for (const tail of unseen) if (tail !== taker) tail.end()
    if (taker && taker.offset < file.fingerprint.end) {
      taker.goOnPacked(file, now)
      this.#found(taker)
      return true
    }
    taker?.lose(now, true)
    return false
  }

  /** Of the contents that a file begins with, the one of which most was read; where all was read by one, that one. */
  #takerOf(file: Inspected): Tail | undefined {
    const { end } = file.fingerprint
    const sought = byOffset([...file.has].filter(tail => tail.sought !== undefined && tail.offset <= end))
    if (isRead(file)) return sought.find(({ offset }) => offset === end)
    const closed = byOffset(
      [...file.has].filter(tail => tail.over && tail.fd === undefined && tail.offset <= end)
    )
    return sought[0] ?? closed[0]
  }
}

/** Whether all that a file holds was read, or is read from a file that is open. */
function isRead({ has, fingerprint }: Inspected): boolean {
  return [...has].some(tail =>
    tail.fd === undefined
      ? (tail.over ? tail.offset : tail.size) === fingerprint.end && tail.sought === undefined
      : tail.size >= fingerprint.end && agrees(tail.fd, fingerprint)
  )
}

function byOffset(tails: Tail[]): Tail[] {
  return tails.sort((a, b) => b.offset - a.offset)
}

/** Whether a file is the one that a content was read from, or was before a restart. */
function isFrom({ key }: Tail, facts: Facts): boolean {
  return inodeOf(facts.key) === inodeOf(key)
}

/**
 * Unpacks an open gzip file to see what it holds, a piece with each step. Nothing of a file that begins otherwise than
 * all `tails` is unpacked behind its beginning: it has none of them, and `undefined` is returned; unless it is wanted
 * `whole`. Throws when it is damaged, or not written to its end.
 */
async function* inspect(
  fd: number,
  tails: readonly Tail[],
  whole: boolean
): AsyncGenerator<undefined, { fingerprint: Fingerprint; has: ReadonlySet<Tail> } | undefined> {
  let possible = tails.filter(({ known }) => known > 0).map(tail => ({ tail, stored: tail.stored }))
  const has = new Set(possible.filter(({ stored }) => stored.tailEnd === 0).map(({ tail }) => tail))
  let fingerprint = NO_FINGERPRINT
  for await (const bytes of gunzip(fd)) {
    const recent = Buffer.concat([fingerprint.tail, bytes])
    const start = fingerprint.end - fingerprint.tail.length
    const end = fingerprint.end + bytes.length
    for (const { tail, stored } of possible)
      if (stored.tailEnd > fingerprint.end && stored.tailEnd <= end) {
        const from = stored.tailEnd - stored.tailLength - start
        if (digest(recent.subarray(from, stored.tailEnd - start)) === stored.tail) has.add(tail)
      }
    const known = decisive(fingerprint.end)
    fingerprint = extendFingerprint(fingerprint, bytes)
    if (!known && decisive(fingerprint.end))
      possible = possible.filter(({ stored }) => begins(fingerprint, stored))
    if (possible.length === 0 && !whole) return undefined
    yield undefined
  }
  const both = possible.filter(({ tail, stored }) => has.has(tail) && begins(fingerprint, stored))
  return { fingerprint, has: new Set(both.map(({ tail }) => tail)) }
}

function begins({ head }: Fingerprint, stored: { head: string; headLength: number }): boolean {
  return stored.headLength <= head.length && digest(head.subarray(0, stored.headLength)) === stored.head
}

/** zlib's errors have numbers of their own, which are not the system's. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
