import { closeSync } from 'node:fs'
import { systemCode } from '../../core/errors.ts'
import type { KnownStream, Problem } from '../../core/source.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { lastLineStart, slice } from '../bytes.ts'
import { compressionOf } from '../compression.ts'
import type { Archive } from './archive.ts'
import { Archives } from './archives.ts'
import {
  type Candidate,
  candidateAt,
  candidatesFor,
  compare,
  findCopy,
  findSame,
  type FoundFile,
  lastSeenAt,
  looksAlike,
  packedRotationsOf,
  rotationsOf
} from './copies.ts'
import { type Facts, factsAt, hindrance, openForReading, type Opened } from './facts.ts'
import type { Hints } from './hints.ts'
import { namedCompressed } from './names.ts'
import { pathsOf, type FileOptions } from './options.ts'
import { type WatchedPath, Paths } from './paths.ts'
import { parsePosition } from './position.ts'
import { decisive, sameBytes } from './fingerprint.ts'
import { Owners, Tail } from './tail.ts'

/** How often what has not changed for ACTIVE_TIME is looked at, and patterns are expanded. */
const IDLE_POLL_INTERVAL: Millis = SECOND_MS
const ACTIVE_TIME: Millis = 10 * SECOND_MS
/** A short file that is the same as another counts as one of its own when it has not grown for so long. */
const SETTLE_TIME: Millis = 3 * SECOND_MS

/** The files under the user's paths, and what is being read of them. */
export class Files {
  readonly #options: FileOptions
  readonly #hints: Pick<Hints, 'add' | 'take'>
  readonly #paths: Paths
  readonly #known: readonly KnownStream[]
  readonly #owners = new Owners()
  /** Tails that are open, or whose end the reader was not shown. Oldest first. */
  readonly #active = new Set<Tail>()
  readonly #problems = new Map<string, string>()
  /** Paths of compressed files, which are not followed. */
  readonly #skipped = new Set<string>()
  readonly #ids: Set<string>
  readonly #archives: Archives
  /** Paths that led elsewhere than at the last look. */
  readonly #moved = new Set<WatchedPath>()
  #refreshed: Millis = -Infinity
  #started = false

  constructor(options: FileOptions, known: readonly KnownStream[], hints: Pick<Hints, 'add' | 'take'>) {
    this.#options = options
    this.#hints = hints
    this.#known = known
    this.#ids = new Set(known.map(({ id }) => id))
    this.#paths = new Paths(pathsOf(options))
    this.#archives = new Archives(
      () => this.#paths.entries.keys(),
      () => this.#active
    )
  }

  /** Brings everything up to date with the file system. */
  look(now: Millis): void {
    this.#refresh(now)
    const missing = this.#started ? [] : this.#resumeKnown(now)
    for (const entry of this.#paths.entries.values()) if (entry.due <= now) this.#lookAt(entry, now)
    // The one of which most was read goes first: its copy also has the beginnings that others had in common with it.
    for (const tail of missing.sort((a, b) => b.offset - a.offset)) this.#goOnInCopy(tail, false, now)
    for (const tail of this.#active) this.#try(tail.name, () => this.#check(tail, now))
    this.#catchUp(now)
    const undecided = [...this.#active].filter(tail => !tail.decided).sort((a, b) => a.born - b.born)
    for (const tail of undecided) this.#try(tail.name, () => this.#decide(tail, now))
    this.#archives.look(now)
    this.#started = true
  }

  /** Unpacks a little of what rotation has compressed before it was read; returns whether there is more to unpack. */
  async unpack(): Promise<boolean> {
    await this.#archives.unpack()
    return this.#archives.busy
  }

  /** Sees whether an open file was truncated, and whether a rotated one is over. */
  #check(tail: Tail, now: Millis): void {
    if (!this.#inPlace(tail)) tail.observeOpen(now)
    if (tail.changed) this.#recover(tail, now)
    const { rotated, grown, decided, seen } = tail
    if (rotated === undefined || !decided || !seen || now - Math.max(rotated, grown) < this.#options.grace)
      return
    if (tail.replacedAt === tail.size) tail.lose()
    else tail.finish()
  }

  /** A file that cannot be read at the moment is no reason to stop reading the others. */
  #try(path: string, action: () => void): void {
    try {
      action()
    } catch (error) {
      this.#problems.set(path, `cannot be read: ${systemCode(error) ?? String(error)}`)
    }
  }

  /** What the reader has something to do with: rotated files first, then those last written longest ago. */
  waiting(): (Tail | Archive)[] {
    const tails = [...this.#active].filter(tail => tail.waiting)
    tails.sort((a, b) => rank(a) - rank(b) || a.modified - b.modified)
    return [...this.#archives.waiting, ...tails]
  }

  /** Lets go of tails that are read to their end. */
  settle(): void {
    for (const tail of this.#active)
      if (tail.finished && !tail.waiting) {
        tail.close()
        this.#active.delete(tail)
        this.#archives.know(tail.id, tail.position())
      }
    this.#archives.settle()
  }

  problems(): Problem[] {
    const own = Array.from(this.#problems, ([name, message]) => ({ name, message }))
    return [...own, ...this.#archives.problems()]
  }

  close(): void {
    for (const tail of this.#active) tail.close()
    this.#active.clear()
    this.#archives.close()
  }

  #refresh(now: Millis): void {
    let stale = now - this.#refreshed >= IDLE_POLL_INTERVAL
    for (const path of this.#hints.take()) {
      const entry = this.#paths.entries.get(path)
      if (entry) entry.due = now
      else stale ||= now - this.#refreshed >= this.#options.poll
    }
    if (!stale) return
    this.#refreshed = now
    for (const entry of this.#paths.refresh()) {
      this.#leave(entry, now)
      this.#problems.delete(entry.path)
      this.#skipped.delete(entry.path)
    }
    for (const folder of this.#paths.folders()) this.#hints.add(folder)
  }

  #lookAt(entry: WatchedPath, now: Millis): void {
    const { path } = entry
    this.#problems.delete(path)
    this.#try(path, () => {
      const facts = factsAt(path)
      if (facts?.key !== entry.key) {
        this.#leave(entry, now)
        this.#moved.add(entry)
        entry.key = facts?.key
        entry.active = now
      }
      if (facts?.regular) this.#visit(entry, facts, now)
      else this.#problems.set(path, hindrance(facts))
    })
    entry.due = now - entry.active < ACTIVE_TIME ? now : now + IDLE_POLL_INTERVAL
  }

  #visit(entry: WatchedPath, facts: Facts, now: Millis): void {
    const { path } = entry
    if (namedCompressed(path)) this.#skipped.add(path)
    if (this.#skipped.has(path)) return
    this.#attend({ path, facts }, now)
    const owner = this.#owners.get(facts.key)
    if (!owner) return
    owner.observe(facts, now)
    if (!this.#inPlace(owner)) owner.name = path
    if (owner.grown === now) entry.active = now
  }

  /**
   * Files that came and went under a path between two looks, or while Visor was stopped, where they may be compressed
   * now. No pattern need match the names that they have now.
   */
  #catchUp(now: Millis): void {
    for (const entry of this.#moved)
      for (const rotated of rotationsOf(entry.path, entry.since)) this.#attend(rotated, now)
    this.#moved.clear()
    if (!this.#started)
      for (const { path, since } of this.#paths.entries.values())
        for (const packed of packedRotationsOf(path, since))
          this.#archives.begin(this.#freshId(packed.facts, now), path, since, packed)
    for (const entry of this.#paths.entries.values())
      entry.since = this.#owners.get(entry.key)?.since ?? entry.since
  }

  /** Begins to read a file, or goes on when it is one that was read to its end before. */
  #attend({ path, facts }: Candidate, now: Millis): void {
    const owner = this.#owners.get(facts.key)
    this.#try(path, () => {
      if (!owner) this.#begin(path, now)
      else if (owner.fd === undefined && !owner.isAsBefore(facts)) this.#wake(owner, path, now)
    })
  }

  /** Begins to read a file, which is looked at first to see whether it is a copy. */
  #begin(path: string, now: Millis): void {
    const opened = openForReading(path)
    const atEnd = !this.#started && this.#known.length === 0 && this.#options.from === 'end'
    const offset = atEnd ? lastLineStart(opened.fd, opened.facts.size) : 0
    const tail = Tail.begin(this.#freshId(opened.facts, now), path, opened, now, offset)
    // What is named and empty is no copy: it is known from now on, also when it is rotated before it has a line.
    tail.decided = opened.facts.size === 0 && this.#paths.entries.get(path)?.named === true
    if (!this.#paths.entries.has(path)) tail.rotated = now
    this.#own(tail)
  }

  /** A finished tail whose file is still there may have grown, or its inode belongs to another file now. */
  #wake(tail: Tail, path: string, now: Millis): void {
    const opened = openForReading(path)
    const fingerprint = opened.facts.size < tail.offset ? undefined : tail.found(opened.fd)
    if (fingerprint && opened.facts.size > tail.offset) {
      tail.goOn(path, opened, fingerprint, now)
      tail.rotated = now
      this.#own(tail)
      return
    }
    closeSync(opened.fd)
    if (fingerprint) return
    this.#owners.delete(tail)
    this.#begin(path, now)
  }

  /** The path no longer leads to the file that it led to. */
  #leave(entry: WatchedPath, now: Millis): void {
    const tail = this.#owners.get(entry.key)
    if (tail?.name === entry.path) tail.rotated ??= now
    this.#skipped.delete(entry.path)
  }

  #inPlace(tail: Tail): boolean {
    return this.#paths.entries.get(tail.name)?.key === tail.key
  }

  #own(tail: Tail): void {
    this.#owners.set(tail)
    this.#active.add(tail)
  }

  /** Goes on in the file that was found, which may be open already as one that could be a copy. */
  #goOn(tail: Tail, { path, opened, fingerprint }: FoundFile, now: Millis): void {
    const undecided = this.#owners.get(opened.facts.key)
    if (undecided && undecided !== tail) this.#drop(undecided)
    tail.goOn(path, opened, fingerprint, now)
    this.#own(tail)
  }

  /** The bytes of a tail are gone from its file: the file begins anew. */
  #recover(tail: Tail, now: Millis): void {
    this.#owners.delete(tail)
    for (const entry of this.#paths.entries.values()) if (entry.key === tail.key) this.#moved.add(entry)
    if (tail.decided) this.#goOnInCopy(tail, true, now)
    else this.#drop(tail)
  }

  /** Goes on in a copy of what was read, or ends; its file, when it is there but was `cut`, is another tail's. */
  #goOnInCopy(tail: Tail, cut: boolean, now: Millis): void {
    const candidates = candidatesFor(tail, this.#paths.entries.keys())
    const itself = candidates.find(({ facts }) => facts.key === tail.key)
    const free = candidates.filter(({ facts }) => this.#owners.get(facts.key)?.decided !== true)
    const truncated = cut || itself !== undefined
    const copy = findCopy(tail, free, truncated, opened => !this.#isBeingCopied(opened))
    if (copy) this.#goOn(tail, copy, now)
    else this.#missed(tail)
    if (!copy || truncated || !this.#paths.entries.has(copy.path)) tail.rotated = now
    if (itself) this.#attend(itself, now)
  }

  /** Nothing that can be followed has the bytes of a tail. */
  #missed(tail: Tail): void {
    if (this.#started) {
      tail.lose()
      this.#active.add(tail)
      return
    }
    tail.close()
    this.#active.delete(tail)
    this.#archives.seek(tail.id, tail.position())
  }

  /** Takes up what an earlier run was reading; returns the tails whose files are gone or changed. */
  #resumeKnown(now: Millis): Tail[] {
    const tails = this.#known.flatMap(({ id, position }) => {
      const parsed = parsePosition(position)
      return parsed ? [Tail.known(id, parsed)] : []
    })
    // Of contents that one file had, the last one counts.
    tails.sort((a, b) => a.since - b.since)
    for (const tail of tails) this.#archives.know(tail.id, tail.position())
    for (const entry of this.#paths.entries.values()) entry.since = lastSeenAt(entry.path, tails)
    for (const tail of tails) if (tail.finished) this.#owners.setFinished(tail)
    return tails.filter(tail => !tail.finished && !this.#resume(tail, now))
  }

  #resume(tail: Tail, now: Millis): boolean {
    const { name } = tail
    const paths = this.#paths.entries.keys()
    const found = findSame(tail, [name].flatMap(candidateAt)) ?? findSame(tail, candidatesFor(tail, paths))
    if (!found) return false
    this.#goOn(tail, found, now)
    if (found.path !== name || !this.#paths.entries.has(name)) tail.rotated = now
    return true
  }

  /** Finds out whether a new file is one of its own or a copy of one that is being read. */
  #decide(fresh: Tail, now: Millis): void {
    if (fresh.fd === undefined || fresh.size === 0) return
    if (compressionOf(slice(fresh.fd, 0, 6)) !== undefined) {
      this.#skipped.add(fresh.name)
      return this.#drop(fresh)
    }
    let replaced: Tail | undefined
    for (const older of this.#active) {
      if (older === fresh || !older.decided || !looksAlike(fresh, older)) continue
      const likeness = compare(fresh, older, this.#inItsPlace(older), older.observeOpen(now)?.links)
      older.observeOpen(now)
      // The older one was truncated just now: it may find its copy in the fresh one before that is decided.
      if (older.changed) return
      if (likeness === 'copy so far' && (decisive(fresh.size) || now - fresh.grown < SETTLE_TIME)) return
      if (likeness === 'copy') return fresh.pass()
      if (likeness === 'replacement') replaced = older
    }
    if (replaced) fresh.goOnFrom(replaced)
    fresh.decided = true
  }

  /** Whether a file that was found is one that is just being copied from another, and so waits for its fate. */
  #isBeingCopied({ fd, facts }: Opened): boolean {
    const from = (older: Tail): boolean =>
      older.key !== facts.key &&
      older.fd !== undefined &&
      facts.size <= older.size &&
      this.#inItsPlace(older) &&
      sameBytes(fd, older.fd, facts.size)
    return [...this.#active].some(from)
  }

  #inItsPlace(tail: Tail): boolean {
    return tail.rotated === undefined && candidateAt(tail.name)[0]?.facts.key === tail.key
  }

  #drop(tail: Tail): void {
    tail.close()
    this.#active.delete(tail)
    this.#owners.delete(tail)
  }

  #freshId({ key }: Facts, now: Millis): string {
    const [device, inode] = key.split(':')
    let id = `file:${device}:${inode}:${now.toString(36)}`
    while (this.#ids.has(id)) id += '+'
    this.#ids.add(id)
    return id
  }
}

/** Rotated files hold the older lines. */
function rank(tail: Tail): 0 | 1 {
  return tail.rotated === undefined ? 1 : 0
}
