import type { DuckDBValue } from '@duckdb/node-api'
import { addKey, boundCell, cellOf, addToOther, mergeCell, type Rollup } from '../../core/rollup.ts'
import { toRows, type CellRows } from '../../core/rows.ts'
import { keyOf, signalMetric, type Signal } from '../../core/signal.ts'
import type { Micros } from '../../core/time.ts'
import type { Query } from '../../query/index.ts'
import { stepSql } from './steps.ts'
import { readCells } from '../rollups.ts'
import { keyPart, type KeyPart } from './signal-key.ts'
import { derivedFields, fieldSql, filterSql } from './filter.ts'
import { question, type StoreReader } from './question.ts'
import { select, whole } from '../sql.ts'

/** A signal, and the lines that it is counted of: `from <= time < to`. */
export interface SignalQuery {
  readonly signal: Signal<Query>
  readonly from: Micros
  readonly to: Micros
  /** Length of the cells, where it is not the signal's own. */
  readonly step?: Micros
}

export const signalsQuestion = question({
  summary:
    'What was counted for an alert rule: cells that an engine delivered, and those that it would have counted of the lines that are stored.',
  parameters: z => z.custom<SignalQuery>(),
  needsLines: false,
  async read(reader, { signal, from, to, step = signal.step }): Promise<CellRows[]> {
    const rollup = await countedOfLines(reader, { signal, from, to, step })
    for (const cell of (await deliveredCells(reader, { signal, from, to, step })).values())
      mergeCell(cellOf(rollup, cell.window, cell.source, signal.name), cell)
    for (const cell of rollup.values()) boundCell(cell, signal.limit)
    return toRows(rollup)
  }
})

/** None is asked for where none was ever delivered: rules ask for many, most of them of an engine that keeps lines. */
async function deliveredCells(
  { connection }: StoreReader,
  { signal, from, to, step }: Required<SignalQuery>
): Promise<Rollup> {
  const metric = signalMetric(signal)
  const known = await select(connection, "select 1 from fields where type = 'signal' and name = $1", [metric])
  if (known.length === 0) return new Map()
  return readCells(connection, { from, to, bucket: step, metrics: [metric] }, 'signal')
}

/** Of each cell the largest keys alone, since there may be as many as lines. */
async function countedOfLines(
  reader: StoreReader,
  { signal, from, to, step }: Required<SignalQuery>
): Promise<Rollup> {
  const { by, value } = signal
  const fields = await derivedFields(reader, [...by, value?.field ?? ''])
  const parts = by.map((field, i) => keyPart(field, 'text', fields, i))
  const last = value && keyPart(value.field, value.as, fields, by.length)
  const measured = fieldSql(signal.measure ?? '', fields)
  const summed = measured?.texts === undefined ? measured?.column : undefined
  // What is summed of a line: NULL where it has no such field.
  const sum = signal.measure === undefined ? '0::double' : (summed ?? 'null::double')
  const { sql, values } = await filterSql(reader, { where: signal.where, from, to })
  const where = `${sql} and ${last?.present ?? true} and ${sum} is not null`
  if (last) parts.push(last)
  const columns = parts.flatMap(part => part.columns)
  const rows = await select(
    reader.connection,
    `with counted as (
       select ${[`${stepSql(step)} as cell`, 'e.source', ...parts.flatMap(part => part.groups)].join(', ')},
         count(*) as count, sum(${sum}) as sum
       from events e ${parts.map(part => part.join).join(' ')} ${where} group by all),
     ranked as materialized (
       select *, row_number() over (partition by cell, source order by count desc, sum desc) as rank from counted)
     select ${['true', 'cell::double', 'count::double', 'sum', 's.name', ...columns].join(', ')}
     from ranked c join sources s on s.id = c.source ${parts.map(part => part.named).join(' ')}
     where rank <= ${whole(signal.limit)}
     union all
     select ${['false', 'cell::double', 'sum(count)::double', 'sum(sum)', 's.name', ...columns.map(() => 'null')].join(', ')}
     from ranked c join sources s on s.id = c.source where rank > ${whole(signal.limit)} group by cell, s.name`,
    values
  )
  const rollup: Rollup = new Map()
  for (const row of rows) addRow(rollup, row, signal, parts)
  return rollup
}

function addRow(
  rollup: Rollup,
  row: readonly DuckDBValue[],
  signal: Signal<Query>,
  parts: readonly KeyPart[]
): void {
  const [kept, window, count, sum, source, ...read] = row
  const cell = cellOf(rollup, Number(window), String(source), signal.name)
  if (kept !== true) addToOther(cell, Number(count), Number(sum))
  else {
    const key = keyOf(parts.map(({ columns, text }) => text(read.splice(0, columns.length))))
    addKey(cell, key, Number(count), Number(sum))
  }
}
