import { addCounters, NO_COUNTERS, type Counters } from '../../core/source.ts'
import type { EventRows } from '../../core/delivery.ts'
import { mergeCounts } from './counts.ts'
import { addSums, sumOf, unpackRow, type RowSum } from './pack.ts'
import type { AnswerRow, BatchAnswer, Counts, Job, TaskAnswer, WorkerTask } from './protocol.ts'
import { SEVERAL_TASKS, type Closing, type Merged } from './worker/encode.ts'

/**
 * What the rows of a batch say, in whatever order they come, or exactly what is wrong with them: then nothing of them
 * counts.
 */
export function decodeAnswer(
  job: Job,
  tasks: readonly WorkerTask[],
  rows: readonly AnswerRow[]
): { readonly answer: BatchAnswer } | { readonly problem: string } {
  try {
    return { answer: answerOf(job, tasks, rows) }
  } catch (error) {
    if (error instanceof RangeError) return { problem: error.message }
    throw error
  }
}

/** @throws RangeError that says what is wrong */
function answerOf(job: Job, tasks: readonly WorkerTask[], rows: readonly AnswerRow[]): BatchAnswer {
  const byTask = Map.groupBy(rows, ({ task }) => task)
  const known = new Set([SEVERAL_TASKS, ...tasks.map(({ id }) => id)])
  for (const task of byTask.keys())
    if (!known.has(task)) throw new RangeError(`there is a row of task ${task}, which was not asked for`)
  const read = tasks.map(task => taskOf(job, task, byTask.get(task.id) ?? []))
  const single = read.flatMap(({ counts }) => counts)
  const merged = (byTask.get(SEVERAL_TASKS) ?? []).map((row): Merged => unpackRow(row))
  const written = read.map(({ closing }) => closing.counts).reduce(addSums)
  compare('the rows of counts', written, [sumOf(single), ...merged.map(({ of }) => of)].reduce(addSums))
  const counts = [...single.map((row): Counts => unpackRow(row)), ...merged]
  return { tasks: read.map(({ answer }) => answer), counts: mergeCounts(job.plan, counts) }
}

interface TaskRows {
  readonly answer: TaskAnswer
  readonly closing: Closing
  readonly counts: readonly AnswerRow[]
}

const KINDS = ['result', 'events', 'counts', 'end']

function taskOf(job: Job, task: WorkerTask, rows: readonly AnswerRow[]): TaskRows {
  const about = `task ${task.id}`
  const [results = [], events = [], counts = [], ends = []] = KINDS.map(kind =>
    rows.filter(row => row.kind === kind)
  )
  const other = rows.find(({ kind }) => !KINDS.includes(kind))
  if (other) throw new RangeError(`${about}: there is a row of the unknown kind "${other.kind}"`)
  const [end] = ends
  if (!end) throw new RangeError(`${about}: it has no closing row`)
  if (ends.length > 1) throw new RangeError(`${about}: it has ${ends.length} closing rows`)
  const closing: Closing = unpackRow(end)
  compare(`${about}: its rows`, closing.own, sumOf([...results, ...events]))
  const [result] = results
  if (!result) throw new RangeError(`${about}: it has no result`)
  const own: Omit<TaskAnswer, 'task' | 'events'> = unpackRow(result)
  const answer: TaskAnswer = {
    ...own,
    task: task.id,
    events: events.toSorted((a, b) => a.part - b.part).flatMap((row): EventRows[] => unpackRow(row))
  }
  check(job, task, answer, closing)
  return { answer, closing, counts }
}

function compare(what: string, written: RowSum, found: RowSum): void {
  const { rows, sum } = written
  if (rows !== found.rows) throw new RangeError(`${what}: there are ${found.rows} of ${rows}`)
  if (sum !== found.sum) throw new RangeError(`${what}: they are not those that were written`)
}

/** Whether a result is one of this task, and balances. */
function check(job: Job, task: WorkerTask, { segments, rejected, events }: TaskAnswer, end: Closing): void {
  const wrong = (what: string): RangeError => new RangeError(`task ${task.id}: ${what}`)
  if (segments.length !== task.segments.length || segments.length !== end.segments)
    throw wrong(`it tells of ${segments.length} segments of ${task.segments.length}`)
  for (const [i, { source, stream, from }] of task.segments.entries()) {
    const { place, consumed } = segments[i]!
    if (place.source !== source || place.stream !== stream)
      throw wrong(`segment ${i} is of ${place.stream} instead of ${stream}`)
    if ('bytes' in from && consumed > from.bytes)
      throw wrong(`segment ${i} is done with ${consumed} bytes, and has ${from.bytes}`)
  }
  const sum = segments.reduce((all, { counters }) => addCounters(all, counters), { ...NO_COUNTERS })
  const { read, parsed, late, bytes } = sum
  if (!same(sum, end.counters)) throw wrong('its counters do not add up to those of its closing row')
  if (read !== parsed + sum.rejected + late) throw wrong('its counters do not balance')
  if (bytes !== segments.reduce((all, { consumed }) => all + consumed, 0))
    throw wrong('its bytes are not those of its segments')
  if (rejected.length !== sum.rejected)
    throw wrong(`it has ${rejected.length} of ${sum.rejected} rejected lines`)
  const lines = events.reduce((all, { rows }) => all + rows, 0)
  if (lines !== (job.events ? parsed + late : 0)) throw wrong(`it has ${lines} lines of ${parsed + late}`)
}

function same(a: Counters, b: Counters): boolean {
  const names = ['read', 'parsed', 'rejected', 'late', 'bytes'] as const
  return names.every(name => a[name] === b[name])
}
