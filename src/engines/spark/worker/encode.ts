import { addCounters, NO_COUNTERS, type Counters } from '../../../core/source.ts'
import type { EnginePlan } from '../../../counting/plan.ts'
import { dealtOut, mergeCounts } from '../counts.ts'
import { packRow, sumOf, unpackRow, type RowSum } from '../pack.ts'
import type { AnswerRow, Counts, WorkerResult } from '../protocol.ts'

/** What the closing row of a task says of its other rows. */
export interface Closing {
  /** Of rows that are the task's alone, and of those with counts, which may be merged with others'. */
  readonly own: RowSum
  readonly counts: RowSum
  readonly segments: number
  readonly counters: Counters
}

/** Counts that were merged, and the rows that they were in. */
export interface Merged extends Counts {
  readonly of: RowSum
}

/** The rows of a task's result; the last is its closing row. */
export function encodeResult(plan: EnginePlan, result: WorkerResult, parts = 1): AnswerRow[] {
  const { task, segments, events, rollup, signals, underived, ...rest } = result
  const row = (part: number, kind: string, value: unknown): AnswerRow => packRow({ task, part, kind }, value)
  const dealt = dealtOut(plan, { rollup, signals, ...(underived && { underived }) }, parts)
  const counts = Array.from(dealt, ([part, some]) => row(part, 'counts', some))
  const own = [
    row(0, 'result', { segments, ...rest }),
    ...groups(events).map((some, i) => row(i, 'events', some))
  ]
  const closing: Closing = {
    own: sumOf(own),
    counts: sumOf(counts),
    segments: segments.length,
    counters: segments.reduce((sum, { counters }) => addCounters(sum, counters), { ...NO_COUNTERS })
  }
  return [...counts, ...own, row(0, 'end', closing)]
}

/** So many lines share a row: the smaller it is, the worse it is packed. */
const ROW_LINES = 16_384

function groups(events: WorkerResult['events']): WorkerResult['events'][] {
  const all: WorkerResult['events'][number][][] = []
  let lines = Infinity
  for (const rows of events) {
    if (lines >= ROW_LINES) {
      all.push([])
      lines = 0
    }
    all.at(-1)?.push(rows)
    lines += rows.rows
  }
  return all
}

/** The task of rows that are of several. */
export const SEVERAL_TASKS = -1

/** Rows of counts, of any tasks, as one of their sum. @throws RangeError for a row that is not what a worker wrote */
export function mergedRow(plan: EnginePlan, part: number, rows: readonly AnswerRow[]): AnswerRow {
  const all = rows.map((row): Counts => unpackRow(row))
  const merged: Merged = { of: sumOf(rows), ...mergeCounts(plan, all) }
  return packRow({ task: SEVERAL_TASKS, part, kind: 'merged' }, merged)
}
