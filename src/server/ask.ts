import { VisorError } from '../core/errors.ts'
import { isDuration } from '../core/fields.ts'
import { parseQuery, parseStats, TIME_STEPS, type Stats } from '../query/index.ts'
import type { LineFilter, Store } from '../store/index.ts'
import type {
  CountAnswer,
  FoundLine,
  LinesAnswer,
  SignaturesAnswer,
  StatsAnswer,
  TableAnswer
} from './api-types.ts'

/** What questions are asked of. */
export type Asked = Pick<Store, 'lines' | 'count' | 'figures' | 'signatures' | 'sql' | 'extent'>

/** A question's parameters, as a URL's query has them: `q`, `from`, `to`, `source`, `limit` and more. */
export type Params = Readonly<Record<string, unknown>>

/** Questions and their answers; VisorError QUERY where a parameter is wrong. */
export interface Answers {
  readonly lines: (params: Params) => Promise<LinesAnswer>
  readonly count: (params: Params) => Promise<CountAnswer>
  readonly stats: (params: Params) => Promise<StatsAnswer>
  readonly signatures: (params: Params) => Promise<SignaturesAnswer>
  readonly sql: (params: Params) => Promise<TableAnswer>
}

const LONGEST = 10_000
const MOST = 100_000

/** The questions that Visor answers about stored lines: over HTTP, over the daemon's socket, and to the command line itself. */
export function answersOf(store: Asked): Answers {
  return {
    async lines(params) {
      const found = await store.lines({ ...filterOf(params), limit: limitOf(params, 100) })
      const extent = found.length === 0 ? await store.extent() : undefined
      const lines = found.map(({ time, source, line, fields }): FoundLine => {
        return { time: time / 1000, source, text: decoder.decode(line), fields: shownFields(fields) }
      })
      return {
        lines: lines.toReversed(),
        ...(extent && { extent: { first: extent.first / 1000, last: extent.last / 1000 } })
      }
    },
    async count(params) {
      const by = textOf(params, 'by') ?? 'hour'
      const step = TIME_STEPS.find(one => one === by)
      if (!step) throw new VisorError('QUERY', `by must be one of ${TIME_STEPS.join(', ')}`)
      const counts = await store.count({ ...filterOf(params), by: step })
      return { counts: counts.map(({ time, count }) => ({ time: time / 1000, count })) }
    },
    async stats(params) {
      const stats = parseStats(textOf(params, 'stats') ?? 'count')
      const groups = await store.figures({ ...filterOf(params), stats, limit: limitOf(params, 100) })
      return {
        columns: [...stats.by, titleOf(stats)],
        rows: groups.map(({ keys, value }) => rowOf(stats, keys, value))
      }
    },
    async signatures(params) {
      const found = await store.signatures({ ...filterOf(params), limit: limitOf(params, 100) })
      return {
        signatures: found.map(one => ({ ...one, first: one.first / 1000, last: one.last / 1000 }))
      }
    },
    async sql(params) {
      return store.sql({ sql: textOf(params, 'sql') ?? '', limit: limitOf(params, 1000) })
    }
  }
}

const decoder = new TextDecoder()

function filterOf(params: Params): LineFilter {
  const [from, to] = [timeOf(params, 'from'), timeOf(params, 'to')]
  const sources = params['source']
  const named = Array.isArray(sources)
    ? sources.map(String)
    : typeof sources === 'string'
      ? [sources]
      : undefined
  return {
    where: parseQuery(textOf(params, 'q') ?? ''),
    ...(named && { sources: named }),
    ...(from !== undefined && { from: from * 1000 }),
    ...(to !== undefined && { to: to * 1000 })
  }
}

function textOf(params: Params, name: string): string | undefined {
  const text = params[name]
  if (text === undefined) return undefined
  if (typeof text === 'string' && text.length <= LONGEST) return text
  throw new VisorError('QUERY', `${name} must be one text of at most ${LONGEST} characters`)
}

/** Milliseconds since 1970. */
function timeOf(params: Params, name: string): number | undefined {
  const text = textOf(params, name)
  if (text === undefined) return undefined
  const value = /^-?\d{1,16}(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text)
  if (Math.abs(value) <= 8.64e15) return value
  throw new VisorError('QUERY', `${name} must be a time: ISO 8601, or milliseconds since 1970`)
}

function limitOf(params: Params, usual: number): number {
  const text = textOf(params, 'limit')
  if (text === undefined) return usual
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0
  if (value >= 1 && value <= MOST) return value
  throw new VisorError('QUERY', `limit must be a whole number from 1 to ${MOST}`)
}

/** Fields in the units that people see: durations in seconds. */
function shownFields(fields: ReadonlyMap<string, string | number>): Record<string, string | number> {
  return Object.fromEntries(Array.from(fields, ([name, value]) => [name, shown(name, value)]))
}

function shown(name: string, value: string | number): string | number {
  return typeof value === 'number' && isDuration(name) ? value / 1e6 : value
}

function titleOf({ measure, field }: Stats): string {
  return field === undefined ? measure : `${measure} ${field}`
}

function rowOf(
  stats: Stats,
  keys: readonly (string | number | null)[],
  value: number | null
): TableAnswer['rows'][number] {
  const { measure, field = '', by } = stats
  const named = keys.map((key, i) => {
    const name = by[i] ?? ''
    if (TIME_STEPS.some(step => step === name))
      return new Date(Number(key) / 1000).toISOString().replace('.000', '')
    return key === null ? null : shown(name, key)
  })
  return [...named, value === null || measure === 'unique' ? value : Number(shown(field, value))]
}
