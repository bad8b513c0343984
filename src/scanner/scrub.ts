import { Flag, type Batch, type Rejection } from '../core/batch.ts'
import type { Format } from '../core/format.ts'

/**
 * Masks what must not be kept, secrets for example: gives the bytes that stand for a value of a text field from
 * now on, as they shall stand in the log, or `undefined` where the value may stay. It is asked once for each value that is
 * new to a dictionary, before anybody sees its code, with the name that lines themselves give the field, where they do; and for
 * each line whose fields do not tell all that is in it, a rejected one for example, as the value of a field `line`. What is
 * masked is masked no further. Pure.
 */
export interface Scrub {
  (field: string, value: Uint8Array, name?: string): Uint8Array | undefined
  /** For a field: a quick look at the bytes from `from` to `to`, whether they need be asked for; absent where all need be. */
  readonly look?: (field: string) => Look | undefined
}

type Look = (memory: Uint8Array, from: number, to: number) => boolean

/** A line as its fields give it. */
export type LinePrinter = Pick<Format, 'printRaw'>

/** What stands for a value, and the value itself, which only the kernel still has. */
export interface Mask {
  readonly value: Uint8Array
  readonly bytes: Uint8Array
  /** The first code with these bytes: it takes the place of the value's own. */
  readonly code: number
}

/** The masks of a dictionary, by the codes of the values. */
export class Masks {
  readonly #byCode = new Map<number, Mask>()
  readonly #codes = new Map<string, number>()
  /** The first code that no scrub was shown. */
  unseen = 1

  get size(): number {
    return this.#byCode.size
  }

  get(code: number): Mask | undefined {
    return this.#byCode.size === 0 ? undefined : this.#byCode.get(code)
  }

  has(code: number): boolean {
    return this.get(code) !== undefined
  }

  add(own: number, value: Uint8Array, bytes: Uint8Array): void {
    const text = latin1(bytes)
    const code = this.#codes.get(text) ?? own
    this.#codes.set(text, code)
    this.#byCode.set(own, { value, bytes, code })
  }

  /** The same with other codes, 0 for values that are gone; codes from `unseen` on are new. */
  moved(codes: Uint32Array, unseen: number): Masks {
    const masks = new Masks()
    for (const [own, { value, bytes }] of this.#byCode) {
      const code = codes[own] ?? 0
      if (code !== 0) masks.add(code, value, bytes)
    }
    masks.unseen = unseen
    return masks
  }
}

/** A dictionary that shows a scrub its new values. */
interface Scrubbed {
  scrub(scrub: Scrub): Masks
}

/** A program whose lines are masked. */
interface ScrubbedSlot {
  readonly dictionaries: ReadonlyMap<string, Scrubbed>
  /** All that a line says is in its columns. */
  readonly whole: boolean
}

/** What of a row is masked. */
interface MaskedRow {
  readonly program: number
  readonly row: number
  readonly masks: readonly Mask[]
}

/**
 * Masks what a scan brought: new values of the dictionaries, the codes of rows, and lines, when they are asked for. It stands
 * between the kernel, which numbers values by their own bytes, and everything else, so that without a scrub nothing is done at all.
 */
export class ScrubbedScan {
  readonly #batches: readonly Batch[]
  readonly #slots: readonly ScrubbedSlot[]
  readonly #printers: readonly LinePrinter[]
  readonly #scrub: Scrub
  /** By where the line begins. */
  readonly #rows = new Map<number, MaskedRow>()
  /** Lines that hold more than their fields, or are written otherwise than these would be; all may be such. */
  readonly #odd = new Set<number>()
  readonly #allOdd: boolean
  readonly #lines = new Map<number, Uint8Array>()
  readonly #look: Look | undefined

  constructor(
    batches: readonly Batch[],
    rejected: readonly Rejection[],
    slots: readonly ScrubbedSlot[],
    printers: readonly LinePrinter[],
    scrub: Scrub
  ) {
    this.#batches = batches
    this.#slots = slots
    this.#printers = printers
    this.#scrub = scrub
    this.#look = scrub.look?.('line')
    this.#allOdd = slots.some(({ whole }) => !whole)
    for (const { start } of rejected) this.#odd.add(start)
    batches.forEach((batch, program) => this.#mask(batch, program))
  }

  /** A line that begins at `start`, `line` as it was scanned. */
  line(start: number, line: Uint8Array): Uint8Array {
    let masked = this.#lines.get(start)
    if (!masked) this.#lines.set(start, (masked = this.#masked(start, line)))
    return masked
  }

  #mask({ rows, start, flags, columns }: Batch, program: number): void {
    const { dictionaries } = this.#slots[program]!
    if (!this.#allOdd)
      for (let row = 0; row < rows; row++) if (flags[row]! & Flag.notCanonical) this.#odd.add(start[row]!)
    for (const [field, column] of columns) {
      const dictionary = dictionaries.get(field)
      if (column.type === 'number' || !dictionary) continue
      const masks = dictionary.scrub(this.#scrub)
      if (masks.size === 0) continue
      for (let row = 0; row < rows; row++) {
        const mask = masks.get(column.codes[row]!)
        if (!mask) continue
        column.codes[row] = mask.code
        const known = this.#rows.get(start[row]!)?.masks ?? []
        this.#rows.set(start[row]!, { program, row, masks: [...known, mask] })
      }
    }
  }

  #masked(start: number, line: Uint8Array): Uint8Array {
    const found = this.#rows.get(start)
    const odd = (this.#allOdd || this.#odd.has(start)) && this.#look?.(line, 0, line.length) !== false
    if (!found && !odd) return line
    const original = latin1(line)
    let text = original
    let lost = false
    for (const { value, bytes } of found?.masks ?? []) {
      const once = replacedOnce(text, latin1(value), latin1(bytes))
      if (once === undefined) lost = true
      else text = once
    }
    if (odd) text = this.#asked(text)
    const isLeft = ({ value }: Mask): boolean => text.includes(latin1(value))
    // In JSON the line's own names may have told of what could not be placed.
    if (found && lost && (!odd || found.masks.some(isLeft))) return this.#printed(found)
    return text === original ? line : Buffer.from(text, 'latin1')
  }

  #asked(text: string): string {
    const masked = this.#scrub('line', Buffer.from(text, 'latin1'))
    return masked ? latin1(masked) : text
  }

  #printed({ program, row }: MaskedRow): Uint8Array {
    const { time, zone, columns } = this.#batches[program]!
    const printer = this.#printers[program]
    return (
      printer?.printRaw({
        time: time[row]!,
        zone: zone[row]!,
        get(field) {
          const column = columns.get(field)
          if (!column) return null
          if (column.type === 'number') return Number.isNaN(column.values[row]!) ? null : column.values[row]!
          return column.codes[row] === 0 ? null : column.dictionary.bytes(column.codes[row]!)
        }
      }) ?? new Uint8Array(0)
    )
  }
}

/** A text with a part of it replaced; `undefined` where that is not in it exactly once. */
function replacedOnce(text: string, part: string, other: string): string | undefined {
  const at = text.indexOf(part)
  if (at < 0 || text.includes(part, at + 1)) return undefined
  return text.slice(0, at) + other + text.slice(at + part.length)
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}
