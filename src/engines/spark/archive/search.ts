import { Flag } from '../../../core/batch.ts'
import { DAY, MINUTE_MS, type Micros, type Millis } from '../../../core/time.ts'
import { BatchFilter, type Query, type Stats } from '../../../query/index.ts'
import {
  aliasOf,
  queryPlan,
  sqlOver,
  type SparkRelation,
  type SqlArguments
} from '../../../spark/relation.ts'
import { unpackRow } from '../pack.ts'
import { answerRow, transformSql, type Workers } from '../workers.ts'
import { archived } from './archive.ts'
import {
  addGroup,
  addSignature,
  isLater,
  newest,
  type Asked,
  type Matches,
  type MatchedGroup,
  type MatchedLine,
  type MatchedSignature,
  type LineOrigin,
  type SearchJob
} from './asked.ts'
import { figuresOf, type GroupFigure } from './figures.ts'
import type { SparkPlanOptions, SparkProgress } from '../../../spark/execution.ts'
import type { Manifest } from './manifest.ts'
import type { AskCall } from '../../../store/index.ts'

/** Which lines: as the store's questions have it. */
export interface ArchiveFilter {
  readonly where?: Query | undefined
  readonly sources?: readonly string[] | undefined
  readonly from?: Micros | undefined
  readonly to?: Micros | undefined
}

export interface SearchOptions {
  /** Where the archive is. */
  readonly path: string
  /** What of it counts, now. */
  readonly manifest: () => Promise<Manifest>
  readonly workers: (signal: AbortSignal) => Promise<Workers>
  readonly close: () => Promise<void>
}

/** After so long a search is given up. */
const LONGEST: Millis = 30 * MINUTE_MS

/**
 * Answers questions about archived lines through Spark, as the store does about its own: Spark leaves out days, sources and times,
 * workers read the other lines again and filter them by the query. VisorError where Spark fails.
 */
export class ArchiveSearch {
  readonly #options: SearchOptions

  constructor(options: SearchOptions) {
    this.#options = options
  }

  /** The newest lines, newest first. */
  async lines(
    { limit = 100, ...filter }: ArchiveFilter & { readonly limit?: number | undefined } = {},
    call?: AskCall
  ) {
    const found: MatchedLine[] = []
    for await (const part of this.#ask({ what: 'lines', limit }, filter, call)) found.push(...part.lines)
    return newest(found, limit).map(({ time, source, line, flags, fields }) => ({
      time,
      source,
      line,
      end:
        flags & Flag.unterminated
          ? ('' as const)
          : flags & Flag.carriageReturn
            ? ('\r\n' as const)
            : ('\n' as const),
      fields
    }))
  }

  /** How many lines there are in each step of time, oldest first. */
  async count(
    {
      by = 'hour',
      ...filter
    }: ArchiveFilter & {
      readonly by?: 'minute' | 'hour' | 'day' | undefined
      readonly zone?: string | undefined
    } = {},
    call?: AskCall
  ): Promise<{ time: Micros; count: number }[]> {
    const figures = await this.stats(
      { ...filter, stats: { measure: 'count', field: undefined, by: [by] }, limit: Infinity },
      call
    )
    return figures.map(({ keys, value }) => ({ time: Number(keys[0]), count: value ?? 0 }))
  }

  /** A figure for each group of lines. */
  async stats(
    {
      stats = COUNT,
      zone,
      limit = 100,
      ...filter
    }: ArchiveFilter & {
      readonly stats?: Stats | undefined
      readonly zone?: string | undefined
      readonly limit?: number | undefined
    } = {},
    call?: AskCall
  ): Promise<GroupFigure[]> {
    const groups = new Map<string, MatchedGroup>()
    const asked: Asked = { what: 'groups', by: stats.by, field: stats.field, zone }
    for await (const part of this.#ask(asked, filter, call))
      for (const one of part.groups) addGroup(groups, one)
    return figuresOf(groups.values(), stats, limit)
  }

  /** Messages of error logs, those together that are alike; the one seen last first. */
  async signatures(
    { limit = 100, ...filter }: ArchiveFilter & { readonly limit?: number | undefined } = {},
    call?: AskCall
  ) {
    const all = new Map<string, MatchedSignature>()
    for await (const part of this.#ask({ what: 'signatures' }, filter, call))
      for (const one of part.signatures) addSignature(all, one)
    return [...all.values()]
      .toSorted((a, b) => b.last - a.last || b.count - a.count || (isLater(at(a), at(b)) ? -1 : 1))
      .slice(0, limit)
      .map(({ count, first, last, level, signature, example }) => ({
        count,
        first,
        last,
        level,
        signature,
        example
      }))
  }

  close(): Promise<void> {
    return this.#options.close()
  }

  async *#ask(
    asked: Asked,
    { where, ...filter }: ArchiveFilter,
    { signal = new AbortController().signal, onProgress }: AskCall = {}
  ): AsyncGenerator<Matches> {
    const { segments } = await this.#options.manifest()
    if (segments.length === 0 || filter.sources?.length === 0) return
    const workers = await this.#options.workers(signal)
    const lines = archived(
      this.#options.path,
      segments.map(({ folder }) => folder)
    )
    const { sql, values } = pruned(filter)
    // Its stages are of two plans.
    let before: SparkProgress = { tasks: 0, done: 0, bytes: 0 }
    let last = before
    const told = ({ tasks, done, bytes }: SparkProgress): void => {
      last = { tasks: before.tasks + tasks, done: before.done + done, bytes: before.bytes + bytes }
      onProgress?.({ done: last.done, total: last.tasks, unit: 'task', bytes: last.bytes })
    }
    const options = { signal, timeout: LONGEST, onProgress: told }
    const origins = await originsIn(workers, lines, sql, values, where, options)
    before = last
    const keys = Object.keys(origins)
    if (keys.length === 0) return
    const job: SearchJob = { where, asked, origins }
    const command = await workers.command('search', job, LONGEST, signal)
    const alias = aliasOf('lines')
    const rows = `SELECT ${KEY} AS line_key, concat_ws(' ', unix_micros(time), number, flags) AS about, base64(line) AS line
      FROM ${alias} WHERE ${sql} AND ${KEY} IN (${keys.map(key => `'${key}'`).join(', ')})`
    const query = transformSql('line_key, about, line', command, `(${rows})`)
    const plan = queryPlan(sqlOver(query, { [alias]: lines }, values))
    for await (const some of workers.session.execute(plan, options)) {
      for (const row of some.rows) {
        const found: Matches = unpackRow(answerRow(row))
        yield found
      }
    }
  }
}

const at = ({ last, number }: MatchedSignature) => ({ time: last, number })

const COUNT: Stats = { measure: 'count', field: undefined, by: [] }

/** Names what lines have in common. */
const KEY = 'hex(xxhash64(source, kind, format))'

/** What Spark can leave out by itself. */
function pruned({ sources, from, to }: ArchiveFilter): { sql: string; values: SqlArguments } {
  const parts = ['reason IS NULL']
  const values: Record<string, string | number> = {}
  if (from !== undefined) {
    parts.push('day >= date_from_unix_date(CAST(:from_day AS INT))', 'time >= timestamp_micros(:from_time)')
    Object.assign(values, { from_day: Math.floor(from / DAY), from_time: Math.floor(from) })
  }
  if (to !== undefined) {
    parts.push('day <= date_from_unix_date(CAST(:to_day AS INT))', 'time < timestamp_micros(:to_time)')
    Object.assign(values, { to_day: Math.floor(to / DAY), to_time: Math.floor(to) })
  }
  if (sources) {
    const names = sources.map((name, i) => {
      values[`source${i}`] = name
      return `:source${i}`
    })
    parts.push(`source IN (${names.join(', ')})`)
  }
  return { sql: parts.join(' AND '), values }
}

/** What the lines are of that may pass, by their keys. */
async function originsIn(
  { session }: Workers,
  lines: SparkRelation,
  where: string,
  values: SqlArguments,
  query: Query | undefined,
  options: SparkPlanOptions
): Promise<Record<string, LineOrigin>> {
  const alias = aliasOf('origins')
  const text = `SELECT DISTINCT source, kind, format, ${KEY} AS line_key FROM ${alias} WHERE ${where}`
  const rows = await session.query(sqlOver(text, { [alias]: lines }, values), options)
  const origins = rows.map(({ source, kind, format, line_key: key }): [string, LineOrigin] => [
    String(key),
    { source: String(source), kind: kind === 'error' ? 'error' : 'access', format: String(format) }
  ])
  return Object.fromEntries(origins.filter(([, origin]) => !query || !new BatchFilter(query, origin).never))
}
