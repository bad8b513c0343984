import type { Batch } from '../../../core/batch.ts'
import {
  addGroup,
  addSignature,
  newest,
  type ArchivedLine,
  type Asked,
  type FieldValue,
  type Matches,
  type MatchedGroup,
  type MatchedLine,
  type MatchedSignature
} from '../archive/asked.ts'
import type { LineValues } from './values.ts'

/** So many groups are told at once: a worker's memory is bounded, however many there are. */
const MANY = 200_000

/** Gathers what is asked of lines. */
export class Answer {
  readonly #asked: Asked
  #lines: MatchedLine[] = []
  #groups = new Map<string, MatchedGroup>()
  #signatures = new Map<string, MatchedSignature>()

  constructor(asked: Asked) {
    this.#asked = asked
  }

  /** Whether it is time to take what there is. */
  get large(): boolean {
    return this.#groups.size > MANY || this.#signatures.size > MANY
  }

  /** What was gathered since it was taken last; the newest lines only once. */
  take(): Matches {
    const { what } = this.#asked
    const found = {
      lines: what === 'lines' ? newest(this.#lines, this.#asked.limit) : [],
      groups: [...this.#groups.values()],
      signatures: [...this.#signatures.values()]
    }
    this.#lines = []
    this.#groups = new Map()
    this.#signatures = new Map()
    return found
  }

  /** Adds some rows of a batch, of which row i is `lines[i]`. */
  add(
    batch: Batch,
    rows: Uint32Array,
    lines: readonly ArchivedLine[],
    values: LineValues,
    source: string
  ): void {
    const asked = this.#asked
    if (asked.what === 'lines') this.#addLines(batch, rows, lines, values, source, asked.limit)
    else if (asked.what === 'groups') this.#addGroups(batch, rows, values, asked)
    else this.#addSignatures(batch, rows, lines, values)
  }

  #addLines(
    batch: Batch,
    rows: Uint32Array,
    lines: readonly ArchivedLine[],
    values: LineValues,
    source: string,
    limit: number
  ): void {
    const readers = Array.from(batch.columns.keys(), name => [name, values.of(name, batch)] as const)
    for (const row of rows) {
      const { time, number, flags, line } = lines[row]!
      const fields = new Map<string, string | number>()
      for (const [name, read] of readers) {
        const value = read(row)
        if (value !== null) fields.set(name, value)
      }
      this.#lines.push({ time, number: BigInt(number), source, line, flags, fields })
    }
    if (this.#lines.length > 2 * limit + 1000) this.#lines = newest(this.#lines, limit)
  }

  #addGroups(
    batch: Batch,
    rows: Uint32Array,
    values: LineValues,
    { by, field, zone }: Extract<Asked, { readonly what: 'groups' }>
  ): void {
    const readers = by.map(name => values.of(name, batch, zone))
    const measured = field === undefined ? (): FieldValue => null : values.of(field, batch, zone)
    for (const row of rows)
      addGroup(this.#groups, { keys: readers.map(read => read(row)), value: measured(row), count: 1 })
  }

  #addSignatures(batch: Batch, rows: Uint32Array, lines: readonly ArchivedLine[], values: LineValues): void {
    const [signatureOf, levelOf, messageOf] = ['signature', 'level', 'message'].map(name =>
      values.of(name, batch)
    )
    for (const row of rows) {
      const signature = signatureOf?.(row)
      if (typeof signature !== 'string') continue
      const { time, number } = lines[row]!
      const level = levelOf?.(row)
      addSignature(this.#signatures, {
        signature,
        count: 1,
        first: time,
        last: time,
        number: BigInt(number),
        level: typeof level === 'string' ? level : null,
        example: String(messageOf?.(row) ?? '')
      })
    }
  }
}
