import { DuckDBBlobValue, DuckDBDataChunk, type DuckDBConnection, type DuckDBResult } from '@duckdb/node-api'

/** Rows of one data chunk of the engine. */
const CHUNK_ROWS = 2048

/** One column: a number, text or blob for each row, one number for all of them, or `null` where no row has any. */
export type ColumnValues =
  | ArrayLike<number>
  | readonly (string | null)[]
  | readonly (Uint8Array | undefined)[]
  | number
  | null

/**
 * Appends batches of rows to a table, whole columns at a time through the memory of the engine's vectors: a call per value
 * would be ten times slower. NaN is written as NULL. The columns are those of the table, in its order; the first one has a
 * value for each row.
 */
export async function appendRows(
  connection: DuckDBConnection,
  table: string,
  ...batches: readonly (readonly [ArrayLike<unknown> & ColumnValues, ...ColumnValues[]])[]
): Promise<void> {
  if (batches.every(([first]) => first.length === 0)) return
  const appender = await connection.createAppender(table)
  try {
    const types = Array.from({ length: appender.columnCount }, (_, i) => appender.columnType(i))
    const chunk = DuckDBDataChunk.create(types)
    for (const columns of batches)
      for (let from = 0; from < columns[0].length; from += CHUNK_ROWS) {
        chunk.reset()
        chunk.rowCount = Math.min(CHUNK_ROWS, columns[0].length - from)
        for (const [index, column] of columns.entries()) {
          const vector = chunk.getColumnVector(index)
          fill(vector, column, from, chunk.rowCount)
          vector.flush()
        }
        appender.appendDataChunk(chunk)
      }
  } finally {
    appender.closeSync()
  }
}

const allAbsent = new BigUint64Array(CHUNK_ROWS / 64)

function fill(
  vector: ReturnType<DuckDBDataChunk['getColumnVector']>,
  column: ColumnValues,
  from: number,
  count: number
): void {
  const items: unknown = Reflect.get(vector, 'items')
  if (column === null) setAbsent(vector, allAbsent)
  else if (items instanceof BigInt64Array) fillLong(items, column, from, count)
  else if (isNumberItems(items)) {
    if (typeof column === 'number') items.fill(column)
    else for (let i = 0; i < count; i++) items[i] = Number(column[from + i] ?? 0)
    if (items instanceof Float64Array) markAbsent(vector, items)
  } else if (typeof column === 'number') throw new TypeError('a vector of the database holds no numbers')
  else
    for (let i = 0; i < count; i++) {
      const item = column[from + i] ?? null
      vector.setItem(i, item instanceof Uint8Array ? new DuckDBBlobValue(item) : item)
    }
}

function isNumberItems(items: unknown): items is Float64Array | Int32Array | Int16Array | Uint8Array {
  return (
    items instanceof Float64Array ||
    items instanceof Int32Array ||
    items instanceof Int16Array ||
    items instanceof Uint8Array
  )
}

/** 64-bit integers as two halves: making a BigInt of each would cost more than all the rest. */
function fillLong(
  items: BigInt64Array,
  column: NonNullable<ColumnValues>,
  from: number,
  count: number
): void {
  const halves = new Int32Array(items.buffer, items.byteOffset, 2 * count)
  for (let i = 0; i < count; i++) {
    const value = typeof column === 'number' ? column : Number(column[from + i] ?? 0)
    halves[2 * i] = value
    halves[2 * i + 1] = Math.floor(value / 2 ** 32)
  }
}

/** NaN to NULL. Bits are cleared bytewise in a copy: the vector's own setter makes BigInts for each row. */
function markAbsent(vector: object, items: Float64Array): void {
  let valid: Uint8Array | undefined
  for (let i = 0; i < items.length; i++) {
    if (items[i] === items[i]) continue
    valid ??= new Uint8Array(CHUNK_ROWS / 8).fill(255)
    valid[i >> 3] = (valid[i >> 3] ?? 0) & ~(1 << (i & 7))
  }
  if (valid) setAbsent(vector, new BigUint64Array(valid.buffer))
}

/** Bits of the rows that have a value. The library writes them with `flush`, but offers no way to set them all. */
function setAbsent(vector: object, bits: BigUint64Array): void {
  const validity: unknown = Reflect.get(vector, 'validity')
  if (typeof validity !== 'object' || validity === null || !Reflect.has(validity, 'data'))
    throw new TypeError('a vector of the database has no validity')
  Reflect.set(validity, 'data', bits)
}

export type NumberColumn = Float64Array | Int32Array

/** The columns of a result, all DOUBLE or INTEGER and without NULL, each in one piece. */
export async function readColumns(result: DuckDBResult, columns: number): Promise<NumberColumn[]> {
  const chunks = (await result.fetchAllChunks()).filter(({ rowCount }) => rowCount > 0)
  const rows = chunks.reduce((sum, { rowCount }) => sum + rowCount, 0)
  return Array.from({ length: columns }, (_, column) => {
    let [all, at]: [NumberColumn | undefined, number] = [undefined, 0]
    for (const chunk of chunks) {
      const items: unknown = Reflect.get(chunk.getColumnVector(column), 'items')
      if (!(items instanceof Float64Array || items instanceof Int32Array))
        throw new TypeError('a column of the result has other values than numbers')
      all ??= items instanceof Float64Array ? new Float64Array(rows) : new Int32Array(rows)
      all.set(items.subarray(0, chunk.rowCount), at)
      at += chunk.rowCount
    }
    return all ?? new Float64Array(0)
  })
}
