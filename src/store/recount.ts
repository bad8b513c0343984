import type { DuckDBConnection } from '@duckdb/node-api'
import { isOfAll, type Metric } from '../core/metric.ts'
import { addKey, ALL_TIME, boundCell, cellOf, type Rollup } from '../core/rollup.ts'
import { DAY } from '../core/time.ts'
import { derivationOf, type Derivation } from '../derived/index.ts'
import { METRICS } from '../metrics/index.ts'
import { deriveField } from './derived.ts'
import { firstNumberSql, storedFormats } from './line-cells.ts'
import { lineFields } from './questions/filter.ts'
import type { LineFields } from './questions/question.ts'
import { columnOf, DERIVED } from './schema.ts'
import { select, transaction, whole } from './sql.ts'
import type { Writer } from './writer.ts'

/** Days that one run counts anew at most, so that a run stays short; what is left is done by the next. */
const DAYS = 10

/** Keys that a cell keeps. */
const KEYS = 1000

/** A metric that counts by a derived field. */
interface DerivedMetric {
  readonly metric: Metric
  readonly derivation: Derivation
}

/**
 * Counts what is derived anew after its lists or rules have changed. The store remembers for each such metric the version
 * that it was counted by (table `versions`); when that is another one, each day is counted from its lines, the newest first,
 * in one transaction, so that readers never see a half. Where a day's lines are not all kept, its counts stay as they are,
 * and table `outdated` says by which version they were made.
 */
export class Recount {
  readonly #writer: Writer
  readonly #metrics: readonly Metric[]
  readonly #derivationOf: (field: string) => Derivation | undefined

  constructor(writer: Writer, metrics: readonly Metric[] = METRICS, derivation = derivationOf) {
    this.#writer = writer
    this.#metrics = metrics
    this.#derivationOf = derivation
  }

  /** Remembers the versions of now; what was counted by others is to be counted anew. */
  async note(): Promise<void> {
    for (const one of this.#derived())
      await this.#writer.exclusively(({ writer }) => noteVersion(writer, one))
  }

  /** Counts some days of each metric anew, where there are any. */
  async run(days = DAYS): Promise<void> {
    for (const one of this.#derived())
      for (let left = days; left > 0; left--)
        if (!(await this.#writer.exclusively(({ writer }) => this.#next(writer, one)))) break
  }

  #derived(): DerivedMetric[] {
    return this.#metrics.flatMap(metric => {
      const derivation = this.#derivationOf(metric.field ?? '')
      // What is counted of some lines alone stays as it was counted.
      const counted = metric.derive && isOfAll(metric)
      return counted && derivation ? [{ metric, derivation }] : []
    })
  }

  /** Counts the newest day that is still to be counted; false when there is none. */
  async #next(connection: DuckDBConnection, one: DerivedMetric): Promise<boolean> {
    const { name } = one.metric
    const [row] = await select(
      connection,
      `select f.id, v.earlier, max(r.start)::double from versions v join fields f on f.name = v.metric and f.type = 'metric'
       join rollups r on r.metric = f.id and r.start < v.pending and r.start <> ${ALL_TIME} where v.metric = $1 group by all`,
      [name]
    )
    if (!row) {
      await connection.run('update versions set pending = null where metric = $1', [name])
      return false
    }
    const [number, earlier, latest] = [Number(row[0]), String(row[1]), Number(row[2])]
    const day: Day = { from: Math.floor(latest / DAY) * DAY, metric: number, earlier }
    const fields = await lineFields(connection)
    await deriveField(connection, one.derivation, fields)
    try {
      await transaction(connection, async () => {
        await this.#count(connection, one, day, fields)
        await connection.run(`update versions set pending = ${whole(day.from)} where metric = $1`, [name])
      })
    } catch (error) {
      // What its keys were numbered by is not in the dictionary.
      this.#writer.forgetCodes(number)
      throw error
    }
    return true
  }

  async #count(
    connection: DuckDBConnection,
    one: DerivedMetric,
    day: Day,
    fields: LineFields
  ): Promise<void> {
    const range = `start >= ${whole(day.from)} and start < ${whole(day.from + DAY)}`
    const lines = await linesSql(connection, one, day, fields)
    const sources = await select(
      connection,
      `select distinct r.source, s.name from rollups r join sources s on s.id = r.source
       where metric = ${day.metric} and ${range}`
    )
    for (const [id, name] of sources) {
      const source = Number(id)
      if (!(await this.#allKept(connection, one, source, range, lines))) {
        await connection.run(
          `insert into outdated select $1, ${source}, ${whole(day.from)}, $2
           where not exists (select 1 from outdated where metric = $1 and source = ${source} and start = ${whole(day.from)})`,
          [one.metric.name, day.earlier]
        )
        continue
      }
      const rollup: Rollup = new Map()
      const counted = await select(
        connection,
        `with starts as (select distinct start from rollups where source = ${source} and ${range})
         select coalesce(s.start, ${whole(day.from)})::double, d.value, count(*)::double, sum(coalesce(l.measure, 0))::double
         from (${lines} and e.source = ${source}) l
         join (select code, value from ${DERIVED} where name = $1) d on d.code = l.code
         asof left join starts s on s.start <= l.time group by all`,
        [one.derivation.name]
      )
      for (const [start, key, count, sum] of counted)
        addKey(
          cellOf(rollup, Number(start), String(name), one.metric.name),
          String(key),
          Number(count),
          Number(sum)
        )
      for (const cell of rollup.values()) boundCell(cell, KEYS)
      for (const table of ['rollups', 'sketches'])
        await connection.run(
          `delete from ${table} where metric = ${day.metric} and source = ${source} and ${range}`
        )
      await this.#writer.addCells(connection, rollup)
    }
  }

  /** Whether no metric of the same field has counted more lines of a day than are kept. */
  async #allKept(
    connection: DuckDBConnection,
    { metric, derivation }: DerivedMetric,
    source: number,
    range: string,
    lines: string
  ): Promise<boolean> {
    const names = this.#metrics
      .filter(metric => metric.key === derivation.from && isOfAll(metric))
      .map(({ name }) => name)
    const [row] = await select(
      connection,
      `select (select count(*) from (${lines} and e.source = ${source})) >=
         (select coalesce(max(lines), 0) from (select sum(count) as lines from rollups
           where source = ${source} and ${range} and metric in (select id from fields where type = 'metric'
             and name in (${names.map((_, i) => `$${i + 1}`).join(', ')})) group by metric))`,
      names.length > 0 ? names : [metric.name]
    )
    return row?.[0] === true
  }
}

/** A day whose counts of a metric, by its number, are made anew; those at hand were made by an earlier version. */
interface Day {
  readonly from: number
  readonly metric: number
  readonly earlier: string
}

/** The lines of a day that a metric counts, as `time`, `code` of the text, and `measure`; more conditions can be added. */
async function linesSql(
  connection: DuckDBConnection,
  { metric, derivation }: DerivedMetric,
  { from }: Day,
  fields: LineFields
): Promise<string> {
  const text = fields.get(derivation.from)
  const formats = (await storedFormats(connection)).filter(({ kind }) =>
    metric.kinds.some(one => one === kind)
  )
  const measure = firstNumberSql(metric.measure, formats, fields)
  const code = text ? `e.${columnOf(text.id)}` : '0'
  return `select epoch_us(e.time) as time, ${code} as code, ${measure} as measure from events e
    where e.time >= make_timestamp(${whole(from)}) and e.time < make_timestamp(${whole(from + DAY)})
      and e.format in (${formats.map(({ id }) => id).join(', ') || 'null'}) and ${code} <> 0`
}

/** Remembers by which version a metric is counted from now on; what was counted by another one is to be counted anew. */
async function noteVersion(
  connection: DuckDBConnection,
  { metric, derivation }: DerivedMetric
): Promise<void> {
  const { version } = derivation
  const [row] = await select(connection, 'select version from versions where metric = $1', [metric.name])
  if (row?.[0] === version) return
  await connection.run(
    `insert or replace into versions
     select $1, $2, $3, (select max(start) + 1 from rollups r join fields f on f.id = r.metric
       where f.type = 'metric' and f.name = $1)`,
    [metric.name, version, typeof row?.[0] === 'string' ? row[0] : 'unknown']
  )
}
