import { parseDuration } from '../../core/duration.ts'
import { VisorError } from '../../core/errors.ts'
import { didYouMean } from '../../core/suggest.ts'
import { toMicros, toMillis, type Clock } from '../../core/time.ts'
import { derivationOf, fieldInfo } from '../../derived/index.ts'
import { machineZone } from '../../core/zone.ts'
import { visible } from '../../core/visible.ts'
import type { LineAnswer, LinesAnswer, TableAnswer } from '../../store/questions/answers.ts'
import { publicQuestions, schemaOf, type AskCall, type TextParameters } from '../../store/questions/index.ts'
import { QUESTIONS, type Questions } from '../../store/questions/list.ts'
import { parameterNames, readParameters } from '../../store/questions/parameters.ts'
import { storeFor } from '../settings.ts'
import { openAnswers } from '../asking.ts'
import { timeOf } from '../times.ts'
import type { QueryOptions } from './options.ts'
import { rowsText, tableOf, timeCell, type Shape } from './rows.ts'

export interface QueryRequest extends QueryOptions {
  readonly shape: Shape
  readonly width: number
}

/** What is printed, and what is said about it. */
export interface Answered {
  readonly text: string
  readonly note: string | undefined
}

/**
 * Asks a store one of the questions. Throws QUERY, USAGE, NO_LINES, and what opening the store throws.
 */
export async function askQuery(
  query: string,
  request: QueryRequest,
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
  call: AskCall = {},
  questions: Questions = QUESTIONS
): Promise<Answered> {
  const config = storeFor(request, env)
  const fields = request.fields?.split(',').map(checkedField)
  const { name, own } = askedIn(request)
  const question = questions[name]
  if (!question?.api) throw new VisorError('USAGE', `--ask: ${unknownQuestion(name, questions)}`)
  const schema = schemaOf(question)
  const zone = request.zone ?? config.zone ?? machineZone()
  const parameters = {
    ...(parameterNames(schema).includes('zone') && { zone }),
    ...general(name, parameterNames(schema), query, request, zone, clock),
    ...own
  }
  // What is wrong with the question is shown before anything is opened.
  readParameters(schema, parameters)
  const opened = await openAnswers(config.store.path, config.store.retention, config.engine)
  try {
    if (name === 'lines') return linesText(await opened.answers.lines(parameters, call), request, fields)
    const answer: (parameters: TextParameters, call: AskCall) => Promise<object> = Reflect.get(
      opened.answers,
      name
    )
    return rowsAnswered(tableOf(await answer(parameters, call)), request)
  } finally {
    await opened.close()
  }
}

/** Which question, with the parameters that it alone has. */
function askedIn({ ask, with: own, sql, stats, signatures }: QueryRequest): {
  readonly name: string
  readonly own: TextParameters
} {
  if (sql !== undefined) return { name: 'sql', own: { sql } }
  if (stats !== undefined) return { name: 'stats', own: { stats } }
  return { name: signatures ? 'signatures' : (ask ?? 'lines'), own: { ...own } }
}

function unknownQuestion(name: string, questions: Questions): string {
  const names = publicQuestions('socket', questions)
  return `there is no question \`${name}\`${didYouMean(name, names, '`', `there are ${names.join(', ')}`)}`
}

/** The parameters that most questions have. VisorError USAGE for what this one has no place for. */
function general(
  name: string,
  names: readonly string[],
  query: string,
  request: QueryRequest,
  zone: string,
  clock: Clock
): TextParameters {
  const given = [
    { option: 'a query', parameter: 'where', value: query === '' ? undefined : query },
    { option: '--source', parameter: 'sources', value: request.source },
    { option: '--limit', parameter: 'limit', value: request.limit?.toString() },
    { option: '--since', parameter: 'from', value: boundOf('since', request.since, zone, clock) },
    { option: '--until', parameter: 'to', value: boundOf('until', request.until, zone, clock) }
  ].filter(({ value }) => value !== undefined)
  for (const { option, parameter } of given)
    if (!names.includes(parameter))
      throw new VisorError('USAGE', `the question \`${name}\` cannot be given ${option}`)
  return Object.fromEntries(given.map(({ parameter, value }) => [parameter, value]))
}

function rowsAnswered(table: TableAnswer, { shape, width }: QueryRequest): Answered {
  if (table.columns.length === 0) return { text: '', note: 'Nothing found.' }
  return {
    text: rowsText(table, shape, width),
    note: table.more ? 'There are more rows; see --limit.' : undefined
  }
}

function linesText(
  found: LinesAnswer,
  { shape, width }: QueryRequest,
  fields: readonly string[] | undefined
): Answered {
  const note = found.lines.length === 0 ? nothingFound(found) : undefined
  const chosen = fields ?? (shape === 'text' ? undefined : ['time', 'source', 'line'])
  if (!chosen) return { text: found.lines.map(({ text }) => `${visible(text)}\n`).join(''), note }
  return { text: rowsText(fieldRows(found.lines, chosen, shape, fields === undefined), shape, width), note }
}

/** The fields of lines; in JSON, where none were chosen, all of them. */
function fieldRows(
  lines: readonly LineAnswer[],
  chosen: readonly string[],
  shape: Shape,
  all: boolean
): TableAnswer {
  const more = all && shape === 'json' ? [...new Set(lines.flatMap(({ fields }) => Object.keys(fields)))] : []
  const columns = [...chosen, ...more]
  return { columns, rows: lines.map(line => columns.map(name => fieldOf(line, name))) }
}

function fieldOf({ time, source, text, fields }: LineAnswer, name: string): string | number | null {
  if (name === 'time') return timeCell(time)
  if (name === 'source') return source
  if (name === 'line') return text
  const derivation = derivationOf(name)
  if (!derivation) return fields[name] ?? null
  const from = fields[derivation.from]
  return typeof from === 'string' ? (derivation.derive(from) ?? null) : null
}

function nothingFound({ extent }: LinesAnswer): string {
  if (!extent) return 'The store has no lines yet.'
  return `Nothing found. The store's lines are from ${timeCell(extent.first)} to ${timeCell(extent.last)}.`
}

function checkedField(text: string): string {
  const name = text.trim()
  if (['time', 'source', 'line'].includes(name) || fieldInfo(name)) return name
  throw new VisorError('USAGE', `--fields: there is no field \`${name}\``, {
    remedy: 'docs/query.md lists them.'
  })
}

/** Millis, as text, of a span back from now or of a time. */
function boundOf(option: string, text: string | undefined, zone: string, clock: Clock): string | undefined {
  if (text === undefined) return undefined
  const span = parseDuration(text)
  const time = span === undefined ? timeOf(text, zone, clock()) : toMicros(clock() - span)
  if (time !== undefined) return String(toMillis(time))
  throw new VisorError(
    'USAGE',
    `--${option}: expected a span such as 30m, 1h or 7d, or an ISO time, not ${text}`
  )
}
