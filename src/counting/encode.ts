import { Flag, type Batch, type Dictionary } from '../core/batch.ts'
import type { CodeColumn, EventRows } from '../core/delivery.ts'
import type { Format } from '../core/format.ts'
import type { LineBytes } from '../reading/sample.ts'

/**
 * Copies batches out of the scanner's memory into rows for the store: numbers and codes as they are, and each
 * dictionary value once, the first time a batch is encoded after it was seen.
 */
export class Encoder {
  readonly #name: string
  readonly #source: string
  readonly #format: Format
  /** For each field the dictionary's generation and the first code not sent yet. */
  readonly #sent = new Map<string, { generation: number; from: number }>()

  readonly #era: string
  readonly #whole: boolean

  /**
   * `name` distinguishes this scanner's dictionaries from all others, those of earlier runs included. `era` does so among
   * scanners that follow each other: the dictionaries of the one before are over then.
   * `whole`: rows have their lines, also where the printer would give them back.
   */
  constructor(name: string, source: string, format: Format, era = '', whole = false) {
    this.#whole = whole
    this.#name = name
    this.#era = era
    this.#source = source
    this.#format = format
  }

  /** `lines` gives the bytes that the batch's line positions point to. */
  encode(batch: Batch, lines: LineBytes): EventRows {
    const { rows } = batch
    const numbers = new Map<string, Float64Array>()
    const texts = new Map<string, CodeColumn>()
    for (const [field, column] of batch.columns)
      if (column.type === 'number') numbers.set(field, column.values.slice(0, rows))
      else texts.set(field, { codes: column.codes.slice(0, rows), ...this.#fresh(column.dictionary) })
    return {
      source: this.#source,
      kind: this.#format.kind,
      format: this.#format.text,
      escapes: this.#format.program.escapes ?? 'apache',
      rows,
      time: batch.time.slice(0, rows),
      zone: batch.zone.slice(0, rows),
      flags: batch.flags.slice(0, rows),
      numbers,
      texts,
      kept: keptLines(batch, lines, this.#whole)
    }
  }

  /** The values of a dictionary that were not sent yet. */
  #fresh(dictionary: Dictionary): Omit<CodeColumn, 'codes'> {
    const { field, generation, size } = dictionary
    const known = this.#sent.get(field)
    const from = known?.generation === generation ? known.from : 1
    this.#sent.set(field, { generation, from: size })
    const ends = new Uint32Array(size - from)
    let length = 0
    for (let code = from; code < size; code++) ends[code - from] = length += dictionary.bytes(code).length
    const bytes = new Uint8Array(length)
    for (let code = from, at = 0; code < size; at = ends[code - from]!, code++)
      bytes.set(dictionary.bytes(code), at)
    return { dictionary: `${this.#name} ${field} ${this.#era}${generation}`, from, bytes, ends }
  }
}

function keptLines(batch: Batch, lines: LineBytes, whole: boolean): Map<number, Uint8Array> {
  const kept = new Map<number, Uint8Array>()
  for (let row = 0; row < batch.rows; row++)
    if (whole || batch.flags[row]! & Flag.notCanonical)
      kept.set(row, lines.bytes(batch.start[row]!, batch.length[row]!).slice())
  return kept
}
