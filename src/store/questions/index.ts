import * as z from 'zod'
import type { AnswerProgress } from '../../core/answer.ts'
import { VisorError } from '../../core/errors.ts'
import type { LineFilter } from './filter.ts'
import { QUESTIONS, type Questions } from './list.ts'
import { readParameters } from './parameters.ts'
import type { FormatFor, Question } from './question.ts'

type ParametersOf<Asked> = Asked extends Question<infer Schema> ? z.output<Schema> : never
type ResultOf<Asked> = Asked extends Question<z.ZodType, infer _Stored, infer Result> ? Result : never
type AnswerOf<Asked> =
  Asked extends Question<z.ZodType, infer _Stored, infer _Result, infer Answer> ? Answer : never

/** How a question is given up, and how its asker hears how far it is, where answering takes long. */
export interface AskCall {
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: AnswerProgress) => void
}

/** What asks a question of the store; parameters may be left out where none is needed. VisorError where it has no answer. */
type Ask<Parameters, Result> =
  Partial<Parameters> extends Parameters
    ? (parameters?: Parameters, call?: AskCall) => Promise<Result>
    : (parameters: Parameters, call?: AskCall) => Promise<Result>

/** All questions of a list, to be asked by their names: `store.count({ by: 'hour' })`. */
export type Asking<List = typeof QUESTIONS> = {
  readonly [Name in keyof List]: Ask<ParametersOf<List[Name]>, ResultOf<List[Name]>>
}

/** Parameters as an address or a command line has them: texts. */
export type TextParameters = Readonly<Record<string, unknown>>

/** Answers as the API has them; VisorError QUERY where a parameter is wrong. */
export type Answers<List = typeof QUESTIONS> = {
  readonly [Name in keyof List as unknown extends AnswerOf<List[Name]> ? never : Name]: (
    parameters: TextParameters,
    call?: AskCall
  ) => Promise<AnswerOf<List[Name]>>
}

/** Who may ask a question: see `Api`. */
export type Access = 'page' | 'socket'

/** The names of the questions of the API that somebody may ask: over the socket all of them. */
export function publicQuestions(access: Access, questions: Questions = QUESTIONS): string[] {
  return Object.entries(questions).flatMap(([name, { api }]) =>
    api && (access === 'socket' || api.access === access) ? [name] : []
  )
}

/** What asks all questions; `read` has each read in the store's thread. */
export function askingBy(
  read: (name: string, parameters: LineFilter) => Promise<unknown>,
  formatFor: FormatFor,
  questions: Questions = QUESTIONS
): Asking {
  const entries: unknown[][] = Object.entries(questions).map(([name, question]) => [
    name,
    async (parameters: LineFilter = {}) => {
      const stored = await read(name, parameters)
      return question.finish ? question.finish(stored, formatFor) : stored
    }
  ])
  return Object.fromEntries(entries)
}

/** The parameters of a question, from texts. */
export function schemaOf(question: Question): z.ZodType {
  return question.parameters(z)
}

/** Who answers the questions of the API. */
export type AskedStore = Pick<Asking, keyof Answers>

/** Questions about lines, answered elsewhere than in the store; an answerer is ended by `close`. */
export interface LineQuestions extends Pick<Asking, 'lines' | 'count' | 'stats' | 'signatures'> {
  close(): Promise<void>
}

/** A store, and who answers about the lines that it does not have itself. */
export function withLines(store: AskedStore, lines: LineQuestions | undefined): AskedStore {
  if (!lines) return store
  const sql: AskedStore['sql'] = (parameters, call) =>
    store.sql(parameters, call).catch((error: unknown) => {
      if (!(error instanceof VisorError && error.code === 'NO_LINES')) throw error
      throw new VisorError('NO_LINES', ARCHIVED, { cause: error })
    })
  return { ...store, ...lines, sql }
}

const ARCHIVED =
  'SQL is asked of the store alone, and the lines are in the archive: find and count them by a query or `--stats`, or ask Spark in SQL of its own'

/** The answers of a store to questions of the API. */
export function answersOf(store: AskedStore, questions: Questions = QUESTIONS): Answers {
  const entries: unknown[][] = Object.entries(questions).map(([name, question]) => {
    const { api } = question
    const schema = schemaOf(question)
    const answer = async (given: TextParameters, call?: AskCall): Promise<unknown> => {
      const ask: (parameters: unknown, call?: AskCall) => Promise<unknown> = Reflect.get(store, name)
      const read = readParameters(schema, given)
      return api?.answer(await ask(read, call), read, store)
    }
    return [name, answer]
  })
  return Object.fromEntries(entries)
}
