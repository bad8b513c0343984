import { VisorError } from '../../core/errors.ts'
import { countQuestion } from './count.ts'
import { countersQuestion } from './counters.ts'
import { digestsQuestion } from './digests.ts'
import { extentQuestion } from './extent.ts'
import { linesQuestion } from './lines.ts'
import { periodQuestion } from './period.ts'
import { positionsQuestion } from './positions.ts'
import { readingsQuestion } from './readings.ts'
import { rejectedQuestion } from './rejected.ts'
import { rollupQuestion } from './rollup.ts'
import { signalsQuestion } from './signals.ts'
import { signaturesQuestion } from './signatures.ts'
import { sqlQuestion } from './sql.ts'
import { statsQuestion } from './stats.ts'
import { streamsQuestion } from './streams.ts'
import { versionsQuestion } from './versions.ts'
import { requireLines, type LineFilter } from './filter.ts'
import type { Question, StoreReader } from './question.ts'

/** Every question to the store, under its name. */
export const QUESTIONS = {
  lines: linesQuestion,
  count: countQuestion,
  stats: statsQuestion,
  signatures: signaturesQuestion,
  rejected: rejectedQuestion,
  readings: readingsQuestion,
  extent: extentQuestion,
  period: periodQuestion,
  versions: versionsQuestion,
  sql: sqlQuestion,
  rollup: rollupQuestion,
  signals: signalsQuestion,
  streams: streamsQuestion,
  digests: digestsQuestion,
  positions: positionsQuestion,
  counters: countersQuestion
}

/** Questions under their names. */
export type Questions = Readonly<Record<string, Question>>

/** Asks a question in the store's thread. VisorError NO_LINES where it needs lines that are not kept. */
export async function readQuestion(
  question: Question,
  reader: StoreReader,
  parameters: LineFilter
): Promise<unknown> {
  if (question.needsLines) await requireLines(reader, parameters)
  try {
    return await question.read(reader, parameters)
  } catch (error) {
    const said = error instanceof Error && !(error instanceof VisorError) ? error.message : ''
    const known = TOO_MUCH.find(([says]) => says.test(said))
    throw known ? new VisorError('QUERY', known[1], { cause: error, remedy: known[2] }) : error
  }
}

/** What DuckDB says where it is asked too much, what that means, and what to do. */
const TOO_MUCH: readonly (readonly [says: RegExp, means: string, remedy: string])[] = [
  [
    /invalid repetition size/i,
    'a regular expression may repeat something 1,000 times at most, repetitions within others multiplied',
    'Repeat less, or write `*` or `+`.'
  ],
  [/pattern too large/i, 'the regular expression is too large', 'Repeat less in it, or ask for its parts.'],
  [
    /^Out of Memory|Max expression depth/i,
    'this asks for more at once than the database has memory for',
    'Ask for a shorter time, or with fewer words; words whose field is named cost less: `path:basket`.'
  ]
]
