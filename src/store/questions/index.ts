import type * as z from 'zod'
import { countQuestion } from './count.ts'
import { countersQuestion } from './counters.ts'
import { extentQuestion } from './extent.ts'
import { requireLines, type LineFilter } from './filter.ts'
import { linesQuestion } from './lines.ts'
import { readParameters } from './parameters.ts'
import { positionsQuestion } from './positions.ts'
import type { FormatFor, Question, StoreReader } from './question.ts'
import { rejectedQuestion } from './rejected.ts'
import { rollupQuestion } from './rollup.ts'
import { signalsQuestion } from './signals.ts'
import { signaturesQuestion } from './signatures.ts'
import { sqlQuestion } from './sql.ts'
import { statsQuestion } from './stats.ts'
import { versionsQuestion } from './versions.ts'

/** Every question to the store, under its name. */
export const QUESTIONS = {
  lines: linesQuestion,
  count: countQuestion,
  stats: statsQuestion,
  signatures: signaturesQuestion,
  rejected: rejectedQuestion,
  extent: extentQuestion,
  versions: versionsQuestion,
  sql: sqlQuestion,
  rollup: rollupQuestion,
  signals: signalsQuestion,
  positions: positionsQuestion,
  counters: countersQuestion
}

/** Questions under their names. */
export type Questions = Readonly<Record<string, Question>>

type ParametersOf<Asked> = Asked extends { readonly parameters: infer Schema extends z.ZodType }
  ? z.output<Schema>
  : never
type ResultOf<Asked> = Asked extends Question<z.ZodType, infer _Stored, infer Result> ? Result : never
type AnswerOf<Asked> =
  Asked extends Question<z.ZodType, infer _Stored, infer _Result, infer Answer> ? Answer : never

/** What asks a question of the store; parameters may be left out where none is needed. VisorError where it has no answer. */
type Ask<Parameters, Result> =
  Partial<Parameters> extends Parameters
    ? (parameters?: Parameters) => Promise<Result>
    : (parameters: Parameters) => Promise<Result>

/** All questions of a list, to be asked by their names: `store.count({ by: 'hour' })`. */
export type Asking<List = typeof QUESTIONS> = {
  readonly [Name in keyof List]: Ask<ParametersOf<List[Name]>, ResultOf<List[Name]>>
}

/** Parameters as an address or a command line has them: texts. */
export type TextParameters = Readonly<Record<string, unknown>>

/** Answers as the API has them; VisorError QUERY where a parameter is wrong. */
export type Answers<List = typeof QUESTIONS> = {
  readonly [Name in keyof List as unknown extends AnswerOf<List[Name]> ? never : Name]: (
    parameters: TextParameters
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

/** Asks a question in the store's thread. VisorError NO_LINES where it needs lines that are not kept. */
export async function readQuestion(
  question: Question,
  reader: StoreReader,
  parameters: LineFilter
): Promise<unknown> {
  if (question.needsLines) await requireLines(reader, parameters)
  return question.read(reader, parameters)
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

/** Who answers the questions of the API. */
export type AskedStore = Pick<Asking, keyof Answers>

/** The answers of a store to questions of the API. */
export function answersOf(store: AskedStore, questions: Questions = QUESTIONS): Answers {
  const entries: unknown[][] = Object.entries(questions).map(([name, { parameters, api }]) => [
    name,
    async (given: TextParameters) => {
      const ask: (parameters: unknown) => Promise<unknown> = Reflect.get(store, name)
      const read = readParameters(parameters, given)
      return api?.answer(await ask(read), read, store)
    }
  ])
  return Object.fromEntries(entries)
}
