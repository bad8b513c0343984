import type { DuckDBConnection } from '@duckdb/node-api'
import { isHidden } from '../core/hidden.ts'
import { ALL_TIME } from '../core/rollup.ts'
import { addToSketch, createSketch, mergeSketch } from '../core/sketch.ts'
import { DAY, HOUR, MINUTE, type Micros } from '../core/time.ts'
import { AGED_SIZES, AGES, type WindowUse } from '../core/window.ts'
import type { Metric } from '../core/metric.ts'
import { appendSketches, type SketchRow } from './cells.ts'
import { floorSql, unpackSketch } from './rollups.ts'
import { OTHER_KEY } from './schema.ts'
import { blobBytes, select, transaction, whole } from './sql.ts'
import type { Signal } from '../core/signal.ts'
import type { Query } from '../query/index.ts'

/**
 * Rows of cells are appended with each commit (tier 0) and merged later, in steps: the longer ago, the wider the
 * windows. Readers add up what they find, so they get the same sums before, during and after.
 */
interface Tier {
  readonly tier: number
  /** After the end of a window, when it is taken into the tier. */
  readonly age: Micros
  /** Narrower windows are merged into one of this size; 1 leaves them as they are. */
  readonly size: Micros
  /** Keys that each cell keeps, the largest first. */
  readonly keys: number
}

/** Cells that are merged alike: which rows of table `rollups` they are, as SQL, and how. */
export interface CellGroup {
  readonly where: string
  readonly tiers: readonly Tier[]
}

const ALL_KEYS = 1e9

/** Keys that a cell keeps once it is merged. */
const KEPT_KEYS = 1000

const USES: readonly WindowUse[] = ['over time', 'in all']

/** The cells of metrics, those read over time and all others. */
export function metricCells(metrics: readonly Metric[]): readonly CellGroup[] {
  const overTime = metrics.filter(metric => metric.overTime).map(({ name }) => name)
  const names = overTime.map(name => `'${name.replaceAll("'", "''")}'`).join(', ') || 'null'
  const uses = {
    'over time': `name in (${names})`,
    'in all': `not coalesce(name in (${names}), false)`
  } as const
  return USES.map(use => ({
    where: `metric in (select id from fields where type = 'metric' and ${uses[use]})`,
    tiers: [
      { tier: 1, age: MINUTE, size: 1, keys: ALL_KEYS },
      { tier: 2, age: AGES.older, size: AGED_SIZES.older, keys: KEPT_KEYS },
      { tier: 3, age: AGES.oldest, size: AGED_SIZES.oldest[use], keys: KEPT_KEYS }
    ]
  }))
}

/** The cells of a signal by its number: as fine as its rule looks back, `lateness` after the time itself. */
export function signalCells(
  metric: number,
  { step, fine, limit }: Signal<Query>,
  lateness: Micros
): CellGroup {
  const single = Math.max(MINUTE, fine + lateness)
  return {
    where: `metric = ${metric}`,
    tiers: [
      { tier: 1, age: MINUTE, size: 1, keys: limit },
      { tier: 2, age: single, size: Math.max(step, MINUTE), keys: limit },
      { tier: 3, age: Math.max(single, 8 * DAY), size: Math.max(step, HOUR), keys: limit }
    ]
  }
}

/** Windows with `from <= start < to`, whose cells can be merged. */
interface Merge {
  readonly where: string
  readonly tier: Tier
  readonly from: number
  readonly to: number
}

/** What of a group can be merged at the time `now`, at most `limit` of each tier, oldest first. */
export async function mergesAt(
  connection: DuckDBConnection,
  { where, tiers }: CellGroup,
  now: Micros,
  limit: number
): Promise<Merge[]> {
  const merges: Merge[] = []
  let begin = Number.MIN_SAFE_INTEGER
  for (const tier of tiers.toReversed()) {
    const end = Math.floor((now - tier.age) / tier.size) * tier.size
    const rows = await select(
      connection,
      `select distinct (${floorSql(tier.size)})::double as window_start from rollups
       where tier < ${tier.tier} and ${where} and start >= ${whole(begin)} and start < ${whole(end)} and start <> ${ALL_TIME}
       order by window_start limit ${limit}`
    )
    for (const [start] of rows)
      merges.push({ where, tier, from: Number(start), to: Number(start) + tier.size })
    begin = Math.max(begin, end)
  }
  return merges
}

/** Rewrites the cells of a range as one cell for each source and metric, in one transaction. */
export async function mergeCells(
  connection: DuckDBConnection,
  { where, tier, from, to }: Merge
): Promise<void> {
  const range = `${where} and start >= ${whole(from)} and start < ${whole(to)} and start <> ${ALL_TIME}`
  await transaction(connection, async () => {
    await connection.run(
      `create or replace temp table merging as
       select *, row_number() over (
         partition by source, metric, key = ${OTHER_KEY} order by count desc, sum desc, key) as place
       from (select source, metric, key, sum(count) as count, sum(sum) as sum
         from rollups where ${range} group by all)`
    )
    const sketches = await foldedSketches(connection, range, tier.keys, from)
    await connection.run(`delete from rollups where ${range}`)
    await connection.run(`delete from sketches where ${range}`)
    await connection.run(
      `insert into rollups select ${whole(from)}, ${tier.tier}, source, metric,
         if(place > ${tier.keys}, ${OTHER_KEY}, key) as code, sum(count), sum(sum)
       from merging group by source, metric, code`
    )
    await appendSketches(connection, sketches, tier.tier)
    await connection.run('drop table merging')
  })
}

/** The sketches of a range by source and metric, with the keys that do not stay added. */
async function foldedSketches(
  connection: DuckDBConnection,
  range: string,
  keys: number,
  start: number
): Promise<SketchRow[]> {
  const sketches = new Map<string, SketchRow>()
  const of = (source: unknown, metric: unknown): SketchRow => {
    const numbers = { source: Number(source), metric: Number(metric) }
    const id = `${numbers.source} ${numbers.metric}`
    const row = sketches.get(id) ?? { start, ...numbers, sketch: createSketch() }
    sketches.set(id, row)
    return row
  }
  for (const [source, metric, sketch] of await select(
    connection,
    `select source, metric, sketch from sketches where ${range}`
  ))
    mergeSketch(of(source, metric).sketch, unpackSketch(blobBytes(sketch)))
  for (const [source, metric, value] of await select(
    connection,
    `select m.source, m.metric, d.value from merging m
     join dictionary d on d.field = m.metric and d.code = m.key where m.place > ${keys}`
  ))
    if (!isHidden(String(value))) addToSketch(of(source, metric).sketch, String(value))
  return [...sketches.values()]
}
