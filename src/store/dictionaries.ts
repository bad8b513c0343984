import { decodeText } from '../core/escape.ts'
import type { CodeColumn } from '../core/delivery.ts'
import type { Escapes } from '../core/program.ts'

/** A value that table `dictionary` does not have yet. */
export interface Entry {
  readonly field: number
  readonly code: number
  readonly value: string
  /** The bytes as they stand in the log, where UTF-8 of `value` is not the same. */
  readonly raw: Uint8Array | undefined
}

/** A value by one of its codes, as it stands in the log. */
export interface StoredValue {
  readonly field: number
  readonly code: number
  readonly raw: Uint8Array
}

/** How many values of a field are remembered at least; twice as many at most. */
const REMEMBERED = 50_000

/**
 * The codes of one field: value to code, for the values met lately. A value that was forgotten gets another code
 * when it comes again; nothing depends on a value having one code alone.
 */
export class Codes {
  #next: number
  #recent = new Map<string, number>()
  #older = new Map<string, number>()

  constructor(next = 1) {
    this.#next = next
  }

  /** The code of a value that is remembered. `key` is anything that stands for the value alone. */
  find(key: string): number | undefined {
    const recent = this.#recent.get(key)
    if (recent !== undefined) return recent
    const older = this.#older.get(key)
    if (older !== undefined) this.remember(key, older)
    return older
  }

  /** A new code for a value. */
  add(key: string): number {
    const code = this.#next++
    this.remember(key, code)
    return code
  }

  /** A code for a value that is not worth remembering. */
  another(): number {
    return this.#next++
  }

  /** From now on every value is new. */
  forget(): void {
    this.#recent = new Map()
    this.#older = new Map()
  }

  remember(key: string, code: number): void {
    if (this.#recent.size >= REMEMBERED) {
      this.#older = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(key, code)
  }
}

/** The bytes of a value as text of the same length: what `Codes` takes as key. */
export function bytesKey(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}

/** An entry for a value as it stands in the log; `key` is `bytesKey(bytes)`. */
export function entryOf(
  field: number,
  code: number,
  bytes: Uint8Array,
  key: string,
  escapes: Escapes = 'apache'
): Entry {
  if (PLAIN.test(key)) return { field, code, value: key, raw: undefined }
  const value = decodeText(bytes, escapes)
  return { field, code, value, raw: Buffer.from(value).equals(bytes) ? undefined : bytes }
}

/** ASCII without a backslash: the text is the bytes. */
// oxlint-disable-next-line no-control-regex
const PLAIN = /^[\0-\x5b\x5d-\x7f]*$/

interface Mapping {
  readonly field: number
  readonly dictionary: string
  codes: Int32Array<ArrayBuffer>
  size: number
  /** Values that were dropped from the dictionary, by the sender's code: they are new to it where they come again. */
  readonly dropped: Map<number, Uint8Array>
}

/**
 * What the codes of one sender's dictionaries are in the store. The last word of a dictionary's name is its
 * generation: the next one takes the place of the one before.
 */
export class Mappings {
  readonly #maps = new Map<string, Mapping>()

  /**
   * Takes in the new values of a column and turns its codes into the store's, in place.
   * RangeError when a code was never sent: the sender broke the contract.
   */
  translate(field: number, column: CodeColumn, codeOf: (bytes: Uint8Array) => number): Uint32Array {
    const map = this.#mapOf(field, column.dictionary)
    let start = 0
    column.ends.forEach((end, i) => {
      const at = column.from + i
      if (at >= map.codes.length) {
        const smaller = map.codes
        map.codes = new Int32Array(Math.max(2 * smaller.length, at + 1))
        map.codes.set(smaller)
      }
      map.codes[at] = codeOf(column.bytes.subarray(start, end))
      map.size = Math.max(map.size, at + 1)
      start = end
    })
    const { codes } = column
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i] ?? 0
      if (code >= map.size) throw new RangeError(`code ${code} of ${column.dictionary} was never sent`)
      const value = map.dropped.size > 0 ? map.dropped.get(code) : undefined
      if (value) {
        map.codes[code] = codeOf(value)
        map.dropped.delete(code)
      }
      codes[i] = map.codes[code] ?? 0
    }
    return codes
  }

  /** Forgets that a sender's codes stand for these values of a field, by their own codes. */
  drop(field: number, values: ReadonlyMap<number, Uint8Array>): void {
    for (const map of this.#maps.values()) {
      if (map.field !== field) continue
      for (let code = 1; code < map.size; code++) {
        const value = values.get(map.codes[code] ?? 0)
        if (!value) continue
        map.dropped.set(code, value)
        map.codes[code] = 0
      }
    }
  }

  /** The codes of a field that this sender's codes can be turned into. */
  *held(field: number): Iterable<number> {
    for (const map of this.#maps.values()) if (map.field === field) yield* map.codes.subarray(0, map.size)
  }

  #mapOf(field: number, dictionary: string): Mapping {
    const name = `${field} ${dictionary.replace(/ \S+$/, '')}`
    let map = this.#maps.get(name)
    if (map?.dictionary !== dictionary) {
      map = { field, dictionary, codes: new Int32Array(64), size: 1, dropped: new Map() }
      this.#maps.set(name, map)
    }
    return map
  }
}
