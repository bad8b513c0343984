import { closeSync } from 'node:fs'
import { basename } from 'node:path'
import { reasonOf } from '../../system/reason.ts'
import type { KnownStream, Problem } from '../../core/source.ts'
import { DAY_MS, SECOND_MS, type Millis } from '../../core/time.ts'
import { lastLineStart, slice } from '../bytes.ts'
import { compressionOf } from '../compression.ts'
import type { QueueStream } from '../queue.ts'
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
  rotationsOf,
  sameFiles
} from './copies.ts'
import { type Facts, factsAt, hindrance, inodeOf, openForReading } from './facts.ts'
import type { Hints } from './hints.ts'
import { namedCompressed, related } from './names.ts'
import { pathsOf, type FileOptions } from './options.ts'
import { type WatchedPath, Paths } from './paths.ts'
import { parsePosition } from './position.ts'
import { decisive } from './fingerprint.ts'
import { PackedSearch } from './packed-search.ts'
import { Pipes } from './pipes.ts'
import { Tail } from './tail.ts'
import { inItsPlace, Tails } from './tails.ts'

/** How often what has not changed for ACTIVE_TIME is looked at, and patterns are expanded. */
const IDLE_POLL_INTERVAL: Millis = SECOND_MS
const ACTIVE_TIME: Millis = 10 * SECOND_MS
/** A short file that is the same as another counts as one of its own when it has not grown for so long. */
const SETTLE_TIME: Millis = 3 * SECOND_MS

/** How long it is said that bytes were lost. */
const LOSS_SHOWN: Millis = DAY_MS

/** The files under the user's paths, and what is being read of them. */
export class Files {
  readonly #options: FileOptions
  readonly #hints: Pick<Hints, 'add' | 'take'>
  readonly #paths: Paths
  readonly #known: readonly KnownStream[]
  readonly #tails: Tails
  readonly #pipes = new Pipes()
  readonly #problems = new Map<string, string>()
  /** Paths of compressed files, which are not followed. */
  readonly #skipped = new Set<string>()
  readonly #search: PackedSearch
  /** Paths that led elsewhere than at the last look, or where something happened beside. */
  readonly #moved = new Set<WatchedPath>()
  #refreshed: Millis = -Infinity
  #started = false

  constructor(options: FileOptions, known: readonly KnownStream[], hints: Pick<Hints, 'add' | 'take'>) {
    this.#options = options
    this.#hints = hints
    this.#known = known
    this.#tails = new Tails(known)
    this.#paths = new Paths(pathsOf(options))
    this.#search = new PackedSearch(
      () => this.#tails.all,
      () => this.#paths.entries.keys(),
      options.grace,
      tail => this.#tails.take(tail)
    )
  }

  /** Brings everything up to date with the file system. */
  look(now: Millis): void {
    this.#refresh(now)
    if (!this.#started) this.#resumeKnown(now)
    for (const entry of this.#paths.entries.values()) if (entry.due <= now) this.#lookAt(entry, now)
    for (const tail of this.#tails.active) this.#try(tail.name, () => this.#check(tail, now))
    const due = this.#search.isDue(now)
    const sought = this.#search.sought.filter(tail => due || tail.sought === now)
    // The one of which most was read goes first: its copy also has the beginnings that others had in common with it.
    for (const tail of sought.sort((a, b) => b.offset - a.offset)) this.#goOnInCopy(tail, now)
    this.#catchUp(now)
    const undecided = [...this.#tails.active].filter(tail => !tail.decided).sort((a, b) => a.born - b.born)
    for (const tail of undecided) this.#try(tail.name, () => this.#decide(tail, now))
    this.#search.look(now)
    this.#started = true
  }

  /** Unpacks a little of what rotation has compressed before it was read; returns whether there is more to unpack. */
  async unpack(): Promise<boolean> {
    await this.#search.unpack()
    for (const tail of this.#tails.active) await this.#unpack(tail)
    return this.#search.busy || [...this.#tails.active].some(({ unpacking }) => unpacking)
  }

  async #unpack(tail: Tail): Promise<void> {
    try {
      await tail.unpack()
    } catch (error) {
      this.#problems.set(tail.name, `cannot be read: ${reasonOf(error)}`)
      tail.seek(this.#refreshed)
      this.#search.again()
    }
  }

  /** Sees whether an open file was truncated, and whether a rotated one is over. */
  #check(tail: Tail, now: Millis): void {
    if (!this.#inPlace(tail)) tail.observeOpen(now)
    if (tail.changed) this.#recover(tail, now)
    const { fd, rotated, grown, decided, seen } = tail
    if (
      fd === undefined ||
      rotated === undefined ||
      !decided ||
      !seen ||
      now - Math.max(rotated, grown) < this.#options.grace
    )
      return
    if (tail.replacedAt === tail.size) tail.end()
    else tail.finish()
  }

  /** A file that cannot be read at the moment is no reason to stop reading the others. */
  #try(path: string, action: () => void): void {
    try {
      action()
    } catch (error) {
      this.#problems.set(path, `cannot be read: ${reasonOf(error)}`)
    }
  }

  /** What the reader has something to do with: rotated files first, then those last written longest ago. */
  waiting(): (Tail | QueueStream)[] {
    return [...this.#tails.waiting(), ...this.piped()]
  }

  /** What came through named pipes, of which nobody has it besides. */
  piped(): QueueStream[] {
    return this.#pipes.waiting
  }

  /** Lets go of tails that are read to their end. */
  settle(): void {
    for (const tail of this.#tails.active)
      if (tail.finished && !tail.waiting) {
        tail.close()
        this.#tails.active.delete(tail)
      }
  }

  problems(): Problem[] {
    const own = Array.from([...this.#problems, ...this.#paths.waiting()], ([name, message]) => ({
      name,
      message
    }))
    return [...own, ...this.#search.problems(), ...this.#tails.losses(this.#refreshed - LOSS_SHOWN)]
  }

  close(): void {
    for (const tail of this.#tails.active) tail.close()
    this.#tails.active.clear()
    this.#search.close()
    this.#pipes.close()
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
    // A file that was truncated to what was read of it looks as before; its copy does not.
    for (const entry of this.#paths.touched()) this.#moved.add(entry)
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
      else if (facts?.pipe) entry.active = this.#pipes.take(path) ? now : entry.active
      else this.#problems.set(path, hindrance(facts))
    })
    entry.due = now - entry.active < ACTIVE_TIME ? now : now + IDLE_POLL_INTERVAL
  }

  #visit(entry: WatchedPath, facts: Facts, now: Millis): void {
    const { path } = entry
    if (namedCompressed(path)) this.#skipped.add(path)
    if (this.#skipped.has(path)) return
    this.#attend({ path, facts }, now)
    const owner = this.#tails.ownerOf(facts.key)
    if (!owner) return
    owner.observe(facts, now)
    if (!this.#inPlace(owner)) owner.name = path
    if (owner.grown === now) entry.active = now
  }

  /**
   * Files that came and went under a path between two looks, or while Visor was stopped; they may be compressed by now. No
   * pattern need match the names that they have. A folder that changes meanwhile is looked at again.
   */
  #catchUp(now: Millis): void {
    for (const entry of this.#moved) {
      const { path, since } = entry
      const [rotated, packed] = [rotationsOf(path, since), packedRotationsOf(path, since)]
      for (const file of rotated) this.#attend(file, now)
      for (const file of packed) this.#attendPacked(file, entry, now)
      const after = [...rotationsOf(path, since), ...packedRotationsOf(path, since)]
      if (sameFiles([...rotated, ...packed], after)) this.#moved.delete(entry)
    }
    for (const entry of this.#paths.entries.values())
      if (!this.#moved.has(entry)) entry.since = this.#tails.ownerOf(entry.key)?.since ?? entry.since
  }

  /** A compressed file that may hold what came to a path and was never seen there. */
  #attendPacked({ facts: { key } }: Candidate, { path, since }: WatchedPath, now: Millis): void {
    if ([...this.#tails.all].some(tail => inodeOf(tail.key) === inodeOf(key))) return
    this.#tails.take(Tail.packed(this.#tails.freshId(key, now), path, since, key, now))
  }

  /** Begins to read a file, or goes on when it is one that was read to its end before. */
  #attend({ path, facts }: Candidate, now: Millis): void {
    const owner = this.#tails.ownerOf(facts.key)
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
    const tail = Tail.begin(this.#tails.freshId(opened.facts.key, now), path, opened, now, offset)
    // What is named and empty is no copy: it is known from now on, also when it is rotated before it has a line.
    tail.decided = opened.facts.size === 0 && this.#paths.entries.get(path)?.named === true
    if (!this.#paths.entries.has(path)) tail.rotated = now
    this.#tails.own(tail)
  }

  /** A finished tail whose file is still there may have grown, or its inode belongs to another file now. */
  #wake(tail: Tail, path: string, now: Millis): void {
    const opened = openForReading(path)
    const fingerprint = opened.facts.size < tail.offset ? undefined : tail.found(opened.fd)
    if (fingerprint && opened.facts.size > tail.offset) {
      tail.goOn(path, opened, fingerprint, now)
      tail.rotated = now
      this.#tails.own(tail)
      return
    }
    closeSync(opened.fd)
    if (fingerprint) return
    this.#tails.disown(tail)
    this.#begin(path, now)
  }

  /** The path no longer leads to the file that it led to. */
  #leave(entry: WatchedPath, now: Millis): void {
    const tail = this.#tails.ownerOf(entry.key)
    if (tail?.name === entry.path) tail.rotated ??= now
    this.#pipes.leave(entry.path)
    this.#skipped.delete(entry.path)
  }

  #inPlace(tail: Tail): boolean {
    return this.#paths.entries.get(tail.name)?.key === tail.key
  }

  /** Goes on in the file that was found. */
  #goOn(tail: Tail, { path, opened, fingerprint }: FoundFile, now: Millis): void {
    tail.goOn(path, opened, fingerprint, now)
    this.#tails.own(tail)
  }

  /** Goes on in the file of a tail that turned out to be a copy, which may have lost its name by now. */
  #takeOver(tail: Tail, fresh: Tail, now: Millis): boolean {
    const fingerprint = fresh.fd === undefined ? undefined : tail.found(fresh.fd)
    const opened = fingerprint && fresh.handOver()
    if (!opened) return false
    this.#tails.drop(fresh)
    this.#goOn(tail, { path: fresh.name, opened, fingerprint }, now)
    return true
  }

  /** The bytes of a tail are gone from its file: the file begins anew. */
  #recover(tail: Tail, now: Millis): void {
    this.#tails.disown(tail)
    for (const entry of this.#paths.entries.values()) if (entry.key === tail.key) this.#moved.add(entry)
    if (!tail.decided) return this.#tails.drop(tail)
    tail.seek(now)
  }

  /** Goes on in a copy of what was read, when there is one. What is in its place, truncated, is another tail's. */
  #goOnInCopy(tail: Tail, now: Millis): void {
    const candidates = candidatesFor(tail, this.#paths.entries.keys())
    const itself = candidates.find(({ facts }) => facts.key === tail.key)
    const cut = itself !== undefined
    const fresh = [...this.#tails.active].filter(other => !other.decided && this.#mayBeCopy(other, tail, cut))
    if (!fresh.some(other => this.#takeOver(tail, other, now))) {
      const free = candidates.filter(({ facts }) => !this.#tails.ownerOf(facts.key))
      const copy = findCopy(tail, free, cut, ({ fd, facts }) => !this.#tails.isBeingCopied({ fd, ...facts }))
      if (copy) this.#goOn(tail, copy, now)
    }
    if (tail.sought === undefined && !cut && this.#paths.entries.has(tail.name)) tail.rotated = undefined
    if (itself) this.#attend(itself, now)
  }

  /** Whether a file that was not decided upon may be a copy of what is sought. */
  #mayBeCopy({ fd, name, size, key }: Tail, tail: Tail, cut: boolean): boolean {
    if (
      fd === undefined ||
      tail.known === 0 ||
      size < tail.offset ||
      !related(basename(name), basename(tail.name))
    )
      return false
    return (
      (cut || decisive(tail.known) || name !== tail.name) && !this.#tails.isBeingCopied({ fd, key, size })
    )
  }

  /** Takes up what an earlier run was reading; what is gone or changed is sought. */
  #resumeKnown(now: Millis): void {
    const tails = this.#known.flatMap(({ id, position }) => {
      const parsed = parsePosition(position)
      return parsed ? [Tail.restored(id, parsed)] : []
    })
    // Of contents that one file had, the last one counts.
    tails.sort((a, b) => a.since - b.since)
    for (const tail of tails) this.#tails.restore(tail)
    for (const entry of this.#paths.entries.values()) entry.since = lastSeenAt(entry.path, tails)
    for (const tail of tails)
      if (!tail.finished && !this.#resume(tail, now)) {
        tail.seek(now)
        this.#tails.active.add(tail)
      }
  }

  #resume(tail: Tail, now: Millis): boolean {
    const { name } = tail
    const paths = this.#paths.entries.keys()
    const found = findSame(tail, [name].flatMap(candidateAt)) ?? findSame(tail, candidatesFor(tail, paths))
    if (!found) return false
    this.#goOn(tail, found, now)
    if (found.path !== name || !this.#paths.entries.has(name)) tail.rotated ??= now
    else tail.rotated = undefined
    return true
  }

  /** Finds out whether a new file is one of its own or a copy of one that is being read. */
  #decide(fresh: Tail, now: Millis): void {
    if (fresh.fd === undefined || fresh.size === 0) return
    if (compressionOf(slice(fresh.fd, 0, 6)) !== undefined) {
      this.#skipped.add(fresh.name)
      return this.#tails.drop(fresh)
    }
    const read = this.#tails.readBefore(fresh)
    if (read && (read.unpacking || read.offset === fresh.size)) return fresh.pass()
    if (read && this.#takeOver(read, fresh, now)) return
    let replaced: Tail | undefined
    for (const older of this.#tails.active) {
      if (older === fresh || !older.decided || !looksAlike(fresh, older)) continue
      const likeness = compare(fresh, older, inItsPlace(older), older.observeOpen(now)?.links)
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
}
