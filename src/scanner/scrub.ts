import type { Batch, Rejection } from '../core/batch.ts'

/**
 * Masks what must not be kept, secrets and addresses for example: gives the bytes that stand for a value of a text field from
 * now on, as they shall stand in the log, or `undefined` where the value may stay. It is asked once for each value that is
 * new to a dictionary, before anybody sees its code; and for each rejected line, as the value of a field `line`. Pure.
 */
export type Scrub = (field: string, value: Uint8Array) => Uint8Array | undefined

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

/** A line of a scan whose bytes are not to be seen, by where it begins. */
export type MaskedLines = Map<number, { readonly length: number; readonly bytes: Uint8Array }>

/**
 * Masks what a scan brought: new values of the dictionaries, the codes of rows, and the lines themselves. It stands between
 * the kernel, which numbers values by their own bytes, and everything else, so that without a scrub nothing is done at all.
 */
export function scrubScan(
  batches: readonly Batch[],
  dictionaries: readonly ReadonlyMap<string, Scrubbed>[],
  rejected: readonly Rejection[],
  lineAt: (start: number, length: number) => Uint8Array,
  scrub: Scrub
): MaskedLines {
  const lines: MaskedLines = new Map()
  const hide = (start: number, length: number, bytes: Uint8Array): void =>
    void lines.set(start, { length, bytes })
  for (const { start, length } of rejected) {
    const masked = scrub('line', lineAt(start, length))
    if (masked) hide(start, length, masked)
  }
  batches.forEach(({ rows, start, length, columns }, program) => {
    for (const [field, column] of columns) {
      const dictionary = dictionaries[program]?.get(field)
      if (column.type === 'number' || !dictionary) continue
      const masks = dictionary.scrub(scrub)
      if (masks.size === 0) continue
      for (let row = 0; row < rows; row++) {
        const mask = masks.get(column.codes[row]!)
        if (!mask) continue
        column.codes[row] = mask.code
        const [at, bytes] = [start[row]!, length[row]!]
        hide(at, bytes, replaced(lines.get(at)?.bytes ?? lineAt(at, bytes), mask))
      }
    }
  })
  return lines
}

/** A line with its mask wherever the value stands in it; nothing of a line in which it cannot be found. */
function replaced(line: Uint8Array, { value, bytes }: Mask): Uint8Array {
  const [text, original] = [latin1(line), latin1(value)]
  return Buffer.from(text.includes(original) ? text.replaceAll(original, () => latin1(bytes)) : '', 'latin1')
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1')
}
