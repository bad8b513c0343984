import type { Kind } from '../../core/fields.ts'
import type { RawValues } from '../../core/format.ts'
import { columnOf, IS_COLUMN, LINE_FIELD } from '../schema.ts'
import { blobBytes, select, selectAs } from '../sql.ts'
import { readColumns, type NumberColumn } from '../vectors.ts'
import { eachOnce } from './events.ts'
import { filterSql, type LineFilter } from './filter.ts'
import type { FormatFor, StoreReader } from './question.ts'

/** Lines as whole columns: quick to send to another thread, and for who goes through many. */
export interface RawLines {
  readonly rows: number
  /** Time in Micros, minutes east of UTC, number of the format. */
  readonly fixed: readonly NumberColumn[]
  readonly formats: readonly { readonly id: number; readonly kind: Kind; readonly text: string }[]
  readonly fields: readonly RawField[]
}

/** A field of the lines: numbers, NaN where it is absent, or codes of texts, 0 where it is. */
interface RawField {
  readonly id: number
  readonly name: string
  readonly isText: boolean
  readonly values: NumberColumn
  readonly texts: Texts
}

/** Bytes of texts one behind the other, by their codes: an object for each would take long to send. */
interface Texts {
  readonly codes: Int32Array
  readonly ends: Float64Array
  readonly bytes: Uint8Array
}

/** Columns before those of the fields. */
const FIXED = ['epoch_us(e.time)::double', 'e.zone::integer', 'e.format::integer'] as const

/** All lines that pass a filter, in no order. */
export async function findRawLines(reader: StoreReader, filter: LineFilter): Promise<RawLines> {
  const { connection } = reader
  const where = await filterSql(reader, filter)
  const columns = await selectAs(
    connection,
    { id: Number, isText: Boolean, name: String },
    `select id, type = 'text', name from fields where ${IS_COLUMN} order by id`
  )
  const wanted = columns.map(({ id, isText }) =>
    isText ? `coalesce(e.${columnOf(id)}, 0)::integer` : `coalesce(e.${columnOf(id)}, 'nan')::double`
  )
  const all = [...FIXED, ...wanted]
  const found = await connection.run(`select ${all.join(', ')} from events e ${where.sql}`, where.values)
  const read = await readColumns(found, all.length)
  const fields: RawField[] = []
  for (const [i, column] of columns.entries())
    fields.push({
      ...column,
      values: read[FIXED.length + i]!,
      texts: await textsOf(reader, column.isText ? column.id : undefined, where)
    })
  return {
    rows: read[0]?.length ?? 0,
    fixed: read.slice(0, FIXED.length),
    formats: await selectAs(
      connection,
      { id: Number, kind: kind => (kind === 'error' ? 'error' : 'access'), text: String },
      'select id, kind, text from formats'
    ),
    fields
  }
}

/** The texts of a field that lines have; none of what is no text. */
async function textsOf(
  { connection }: StoreReader,
  field: number | undefined,
  { sql, values }: Awaited<ReturnType<typeof filterSql>>
): Promise<Texts> {
  const rows =
    field === undefined
      ? []
      : await select(
          connection,
          `select code, coalesce(nullif(raw, ''::blob), encode(value)) from dictionary where field = ${field}
           and code in (select distinct e.${columnOf(field)} from events e ${sql})`,
          values
        )
  const texts = rows.map(([, raw]) => blobBytes(raw))
  const ends = new Float64Array(texts.length)
  let end = 0
  for (const [i, text] of texts.entries()) ends[i] = end += text.length
  return { codes: Int32Array.from(rows, ([code]) => Number(code)), ends, bytes: Buffer.concat(texts) }
}

/** Takes the bytes of each line, without its end: kept as they were, or printed from its fields by its format. */
export function eachRawLine(lines: RawLines, formatFor: FormatFor, take: (line: Uint8Array) => void): void {
  const formatOf = eachOnce(formatFor)
  const formats = new Map(lines.formats.map(({ id, text, kind }) => [id, formatOf(text, kind)]))
  const values = new RowValues(lines)
  const [, , format = []] = lines.fixed
  for (; values.row < lines.rows; values.row++) {
    const kept = values.get(LINE)
    take(kept instanceof Uint8Array ? kept : formats.get(format[values.row]!)!.printRaw(values))
  }
}

/** Stands for the field of kept lines, which has no name of its own. */
const LINE = ''

/** The values of one line after the other. */
class RowValues implements RawValues {
  row = 0
  readonly #fixed: readonly NumberColumn[]
  readonly #fields: ReadonlyMap<string, (row: number) => number | Uint8Array | null>

  constructor({ fixed, fields }: RawLines) {
    this.#fixed = fixed
    this.#fields = new Map(
      fields.map(field => [field.id === LINE_FIELD ? LINE : field.name, valuesOf(field)])
    )
  }

  get time(): number {
    return this.#fixed[0]![this.row]!
  }

  get zone(): number {
    return this.#fixed[1]![this.row]!
  }

  get(name: string): number | Uint8Array | null {
    return this.#fields.get(name)?.(this.row) ?? null
  }
}

function valuesOf({ isText, values, texts }: RawField): (row: number) => number | Uint8Array | null {
  if (!isText) return row => (Number.isNaN(values[row]!) ? null : values[row]!)
  const at = new Map(Array.from(texts.codes, (code, i) => [code, i]))
  return row => {
    const code = values[row]!
    const i = at.get(code)
    // What is not in the dictionary, which only a damaged store can bring about, is empty.
    if (i === undefined) return code === 0 ? null : texts.bytes.subarray(0, 0)
    return texts.bytes.subarray(i === 0 ? 0 : texts.ends[i - 1], texts.ends[i])
  }
}
