import { DuckDBDataChunk, type DuckDBAppender, type DuckDBType } from '@duckdb/node-api'

/** Rows of one data chunk of the engine. */
const CHUNK_ROWS = 2048

/** Numbers of one column, or one number for all of its rows; `null` for a column without any value. */
export type ColumnValues =
  | { readonly kind: 'numbers'; readonly values: ArrayLike<number> }
  | { readonly kind: 'constant'; readonly value: number }
  | { readonly kind: 'null' }
  | { readonly kind: 'items'; readonly values: readonly (string | { bytes: Uint8Array } | null)[] }

type NumberItems = Float64Array | Int32Array | Int16Array | Uint8Array

/**
 * Appends rows to a table, whole columns at a time through the memory of the engine's vectors: a call per value
 * would be ten times slower. NaN is written as NULL. The columns' types are those of the table, in its order.
 */
export function appendColumns(
  appender: DuckDBAppender,
  types: readonly DuckDBType[],
  columns: readonly ColumnValues[],
  rows: number
): void {
  const chunk = DuckDBDataChunk.create(types)
  for (let from = 0; from < rows; from += CHUNK_ROWS) {
    const count = Math.min(CHUNK_ROWS, rows - from)
    chunk.reset()
    chunk.rowCount = count
    columns.forEach((column, index) => {
      const vector = chunk.getColumnVector(index)
      if (column.kind === 'items') {
        for (let i = 0; i < count; i++) vector.setItem(i, column.values[from + i] ?? null)
      } else if (column.kind === 'null') setAbsent(vector, allAbsent)
      else fill(vector, column, from, count)
      vector.flush()
    })
    appender.appendDataChunk(chunk)
  }
}

const allAbsent = new BigUint64Array(CHUNK_ROWS / 64)

function fill(
  vector: object,
  column: Extract<ColumnValues, { kind: 'numbers' | 'constant' }>,
  from: number,
  count: number
): void {
  const items: unknown = Reflect.get(vector, 'items')
  if (items instanceof BigInt64Array) fillLong(items, column, from, count)
  else if (!isNumberItems(items)) throw new TypeError('a vector of the database holds no numbers')
  else if (column.kind === 'constant') items.fill(column.value)
  else {
    const { values } = column
    for (let i = 0; i < count; i++) items[i] = values[from + i] ?? 0
    if (items instanceof Float64Array) markAbsent(vector, items)
  }
}

function isNumberItems(items: unknown): items is NumberItems {
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
  column: Extract<ColumnValues, { kind: 'numbers' | 'constant' }>,
  from: number,
  count: number
): void {
  const halves = new Int32Array(items.buffer, items.byteOffset, 2 * count)
  for (let i = 0; i < count; i++) {
    const value = column.kind === 'constant' ? column.value : (column.values[from + i] ?? 0)
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
