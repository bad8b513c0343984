import type { KnownStream, Problem } from '../../core/source.ts'
import type { Millis } from '../../core/time.ts'
import { candidateAt, isDistinctive } from './copies.ts'
import { type Facts, inodeOf, type Opened } from './facts.ts'
import { sameBytes, takeFingerprint, toStored } from './fingerprint.ts'
import { FILE_LOSS } from './position.ts'
import type { Tail } from './tail.ts'

/** All contents that there ever were, and which of them reads each file. */
export class Tails {
  readonly all = new Set<Tail>()
  /** Those that are open, sought, or whose end the reader was not shown. Oldest first. */
  readonly active = new Set<Tail>()
  readonly #owners = new Owners()
  readonly #ids: Set<string>

  constructor(known: readonly KnownStream[]) {
    this.#ids = new Set(known.map(({ id }) => id))
  }

  /** Which one reads a file, or has read it to its end. */
  ownerOf(key: string | undefined): Tail | undefined {
    return this.#owners.get(key)
  }

  /** An earlier run knew it. */
  restore(tail: Tail): void {
    this.all.add(tail)
    if (tail.finished) this.#owners.setFinished(tail)
  }

  /** It is to be followed, whatever its file. */
  take(tail: Tail): void {
    this.all.add(tail)
    this.active.add(tail)
  }

  /** It reads its file from now on. */
  own(tail: Tail): void {
    this.#owners.set(tail)
    this.take(tail)
  }

  /** It has nothing to do with its file any more. */
  disown(tail: Tail): void {
    this.#owners.delete(tail)
  }

  /** It was none. */
  drop(tail: Tail): void {
    tail.close()
    this.active.delete(tail)
    this.all.delete(tail)
    this.#owners.delete(tail)
  }

  /** What the reader has something to do with: rotated files first, then those last written longest ago. */
  waiting(): Tail[] {
    const waiting = [...this.active].filter(tail => tail.waiting)
    return waiting.sort((a, b) => rank(a) - rank(b) || a.modified - b.modified)
  }

  freshId(key: string, now: Millis): string {
    const [device, inode] = key.split(':')
    let id = `file:${device}:${inode}:${now.toString(36)}`
    while (this.#ids.has(id)) id += '+'
    this.#ids.add(id)
    return id
  }

  /** What was lost after `since`, for people. */
  losses(since: Millis): Problem[] {
    const lost = [...this.all].filter(({ missing }) => missing.lost > 0 && missing.lostAt > since)
    return lost.map(({ name, offset, missing: { lost } }) => ({
      name,
      past: true,
      message: `${lost} bytes from byte ${offset} on are lost: ${FILE_LOSS}`
    }))
  }

  /** What was read, and has no file of its own now, of which a new file is a copy. */
  readBefore({ fd, size }: Tail): Tail | undefined {
    if (fd === undefined) return undefined
    const { head } = toStored(takeFingerprint(fd, size))
    const closed = [...this.all].filter(tail => tail.fd === undefined && tail.offset <= size)
    const same = closed.filter(
      tail => tail.stored.head === head && isDistinctive(fd, tail.offset) && tail.found(fd)
    )
    return same.sort((a, b) => b.offset - a.offset)[0]
  }

  /** Whether a file is one that is just being copied from another, and so waits for its fate. */
  isBeingCopied({ fd, key, size }: Pick<Facts, 'key' | 'size'> & Pick<Opened, 'fd'>): boolean {
    const from = (older: Tail): boolean =>
      older.key !== key &&
      older.fd !== undefined &&
      size <= older.size &&
      inItsPlace(older) &&
      sameBytes(fd, older.fd, size)
    return [...this.active].some(from)
  }
}

/** Rotated files hold the older lines. */
function rank(tail: Tail): 0 | 1 {
  return tail.rotated === undefined ? 1 : 0
}

/** Whether the path of a tail leads to its file. */
export function inItsPlace(tail: Tail): boolean {
  return tail.rotated === undefined && candidateAt(tail.name)[0]?.facts.key === tail.key
}

/** Which tail reads each file, or has read it to its end. */
class Owners {
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
