import type { EventRows } from '../../core/delivery.ts'
import type { LogEvent } from '../../core/fields.ts'
import { decodeText } from '../../core/escape.ts'
import { toMillis } from '../../core/time.ts'
import { formatFor } from '../../formats/index.ts'
import { decodeLine } from '../../reading/sample.ts'
import type { Difference } from './delivered.ts'

/** Events that only one of two runs has, as often as it has them more often. */
export interface EventsCompared {
  readonly events: number
  readonly different: number
  /** The first of them. */
  readonly differences: Difference[]
}

/**
 * Compares lines by their source, format and all values as they stand in the log, whatever their order, codes and
 * dictionaries. They are told apart by 52-bit hashes of that: two runs of a million events pass for equal by mistake once in
 * ten thousand times, for one differing event once in four thousand million.
 */
export function compareEvents(
  a: readonly EventRows[],
  b: readonly EventRows[],
  shown: number
): EventsCompared {
  const [first, second] = [new EventTable(a), new EventTable(b)]
  const counts = new Map<number, number>()
  const add = (hash: number, by: number): void => {
    const count = (counts.get(hash) ?? 0) + by
    if (count === 0) counts.delete(hash)
    else counts.set(hash, count)
  }
  first.each(hash => add(hash, 1))
  second.each(hash => add(hash, -1))
  let different = 0
  for (const count of counts.values()) different += Math.abs(count)
  const differences: Difference[] = []
  for (const [side, table, sign] of [['a', first, 1] as const, ['b', second, -1] as const]) {
    const left = new Map([...counts].filter(([, count]) => count * sign > 0))
    table.each((hash, rows, row) => {
      const count = (left.get(hash) ?? 0) * sign
      if (count <= 0 || differences.length >= 2 * shown) return
      left.set(hash, (count - 1) * sign)
      const { where, text } = table.describe(rows, row)
      differences.push({ where, [side]: text })
    })
  }
  differences.sort((one, other) => (one.where < other.where ? -1 : 1))
  return {
    events: Math.max(first.rows, second.rows),
    different,
    differences: differences.slice(0, 2 * shown)
  }
}

/** The values of a dictionary, with two hashes of each. */
interface Words {
  readonly values: Uint8Array[]
  readonly hashes: number[]
}

/** The events of a run with the dictionaries that their codes are of. */
class EventTable {
  readonly #all: readonly EventRows[]
  readonly #dictionaries = new Map<string, Words>()

  constructor(all: readonly EventRows[]) {
    this.#all = all
    for (const { texts } of all)
      for (const { dictionary, from, bytes, ends } of texts.values()) {
        let words = this.#dictionaries.get(dictionary)
        if (!words) this.#dictionaries.set(dictionary, (words = { values: [], hashes: [] }))
        for (let i = 0, start = 0; i < ends.length; start = ends[i++]!)
          words.values[from + i] = bytes.subarray(start, ends[i])
      }
  }

  get rows(): number {
    return this.#all.reduce((sum, { rows }) => sum + rows, 0)
  }

  /** Gives the hash of each event. */
  each(take: (hash: number, rows: EventRows, row: number) => void): void {
    for (const rows of this.#all) {
      const columns = this.#columnsOf(rows)
      const hasher = new Hasher()
      const head = hasher.text(`${rows.source}\n${rows.kind}\n${rows.format}\n${rows.escapes}`)
      for (let row = 0; row < rows.rows; row++) {
        hasher.begin(head)
        for (const add of columns) add(row, hasher)
        take(hasher.value, rows, row)
      }
    }
  }

  /** An event for people: where it is, and its line with all its values. */
  describe(rows: EventRows, row: number): { where: string; text: string } {
    const event = this.#eventOf(rows, row)
    const kept = rows.kept.get(row)
    const line = kept ? decodeLine(kept) : printed(rows.format, event)
    const values = { ...event, flags: rows.flags[row], format: rows.format }
    const where = `${rows.source} at ${new Date(toMillis(rows.time[row]!)).toISOString()}`
    return { where, text: `${line} ${JSON.stringify(values)}` }
  }

  #eventOf({ time, zone, numbers, texts, escapes }: EventRows, row: number): LogEvent {
    const values: Record<string, string | number | null> = {}
    for (const [field, { codes, dictionary }] of texts) {
      const value = this.#dictionaries.get(dictionary)?.values[codes[row]!]
      if (codes[row] !== 0)
        values[field] = value ? decodeText(value, escapes) : `code ${codes[row]} of nothing`
    }
    for (const [field, column] of numbers) if (!Number.isNaN(column[row])) values[field] = column[row]!
    return { ...values, time: time[row]!, zone: zone[row]! }
  }

  /** What adds each column's value of a row to a hash, in the order of their names; absent values add nothing. */
  #columnsOf({ time, zone, flags, numbers, texts, kept }: EventRows) {
    const columns: [field: string, add: (row: number, hasher: Hasher) => void][] = [
      ['', (row, hasher) => hasher.numbers(time[row]!, zone[row]! * 256 + flags[row]!)]
    ]
    for (const [field, column] of numbers) {
      const name = new Hasher().text(field)
      columns.push([
        field,
        (row, hasher) => column[row] === column[row] && hasher.numbers(name, column[row]!)
      ])
    }
    for (const [field, { codes, dictionary }] of texts) {
      const name = new Hasher().text(field)
      const words = this.#dictionaries.get(dictionary) ?? { values: [], hashes: [] }
      columns.push([
        field,
        (row, hasher) => codes[row] !== 0 && hasher.numbers(name, hashOf(words, codes[row]!))
      ])
    }
    if (kept.size > 0)
      columns.push([
        '~',
        (row, hasher) => {
          const line = kept.get(row)
          if (line) hasher.numbers(1, new Hasher().bytes(line))
        }
      ])
    columns.sort(([a], [b]) => (a < b ? -1 : 1))
    return columns.map(([, add]) => add)
  }
}

/** The line; an engine that is wrong may name a format that there is none of. */
function printed(format: string, event: LogEvent): string {
  try {
    return formatFor(format).print(event)
  } catch (error) {
    return `no line: ${String(error)}`
  }
}

/** The hash of a word; one that was never sent is like no other. */
function hashOf({ values, hashes }: Words, code: number): number {
  const value = values[code]
  return (hashes[code] ??= value ? new Hasher().bytes(value) : -code)
}

const float = new Float64Array(1)
const words = new Uint32Array(float.buffer)

/** Two 32-bit hashes side by side, each mixed as MurmurHash3 does (Austin Appleby); 52 bits of them are the value. */
class Hasher {
  #low = 0
  #high = 0

  begin(seed: number): void {
    this.#low = 0x9747b28c
    this.#high = 0x1b873593
    this.#double(seed)
  }

  numbers(first: number, second: number): void {
    this.#double(first)
    this.#double(second)
  }

  get value(): number {
    return (finished(this.#high) & 0xf_ffff) * 2 ** 32 + finished(this.#low)
  }

  bytes(bytes: Uint8Array): number {
    this.begin(bytes.length)
    for (const byte of bytes) this.#add(byte)
    return this.value
  }

  text(text: string): number {
    return this.bytes(Buffer.from(text))
  }

  #double(value: number): void {
    // Both zeros are one number.
    float[0] = value + 0
    this.#add(words[0]!)
    this.#add(words[1]!)
  }

  #add(word: number): void {
    this.#low = mixed(this.#low, Math.imul(word, 0xcc9e2d51))
    this.#high = mixed(this.#high, Math.imul(word ^ 0x5bd1e995, 0x85ebca6b))
  }
}

function mixed(hash: number, word: number): number {
  const unit = Math.imul((word << 15) | (word >>> 17), 0x1b873593)
  const next = hash ^ unit
  return (Math.imul((next << 13) | (next >>> 19), 5) + 0xe6546b64) | 0
}

function finished(hash: number): number {
  let last = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  last = Math.imul(last ^ (last >>> 13), 0xc2b2ae35)
  return (last ^ (last >>> 16)) >>> 0
}
