import { hashText } from './sketch.ts'

/** The hash of a text that is left out. */
export const NO_TEXT = 1

/** The key of two texts, of which the second may be left out: it means the same wherever it is made. */
export function hashedPair(first: string, second: string | undefined): string {
  return pairKey(
    pairHash(hashText(first) || NO_TEXT, second === undefined ? NO_TEXT : hashText(second) || NO_TEXT)
  )
}

/** The key of a `pairHash`. */
export function pairKey(hash: number): string {
  return hash.toString(32)
}

/** Of the `hashText` of two texts, never 0: the end of MurmurHash3 (Austin Appleby). */
export function pairHash(one: number, other: number): number {
  let hash = one ^ Math.imul(other, 0xcc9e2d51)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0 || NO_TEXT
}
