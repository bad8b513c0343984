import { setTimeout } from 'node:timers/promises'
import type { Millis } from '../../../core/time.ts'
import { unlessAborted } from '../../../system/abort.ts'
import { decodeAnswer } from '../decode.ts'
import type { BatchCluster, TaskInput } from '../cluster.ts'
import type { BatchAnswer, Job } from '../protocol.ts'
import { encodeResult } from '../worker/encode.ts'
import { RidingStream } from '../worker/streams.ts'
import { runTask } from '../worker/task.ts'

/** Is called with the tasks of each batch, and its number. */
export type Before = (tasks: readonly TaskInput[], attempt: number) => void | Promise<void>

/** A Spark that runs workers in this process, and does what a test wants before it does what it should. */
export class LocalCluster implements BatchCluster {
  readonly facts = { name: 'Spark in this process', cores: 2 }
  /** The tasks of each batch, in the order in which they were asked for. */
  readonly asked: (readonly TaskInput[])[] = []
  closed = false
  readonly #job: Job
  readonly #before: Before

  /** `before` is called with each batch and its number; what it throws is how the batch fails. */
  constructor(job: Job, before: Before = () => {}) {
    this.#job = job
    this.#before = before
  }

  async run(tasks: readonly TaskInput[], timeout: Millis, signal: AbortSignal): Promise<BatchAnswer> {
    this.asked.push(tasks)
    const late = AbortSignal.timeout(timeout)
    return unlessAborted(AbortSignal.any([signal, late]), this.#run(tasks, this.asked.length))
  }

  async close(): Promise<void> {
    this.closed = true
    await setTimeout()
  }

  async #run(tasks: readonly TaskInput[], number: number): Promise<BatchAnswer> {
    await this.#before(tasks, number)
    const { plan } = this.#job
    // What goes to executors, and what comes from them, is text.
    const job: Job = JSON.parse(JSON.stringify(this.#job))
    const rows = await Promise.all(
      tasks.map(async input => {
        const task: TaskInput['task'] = JSON.parse(JSON.stringify(input.task))
        let at = 0
        const result = await runTask(
          job,
          task,
          async segment => {
            if (!('bytes' in segment.from)) throw new RangeError('there is nothing to read ranges from')
            const bytes = input.data.subarray(at, (at += segment.from.bytes))
            return new RidingStream(segment, bytes)
          },
          () => {}
        )
        return encodeResult(plan, result, task.parts)
      })
    )
    const decoded = decodeAnswer(
      this.#job,
      tasks.map(({ task }) => task),
      rows.flat()
    )
    if ('problem' in decoded) throw new Error(decoded.problem)
    return decoded.answer
  }
}
