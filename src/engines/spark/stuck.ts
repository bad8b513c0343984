import { SECOND_MS, type Millis } from '../../core/time.ts'
import type { FailedTask } from './attempts.ts'
import type { BatchTask } from './batch.ts'

/** How long after it failed a task is tried again, at the first time and at the most. */
const FIRST_PAUSE: Millis = 0.5 * SECOND_MS
const MAX_PAUSE: Millis = 10 * SECOND_MS

interface StuckTask {
  readonly task: BatchTask
  message: string
  attempts: number
  at: Millis
}

/** Tasks that fail again and again while others do not: each is tried alone from time to time, and its streams wait. */
export class Stuck {
  readonly #tasks = new Set<StuckTask>()

  add({ task, message }: FailedTask, now: Millis): void {
    for (const { cursor } of task.pieces) cursor.stuck = true
    this.#tasks.add({ task, message, attempts: 1, at: now + FIRST_PAUSE })
  }

  /** When the next one is to be tried. */
  get nextTime(): Millis {
    return Math.min(Infinity, ...Array.from(this.#tasks, ({ at }) => at))
  }

  /** The one that is to be tried now. */
  due(now: Millis): BatchTask | undefined {
    return [...this.#tasks].find(({ at }) => at <= now)?.task
  }

  /** It has failed once more. */
  failed(task: BatchTask, message: string, now: Millis): void {
    for (const one of this.#tasks)
      if (one.task === task) {
        one.at = now + Math.min(MAX_PAUSE, FIRST_PAUSE * 2 ** one.attempts++)
        one.message = message
      }
  }

  /** It has succeeded, or nothing of it counts any more. */
  done(task: BatchTask): void {
    for (const { cursor } of task.pieces) cursor.stuck = false
    for (const one of this.#tasks) if (one.task === task) this.#tasks.delete(one)
  }

  /** What is wrong, by stream, for people: where its lines are, and how the worker fails there. */
  *problems(): Iterable<{ readonly source: string; readonly name: string; readonly message: string }> {
    for (const { task, message, attempts } of this.#tasks)
      for (const { segment } of task.pieces) {
        const { source, name, from, position } = segment
        const where =
          'range' in from
            ? from.range.text
            : `bytes ${position.offset} to ${position.offset + from.bytes - 1}`
        const times = attempts === 1 ? 'again and again' : `${attempts} times`
        yield { source, name, message: `${where} cannot be read on Spark, tried alone ${times}: ${message}` }
      }
  }
}
