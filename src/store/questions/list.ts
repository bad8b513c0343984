import { countQuestion } from './count.ts'
import { countersQuestion } from './counters.ts'
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
  return question.read(reader, parameters)
}
