import type { Millis } from '../../core/time.ts'
import type { EngineSource } from '../../counting/plan.ts'
import type { RangeSource, SourceDependencies } from '../../sources/kind.ts'
import type { BatchAnswer, WorkerTask } from './protocol.ts'

/** A task with the bytes that ride in the plan for it. */
export interface TaskInput {
  readonly task: WorkerTask
  readonly data: Uint8Array
}

/** What is known of where batches run. */
export interface ClusterFacts {
  /** For people: `Spark 4.2.0 at sc://127.0.0.1:15002`. */
  readonly name: string
  readonly executors?: number
  readonly cores?: number
  /** Where Spark's own page is. */
  readonly page?: string
}

/** Where batches run: Spark, or a double of it in tests. */
export interface BatchCluster {
  readonly facts: ClusterFacts
  /**
   * Runs some tasks to their end; the same tasks give the same again. Rejects with what went wrong, and after `timeout` in any
   * case; nothing of the tasks goes on for longer than that either.
   */
  run(tasks: readonly TaskInput[], timeout: Millis, signal: AbortSignal): Promise<BatchAnswer>
  /** A source that is read through the cluster, where this process may not reach it. @throws VisorError */
  openSource?(source: EngineSource, dependencies: SourceDependencies): RangeSource | undefined
  close(): Promise<void>
}
