import {
  Binary,
  type Data,
  Field,
  Int32,
  makeData,
  RecordBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  tableFromIPC,
  Utf8
} from 'apache-arrow'

/** A column of a relation that goes along with a plan. */
export type LocalColumn =
  | { readonly type: 'int'; readonly values: Int32Array }
  | { readonly type: 'text'; readonly values: readonly string[] }
  | { readonly type: 'bytes'; readonly values: readonly Uint8Array[] }

/** A row of an answer, by column; 64-bit integers are bigints, times are milliseconds. */
export type SparkRow = Readonly<Record<string, unknown>>

/** Rows of an Arrow IPC stream. */
export function rowsOf(ipc: Uint8Array): SparkRow[] {
  const table = tableFromIPC(ipc)
  const columns = table.schema.fields.map(({ name }, i) => ({ name, vector: table.getChildAt(i) }))
  return Array.from({ length: table.numRows }, (_, row) =>
    Object.fromEntries(columns.map(({ name, vector }) => [name, vector?.get(row)]))
  )
}

/** Columns of the same length as an Arrow IPC stream, straight over their bytes. None of them has a null. */
export function ipcOf(columns: Readonly<Record<string, LocalColumn>>): Uint8Array {
  const named = Object.entries(columns)
  const data = named.map(([, column]) => dataOf(column))
  const fields = named.map(([name], i) => new Field(name, data[i]!.type, false))
  const schema = new Schema(fields)
  const length = data[0]?.length ?? 0
  const struct = makeData({ type: new Struct(fields), length, nullCount: 0, children: data })
  const writer = new RecordBatchStreamWriter()
  writer.write(new RecordBatch(schema, struct))
  writer.finish()
  return writer.toUint8Array(true)
}

function dataOf(column: LocalColumn): Data {
  const { length } = column.values
  if (column.type === 'int') return makeData({ type: new Int32(), length, nullCount: 0, data: column.values })
  if (column.type === 'text') {
    const encoder = new TextEncoder()
    const { valueOffsets, data } = joined(column.values.map(text => encoder.encode(text)))
    return makeData({ type: new Utf8(), length, nullCount: 0, valueOffsets, data })
  }
  return makeData({ type: new Binary(), length, nullCount: 0, ...joined(column.values) })
}

function joined(values: readonly Uint8Array[]): { valueOffsets: Int32Array; data: Uint8Array } {
  const valueOffsets = new Int32Array(values.length + 1)
  for (const [i, { length }] of values.entries()) valueOffsets[i + 1] = valueOffsets[i]! + length
  if (values.length === 1) return { valueOffsets, data: values[0]! }
  return { valueOffsets, data: Buffer.concat(values) }
}
