import type { Column, Dictionary } from '../core/batch.ts'
import type { Derive, Metric } from '../core/metric.ts'
import { SparseCodeCounts, type CodeCounts } from './code-counts.ts'
import { bucketOf, hashText } from '../core/sketch.ts'

/** The keys of a metric as small whole numbers, so that counting looks at no text. Code 0 is no key. */
export interface Keys {
  /** The codes of the rows `from` to `to` of the column, at their places; the next call overwrites them. */
  codes(column: Column, from: number, to: number): Uint32Array
  name(code: number): string
  /** `hashText` of the name. */
  hash(code: number): number
}

/** The keys that a metric makes of a column. */
export function keysOf({ derive, buckets }: Pick<Metric, 'derive' | 'buckets'>, column: Column): Keys {
  if (column.type === 'number') return new NumberKeys(buckets ? bucketOf : value => value)
  return derive ? derivedKeysOf(derive, column.dictionary) : new TextKeys(column.dictionary)
}

/** What is derived of a dictionary's texts, the same for all who ask. */
export function derivedKeysOf(derive: Derive, dictionary: Dictionary): DerivedKeys {
  const known = derivedOf.get(dictionary)?.find(keys => keys.derive === derive)
  return known ?? new DerivedKeys(derive, dictionary)
}

/** The values of a text field: the dictionary's codes as they are. */
class TextKeys implements Keys {
  readonly #dictionary: Dictionary

  constructor(dictionary: Dictionary) {
    this.#dictionary = dictionary
  }

  codes(column: Column): Uint32Array {
    return column.type === 'text' ? column.codes : NONE
  }

  name(code: number): string {
    return this.#dictionary.text(code)
  }

  hash(code: number): number {
    return hashesOf(this.#dictionary).of(code)
  }
}

const hashes = new WeakMap<Dictionary, TextHashes>()

/** The hashes of a dictionary's texts, the same for all who ask. */
export function hashesOf(dictionary: Dictionary): TextHashes {
  let known = hashes.get(dictionary)
  if (!known) hashes.set(dictionary, (known = new TextHashes(dictionary)))
  return known
}

/** `hashText` of the texts of a dictionary by their codes, made once for each. */
class TextHashes {
  readonly #dictionary: Dictionary
  #generation = -1
  /** 0 where it was not made yet. */
  #hashes = new Uint32Array(1024)

  constructor(dictionary: Dictionary) {
    this.#dictionary = dictionary
  }

  of(code: number): number {
    if (this.#generation !== this.#dictionary.generation) {
      this.#generation = this.#dictionary.generation
      this.#hashes.fill(0)
    }
    if (code >= this.#hashes.length) {
      const more = new Uint32Array(2 * code)
      more.set(this.#hashes)
      this.#hashes = more
    }
    return (this.#hashes[code] ||= this.#dictionary.hash(code))
  }
}

const NONE = new Uint32Array(0)

/** Codes given out in order of appearance, from 1. */
export class ValueCodes<Value> {
  readonly #codes = new Map<Value, number>()
  readonly #values: Value[] = []

  codeOf(value: Value): number {
    let code = this.#codes.get(value)
    if (code === undefined) this.#codes.set(value, (code = this.#values.push(value)))
    return code
  }

  valueOf(code: number): Value | undefined {
    return this.#values[code - 1]
  }
}

/** Room for the codes of a batch, kept from one to the next. */
export class Room {
  #codes = NONE

  for(rows: number): Uint32Array {
    if (this.#codes.length < rows) this.#codes = new Uint32Array(rows)
    return this.#codes
  }
}

/** The bytes of a text that is plain ASCII without a backslash, which is as it stands in the log; `undefined` of another. */
function plainBytes(dictionary: Dictionary, code: number): Uint8Array | undefined {
  const bytes = dictionary.bytes(code)
  for (let i = 0; i < bytes.length; i++) if (bytes[i]! >= 0x80 || bytes[i] === BACKSLASH) return undefined
  return bytes
}

const BACKSLASH = 0x5c

/** All that is derived of the texts of a dictionary. */
const derivedOf = new WeakMap<Dictionary, DerivedKeys[]>()

/**
 * What is derived of a text field: `derive` runs once for each distinct value, not once a line. What several derive of one
 * dictionary is derived together, so that a text is made once for all of them.
 */
export class DerivedKeys implements Keys {
  readonly derive: Derive
  readonly #dictionary: Dictionary
  readonly #all: readonly DerivedKeys[]
  readonly #room = new Room()
  #generation = -1
  #derived = new ValueCodes<string>()
  /** The derived code by the dictionary's code; 0 is not looked at yet, -1 derives to nothing. */
  #known = new Int32Array(1024)

  constructor(derive: Derive, dictionary: Dictionary) {
    this.derive = derive
    this.#dictionary = dictionary
    const all = derivedOf.get(dictionary) ?? []
    all.push(this)
    derivedOf.set(dictionary, all)
    this.#all = all
  }

  codes(column: Column, from: number, to: number): Uint32Array {
    if (column.type !== 'text') return NONE
    this.#refresh()
    const codes = this.#room.for(to)
    for (let row = from; row < to; row++) codes[row] = this.#codeOf(column.codes[row]!)
    return codes
  }

  /** Puts the rows of which something is derived into `rows`, in order; returns how many these are. */
  rows(column: Column, from: number, to: number, rows: Uint32Array): number {
    if (column.type !== 'text') return 0
    this.#refresh()
    const { codes } = column
    let count = 0
    for (let row = from; row < to; row++) {
      const known = this.#known[codes[row]!]!
      if (known > 0 || (known === 0 && this.#codeOf(codes[row]!) !== 0)) rows[count++] = row
    }
    return count
  }

  /** Follows the dictionary: its codes of now may be asked for. */
  follow(): this {
    this.#refresh()
    return this
  }

  /** Whether something is derived of a dictionary's code; `follow` it first. */
  has(code: number): boolean {
    return this.#codeOf(code) !== 0
  }

  /** What is derived of a dictionary's code; `follow` it first. */
  valueOf(code: number): string | undefined {
    return this.#derived.valueOf(this.#codeOf(code))
  }

  /** The counts of the dictionary's codes as counts of what is derived of them. */
  derived(counts: CodeCounts): CodeCounts {
    this.#refresh()
    const derived = new SparseCodeCounts()
    counts.each((code, count, sum) => {
      const key = this.#codeOf(code)
      if (key !== 0) derived.add(key, count, sum)
    })
    return derived
  }

  #codeOf(code: number): number {
    const known = code === 0 ? -1 : this.#known[code] || this.#look(code)
    return known < 0 ? 0 : known
  }

  name(code: number): string {
    return this.#derived.valueOf(code) ?? ''
  }

  hash(code: number): number {
    return hashText(this.name(code))
  }

  #look(code: number): number {
    const bytes = this.derive.ofPlain && plainBytes(this.#dictionary, code)
    const text = bytes ? undefined : this.#dictionary.text(code)
    for (const keys of this.#all)
      if (text !== undefined) keys.#take(code, keys.derive, text)
      else if (bytes && keys.derive.ofPlain) keys.#take(code, keys.derive.ofPlain, bytes)
    return this.#known[code]!
  }

  #take<Value>(code: number, derive: (value: Value) => string | undefined, value: Value): void {
    this.#refresh()
    if (this.#known[code] !== 0) return
    const derived = derive(value)
    this.#known[code] = derived === undefined ? -1 : this.#derived.codeOf(derived)
  }

  /** Follows the dictionary as it grows, and forgets all when it has rotated. */
  #refresh(): void {
    const { generation, size } = this.#dictionary
    if (this.#generation !== generation) {
      this.#generation = generation
      this.#derived = new ValueCodes()
      this.#known.fill(0)
    }
    if (this.#known.length < size) {
      const known = new Int32Array(size * 2)
      known.set(this.#known)
      this.#known = known
    }
  }
}

/** Values up to here are their own codes, shifted past 0. */
const SMALL = 65_536

/** The values of a number field, rounded: small ones are their own codes, the few others are numbered. */
class NumberKeys implements Keys {
  readonly #round: (value: number) => number
  readonly #room = new Room()
  readonly #others = new ValueCodes<number>()

  constructor(round: (value: number) => number) {
    this.#round = round
  }

  codes(column: Column, from: number, to: number): Uint32Array {
    const codes = this.#room.for(to)
    if (column.type === 'number')
      for (let row = from; row < to; row++) codes[row] = this.#codeOf(column.values[row]!)
    return codes
  }

  name(code: number): string {
    return String(code <= SMALL ? code - 2 : this.#others.valueOf(code - SMALL))
  }

  hash(code: number): number {
    return hashText(this.name(code))
  }

  #codeOf(value: number): number {
    if (value !== value) return 0
    const number = this.#round(value)
    // Code 1 is the number -1, the bucket of all that is too small to measure.
    const small = number >= -1 && number <= SMALL - 2 && Number.isInteger(number)
    return small ? number + 2 : SMALL + this.#others.codeOf(number)
  }
}
