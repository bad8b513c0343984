import { inodeOf } from './facts.ts'
import type { Tail } from './tail.ts'

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
