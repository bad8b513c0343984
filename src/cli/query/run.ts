import { parseDuration } from '../../core/duration.ts'
import { VisorError } from '../../core/errors.ts'
import { derivationOf, fieldInfo } from '../../derived/index.ts'
import { parseQuery, parseStats } from '../../query/index.ts'
import { isoTime } from '../../core/units.ts'
import { visible } from '../../core/visible.ts'
import type { Answers, Params } from '../../server/ask.ts'
import type { FoundLine, LinesAnswer, TableAnswer } from '../../server/api-types.ts'
import { storeFor } from '../settings.ts'
import { askingOf } from '../asking.ts'
import type { QueryOptions } from './options.ts'
import { rowsText, type Shape } from './rows.ts'

export interface QueryRequest extends QueryOptions {
  readonly shape: Shape
  readonly width: number
}

/** What is printed, and what is said about it. */
export interface Answered {
  readonly text: string
  readonly note: string | undefined
}

/** Asks a store. `clock` tells milliseconds since 1970. Throws QUERY, USAGE, and what opening the store throws. */
export async function askQuery(
  query: string,
  request: QueryRequest,
  env: Readonly<Record<string, string | undefined>>,
  clock: () => number
): Promise<Answered> {
  const config = storeFor(request, env)
  const fields = request.fields?.split(',').map(checkedField)
  // What is wrong with the question is told before anything is opened.
  parseQuery(query)
  if (request.stats !== undefined) parseStats(request.stats)
  const params = {
    q: query,
    source: request.source,
    limit: request.limit === undefined ? undefined : String(request.limit),
    from: timeOf('since', request.since, clock),
    to: timeOf('until', request.until, clock)
  }
  const asking = await askingOf(config.store.path, config.store.retention)
  try {
    return await answer(asking.answers, params, request, fields)
  } finally {
    await asking.close()
  }
}

async function answer(
  answers: Answers,
  params: Params,
  request: QueryRequest,
  fields: readonly string[] | undefined
): Promise<Answered> {
  const { sql, stats, signatures, shape, width } = request
  const rows = (answer: TableAnswer): Answered => ({
    text: rowsText(answer, shape, width),
    note: answer.more ? 'There are more rows; see --limit.' : undefined
  })
  if (sql !== undefined) return rows(await answers.sql({ ...params, sql }))
  if (stats !== undefined) return rows(await answers.stats({ ...params, stats }))
  if (signatures) {
    const found = (await answers.signatures(params)).signatures
    const columns = ['count', 'first', 'last', 'level', 'signature']
    return rows({
      columns,
      rows: found.map(one => [one.count, timeText(one.first), timeText(one.last), one.level, one.signature])
    })
  }
  const found = await answers.lines(params)
  const note = found.lines.length === 0 ? nothingFound(found) : undefined
  const chosen = fields ?? (shape === 'text' ? undefined : ['time', 'source', 'line'])
  if (!chosen) return { text: found.lines.map(({ text }) => `${visible(text)}\n`).join(''), note }
  return { text: rowsText(fieldRows(found.lines, chosen, shape, fields === undefined), shape, width), note }
}

/** The fields of lines; in JSON, where none were chosen, all of them. */
function fieldRows(
  lines: readonly FoundLine[],
  chosen: readonly string[],
  shape: Shape,
  all: boolean
): TableAnswer {
  const more = all && shape === 'json' ? [...new Set(lines.flatMap(({ fields }) => Object.keys(fields)))] : []
  const columns = [...chosen, ...more]
  return { columns, rows: lines.map(line => columns.map(name => fieldOf(line, name))) }
}

function fieldOf({ time, source, text, fields }: FoundLine, name: string): string | number | null {
  if (name === 'time') return timeText(time)
  if (name === 'source') return source
  if (name === 'line') return text
  const derivation = derivationOf(name)
  if (!derivation) return fields[name] ?? null
  const from = fields[derivation.from]
  return typeof from === 'string' ? (derivation.derive(from) ?? null) : null
}

function timeText(ms: number): string {
  return isoTime(Math.round(ms * 1000))
}

function nothingFound({ extent }: LinesAnswer): string {
  if (!extent) return 'The store has no lines yet.'
  return `Nothing found. The store's lines are from ${timeText(extent.first)} to ${timeText(extent.last)}.`
}

function checkedField(text: string): string {
  const name = text.trim()
  if (['time', 'source', 'line'].includes(name) || fieldInfo(name)) return name
  throw new VisorError('USAGE', `--fields: there is no field \`${name}\`; docs/query.md lists them`)
}

/** Milliseconds since 1970 of a span back from now or of an ISO time. */
function timeOf(option: string, text: string | undefined, clock: () => number): string | undefined {
  if (text === undefined) return undefined
  const span = parseDuration(text)
  const time = span === undefined ? Date.parse(text) : clock() - span
  if (Number.isNaN(time)) {
    throw new VisorError(
      'USAGE',
      `--${option}: expected a span such as 30m, 1h or 7d, or an ISO time, not ${text}`
    )
  }
  return String(time)
}
