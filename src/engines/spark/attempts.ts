import { SECOND_MS, type Millis } from '../../core/time.ts'
import type { EnginePlan } from '../../counting/plan.ts'
import { SparkError } from '../../spark/problem.ts'
import { reasonOf } from '../../system/reason.ts'
import { retryDelay } from '../../system/retry.ts'
import { pause } from '../../system/abort.ts'
import { tasksOf, type BatchTask } from './batch.ts'
import type { BatchCluster } from './cluster.ts'
import type { BatchPiece } from './cursor.ts'
import { mergeCounts } from './counts.ts'
import type { BatchAnswer } from './protocol.ts'

/** After so many failures of a batch, where Spark itself does well, its pieces are tried one by one. */
const TRIES = 2

/** The longest pause: Spark may be back at any time, and lines wait. */
const MAX_DELAY: Millis = 5 * SECOND_MS

/** How an attempt failed, and when there is the next. */
export interface AttemptFailure {
  readonly message: string
  /** How many have failed one after the other. */
  readonly attempts: number
  readonly delay: Millis
}

/** What came of the tasks of a batch. */
export interface Attempted {
  readonly answer: BatchAnswer
  /** Those that were answered, in the order of the answer's tasks. */
  readonly tasks: readonly BatchTask[]
  /** Those that fail again and again, though Spark does well. */
  readonly failed: readonly FailedTask[]
}

export const NOTHING: Attempted = {
  answer: { tasks: [], counts: { rollup: [], signals: [] } },
  tasks: [],
  failed: []
}

export interface FailedTask {
  readonly task: BatchTask
  readonly message: string
}

export interface AttemptOptions {
  readonly plan: EnginePlan
  readonly cluster: BatchCluster
  readonly timeout: Millis
  readonly random: () => number
  readonly failed: (failure: AttemptFailure) => void
}

/**
 * Runs tasks until they are answered: the same ones again, after ever longer pauses, as long as Spark fails. Where it is a batch
 * that fails, it is found out what of it does. Rejects when the signal aborts, and for no other reason.
 */
export async function runUntilAnswered(
  tasks: readonly BatchTask[],
  options: AttemptOptions,
  signal: AbortSignal
): Promise<Attempted> {
  const { cluster, timeout, random, failed } = options
  for (let attempts = 1, ofBatch = 0; ; attempts++) {
    try {
      return { answer: await cluster.run(tasks, timeout, signal), tasks, failed: [] }
    } catch (error) {
      signal.throwIfAborted()
      ofBatch = isOfBatch(error) ? ofBatch + 1 : 0
      if (ofBatch >= TRIES && (await doesWell(cluster, timeout, signal)))
        return oneByOne(tasks, options, signal)
      const delay = Math.min(MAX_DELAY, retryDelay(attempts, random))
      failed({ message: reasonOf(error), attempts, delay })
      await pause(delay, signal)
    }
  }
}

/** Whether Spark did what it was asked for, and it is the batch that failed. */
function isOfBatch(error: unknown): boolean {
  return !(error instanceof SparkError) || error.kind === 'task' || error.kind === 'plan'
}

/** Whether a worker that is given nothing comes to its end. */
async function doesWell(cluster: BatchCluster, timeout: Millis, signal: AbortSignal): Promise<boolean> {
  try {
    await cluster.run(tasksOf([[]], 'nothing', 0), timeout, signal)
    return true
  } catch {
    signal.throwIfAborted()
    return false
  }
}

/** Tries what the tasks read piece by piece. */
async function oneByOne(
  tasks: readonly BatchTask[],
  { plan, cluster, timeout }: AttemptOptions,
  signal: AbortSignal
): Promise<Attempted> {
  const answered: BatchTask[] = []
  const answers: BatchAnswer[] = []
  const failed: FailedTask[] = []
  for (const [i, pieces] of tasks.flatMap(task => parts(task.pieces)).entries()) {
    const { name, now } = tasks[0]!.task
    const [alone] = tasksOf([pieces], `${name}.${i}`, now)
    const task = { ...alone!, task: { ...alone!.task, id: i } }
    try {
      answers.push(await cluster.run([task], timeout, signal))
      answered.push(task)
    } catch (error) {
      signal.throwIfAborted()
      failed.push({ task, message: reasonOf(error) })
    }
  }
  const counts = mergeCounts(
    plan,
    answers.map(answer => answer.counts)
  )
  return { answer: { tasks: answers.flatMap(answer => answer.tasks), counts }, tasks: answered, failed }
}

/** Pieces that must stay together. */
function parts(pieces: readonly BatchPiece[]): BatchPiece[][] {
  return [...Map.groupBy(pieces, piece => piece.group ?? piece).values()]
}
