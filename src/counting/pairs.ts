import type { Column, Dictionary } from '../core/batch.ts'
import type { Derive, PairedField } from '../core/metric.ts'
import { NO_TEXT, pairHash, pairKey } from '../core/pair.ts'
import { hashPlain, hashText } from '../core/sketch.ts'
import { derivedKeysOf, hashesOf, keysOf, Room, type DerivedKeys, type Keys } from './keys.ts'

/** The keys of lines by two of their fields. */
export interface PairKeys extends Pick<Keys, 'name' | 'hash'> {
  /** The codes of the rows `from` to `to`, at their places; the next call overwrites them. 0 is no key. */
  codes(first: Column, second: Column | undefined, from: number, to: number): Uint32Array
}

/** The keys that a metric makes of a column, or of what is derived of it, and of another one, which a format may lack. */
export function pairKeysOf(
  { hashed, buckets = false }: PairedField,
  first: Column,
  second?: Column,
  derive?: Derive
): PairKeys | undefined {
  if (hashed) return new HashedPairs(hashed.except)
  return second && new JoinedPairs(keysOf(derive ? { derive } : {}, first), keysOf({ buckets }, second))
}

/** Pairs in order of appearance: an open table of the codes of both. */
class JoinedPairs implements PairKeys {
  readonly #first: Keys
  readonly #second: Keys
  readonly #room = new Room()
  #generations = ''
  /** By slot the number of a pair, 0 where there is none; by number the codes of both. */
  #slots = new Int32Array(256)
  #codes = new Uint32Array(256)
  #size = 0

  constructor(first: Keys, second: Keys) {
    this.#first = first
    this.#second = second
  }

  codes(first: Column, second: Column | undefined, from: number, to: number): Uint32Array {
    const codes = this.#room.for(to)
    if (!second) return codes.fill(0, from, to)
    this.#refresh(first, second)
    const [one, other] = [this.#first.codes(first, from, to), this.#second.codes(second, from, to)]
    for (let row = from; row < to; row++)
      codes[row] = one[row] === 0 || other[row] === 0 ? 0 : this.#codeOf(one[row]!, other[row]!)
    return codes
  }

  name(code: number): string {
    return `${this.#second.name(this.#codes[2 * code + 1]!)} ${this.#first.name(this.#codes[2 * code]!)}`
  }

  hash(code: number): number {
    return hashText(this.name(code))
  }

  #codeOf(one: number, other: number): number {
    const mask = this.#slots.length - 1
    let slot = mixed(one, other) & mask
    for (let code = this.#slots[slot]!; code !== 0; code = this.#slots[slot]!) {
      if (this.#codes[2 * code] === one && this.#codes[2 * code + 1] === other) return code
      slot = (slot + 1) & mask
    }
    const code = ++this.#size
    this.#slots[slot] = code
    if (2 * code + 1 >= this.#codes.length) this.#codes = grown(this.#codes)
    this.#codes[2 * code] = one
    this.#codes[2 * code + 1] = other
    if (2 * this.#size > mask) this.#rehash()
    return code
  }

  #rehash(): void {
    this.#slots = new Int32Array(2 * this.#slots.length)
    const mask = this.#slots.length - 1
    for (let code = 1; code <= this.#size; code++) {
      let slot = mixed(this.#codes[2 * code]!, this.#codes[2 * code + 1]!) & mask
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
      this.#slots[slot] = code
    }
  }

  /** Codes of a dictionary that has rotated mean nothing any more. */
  #refresh(...columns: readonly Column[]): void {
    const generations = columns
      .map(column => (column.type === 'text' ? column.dictionary.generation : 0))
      .join(' ')
    if (generations === this.#generations) return
    this.#generations = generations
    this.#slots.fill(0)
    this.#size = 0
  }
}

function grown(codes: Uint32Array): Uint32Array<ArrayBuffer> {
  const more = new Uint32Array(2 * codes.length)
  more.set(codes)
  return more
}

function mixed(one: number, other: number): number {
  const hash = Math.imul(one, 0x9e3779b1) ^ Math.imul(other, 0x85ebca6b)
  return hash ^ (hash >>> 15)
}

/** Hashes of both texts: codes that mean the same in all scanners, however dictionaries rotate. */
class HashedPairs implements PairKeys {
  readonly #room = new Room()
  readonly #first = new Hashes()
  readonly #second: Hashes

  constructor(except: Derive) {
    this.#second = new Hashes(except)
  }

  codes(first: Column, second: Column | undefined, from: number, to: number): Uint32Array {
    const codes = this.#room.for(to)
    if (first.type !== 'text') return codes.fill(0, from, to)
    const one = this.#first.of(first.dictionary)
    const other = second?.type === 'text' ? second : undefined
    const two = other && this.#second.of(other.dictionary)
    for (let row = from; row < to; row++) {
      const code = first.codes[row]!
      const also = other && two ? two[other.codes[row]!]! : NO_TEXT
      codes[row] = code === 0 || also === 0 ? 0 : pairHash(one[code]!, also)
    }
    return codes
  }

  name(code: number): string {
    return pairKey(code)
  }

  hash(code: number): number {
    let end = 0
    for (let shift = 5 * Math.floor((31 - Math.clz32(code)) / 5); shift >= 0; shift -= 5) {
      const digit = (code >>> shift) & 31
      digits[end++] = digit < 10 ? ZERO + digit : LETTERS + digit
    }
    return hashPlain(digits, 0, end) ?? 0
  }
}

/** The digits of a key, so that no text is made for its hash. */
const digits = new Uint8Array(7)
const ZERO = 48
/** In base 32 the digit 10 is the letter `a`. */
const LETTERS = 87

/** The hashes of a dictionary's texts by their codes; 0 for a text that does not count. */
class Hashes {
  readonly #except: Derive | undefined
  #excepted: DerivedKeys | undefined
  #generation = -1
  #hashes = new Uint32Array(1024)
  #known = 0

  constructor(except?: Derive) {
    this.#except = except
  }

  of(dictionary: Dictionary): Uint32Array {
    const { generation, size } = dictionary
    if (generation !== this.#generation) {
      this.#generation = generation
      this.#known = 1
      this.#hashes[0] = NO_TEXT
    }
    if (this.#hashes.length < size) {
      const hashes = new Uint32Array(2 * size)
      hashes.set(this.#hashes)
      this.#hashes = hashes
    }
    if (this.#known === size) return this.#hashes
    if (this.#except) (this.#excepted ??= derivedKeysOf(this.#except, dictionary)).follow()
    const hashes = hashesOf(dictionary)
    for (let code = this.#known; code < size; code++) {
      const counts = !this.#excepted?.has(code)
      this.#hashes[code] = counts ? hashes.of(code) || NO_TEXT : 0
    }
    this.#known = Math.max(this.#known, size)
    return this.#hashes
  }
}
