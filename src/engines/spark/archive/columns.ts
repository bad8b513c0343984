/** A field of lines that is a column of the archive, for people who ask in Spark's own SQL. */
export interface ArchivedField {
  readonly field: string
  readonly type: 'text' | 'number'
}

const TEXTS =
  'client user method path query protocol referrer agent vhost request_id level module code message'.split(
    ' '
  )
const NUMBERS = ['status', 'bytes', 'bytes_in', 'bytes_out', 'duration', 'port', 'pid', 'tid']

/** In their order; numbers are in the units of fields. */
export const FIELD_COLUMNS: readonly ArchivedField[] = [
  ...TEXTS.map((field): ArchivedField => ({ field, type: 'text' })),
  ...NUMBERS.map((field): ArchivedField => ({ field, type: 'number' }))
]

/** Columns of what a worker writes: texts that may hold anything are base64. */
export const WRITTEN_COLUMNS = [
  'number BIGINT',
  'time BIGINT',
  'flags INT',
  'kind STRING',
  'source STRING',
  'format STRING',
  'reason STRING',
  'line STRING',
  ...FIELD_COLUMNS.map(({ field, type }) => `${field} ${type === 'text' ? 'STRING' : 'DOUBLE'}`)
].join(', ')

/** Columns as they are archived, without the folders' `day` and `source`. */
export const ARCHIVED_COLUMNS = [
  'number BIGINT',
  'time TIMESTAMP',
  'flags INT',
  'kind STRING',
  'format STRING',
  'reason STRING',
  'line BINARY',
  ...FIELD_COLUMNS.map(({ field, type }) => `${field} ${type === 'text' ? 'STRING' : 'DOUBLE'}`),
  'day DATE',
  'source STRING'
].join(', ')

/** What makes archived columns of written ones: `:batch` is the number of the batch, which comes first in the order of lines. */
export const ARCHIVED_SQL = [
  // 2^39: see `NUMBERS_A_TASK`.
  'CAST(:batch AS BIGINT) * 549755813888 + number AS number',
  'timestamp_micros(time) AS time',
  'flags',
  'kind',
  'CAST(unbase64(format) AS STRING) AS format',
  'CAST(unbase64(reason) AS STRING) AS reason',
  'unbase64(line) AS line',
  ...FIELD_COLUMNS.map(({ field }) => field),
  'date_from_unix_date(CAST(floor(time / 86400000000) AS INT)) AS day',
  'CAST(unbase64(source) AS STRING) AS source'
].join(', ')

/** How many lines a task may have, and a batch tasks: numbers of lines are in order of batches, tasks and rows. */
export const NUMBERS_A_TASK = 2 ** 27
export const TASKS_A_BATCH = 2 ** 12
