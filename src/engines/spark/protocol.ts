import type { FormatChoice } from '../../core/format.ts'
import type { Delivery, StreamPosition } from '../../core/delivery.ts'
import type { Kind } from '../../core/fields.ts'
import type { SampleLine } from '../../core/progress.ts'
import type { CellRows } from '../../core/rows.ts'
import type { EvidenceLine } from '../../core/signal.ts'
import type { Counters } from '../../core/source.ts'
import type { Micros, Millis } from '../../core/time.ts'
import type { EnginePlan } from '../../counting/plan.ts'
import type { Held, StreamState } from '../../counting/reader.ts'
import type { RangeToRead } from '../../sources/kind.ts'

export type { Held, StreamState } from '../../counting/reader.ts'

/*
 * What the engine and its worker say to each other. A batch is a plan of Spark over one row a task:
 *
 *   SELECT TRANSFORM(task, data) USING 'WORKER count JOB-FILE DEADLINE' AS (task INT, part INT, kind STRING, payload STRING)
 *
 * `task` is the JSON of a `WorkerTask`, `data` the bytes (zstd, base64) of those of its segments that ride in the plan, one behind the
 * other. DEADLINE is for how long the worker may run, in milliseconds: it ends itself then, since Spark does not end it.
 * Spark starts a worker for each of its own tasks, which may be given several rows. `worker/encode.ts` and `decode.ts`
 * make rows of results and results of rows; each task has a closing row: without it, or where it contradicts the others,
 * nothing of the task counts.
 *
 * Where much comes back, `SELECT TRANSFORM(task, part, kind, payload) USING 'WORKER merge JOB-FILE DEADLINE' AS (the same) FROM
 * (the above DISTRIBUTE BY part)` adds the counts of all tasks up on the executors; what comes of it is decoded like the above.
 */

/**
 * What is the same for all batches: a private file that executors get as an artifact, since the options of sources have
 * secrets. Its name has the hash of its content.
 */
export interface Job {
  readonly plan: EnginePlan
  /** Whether lines come back as events; the cells of signals come back always. */
  readonly events: boolean | 'whole'
}

/** What one task reads: segments in their order. Plain data; it can be seen in Spark's own pages, so it holds no secret. */
export interface WorkerTask {
  /** Unique in its batch. */
  readonly id: number
  /** Unique among all tasks that there ever are: names dictionaries. */
  readonly name: string
  /** The clock of the engine when the batch was made: the worker has no clock of its own that counts. */
  readonly now: Millis
  /** How many parts its counts are dealt out to, for workers that merge them; 1 when absent: nobody does. */
  readonly parts?: number
  readonly segments: readonly Segment[]
}

/** A run of bytes of one stream, or a range that the worker reads by itself. */
export interface Segment extends StreamState {
  /** A source of the plan. */
  readonly source: string
  /** `Stream.id` and its name for people. */
  readonly stream: string
  readonly name: string
  /** The stream ends with this segment. */
  readonly finished: boolean
  /** Its bytes can be read again: they wait where no format fits, and are rejected otherwise. */
  readonly replayable: boolean
  /** When its newest bytes were written, where that is known. */
  readonly written?: Millis
  /** `Source.uniform` and `Source.maxLineBytes` of its source. */
  readonly uniform?: boolean
  readonly maxLineBytes?: number
  /** How many bytes of `data` are its own, or where else they are. */
  readonly from: { readonly bytes: number } | { readonly range: RangeToRead }
}

/** What came of a segment. */
export interface SegmentResult {
  /**
   * Where the stream stands. Of bytes that rode in the plan, the position has the offset and what belongs to reading; the
   * rest is the stream's own.
   */
  readonly place: StreamPosition
  readonly held?: Held
  readonly last?: Millis
  /** Bytes of the segment that are done with; the others are to be given again. */
  readonly consumed: number
  readonly counters: Counters
  readonly kinds: readonly Kind[]
  readonly closed: Micros
  readonly latest: Micros
  readonly lines: readonly SampleLine[]
  /** What the first lines of one stream have shown for all of its source, where they are uniform. */
  readonly shared?: FormatChoice
  /** Why nothing could be read, or not all. */
  readonly problem?: string
}

/** What a task brings. Rollups and signals of all its segments are added up. */
export interface WorkerResult extends Counts {
  readonly task: number
  readonly segments: readonly SegmentResult[]
  readonly evidence: readonly EvidenceLine[]
  readonly rejected: Delivery['rejected']
  readonly events: Delivery['events']
}

/** What lines count: rollup cells, and cells whose metric is the name of a signal. */
export interface Counts {
  readonly rollup: readonly CellRows[]
  readonly signals: readonly CellRows[]
  /**
   * Places in the rollup of cells of which what is derived (countries, browsers) was not counted: what that takes is more
   * than a small task has to do otherwise, and `mergeCounts` can as well, since these cells hold all of their keys.
   */
  readonly underived?: readonly number[]
}

/** A row that a worker writes. None of its columns is ever null. */
export interface AnswerRow {
  readonly task: number
  /** Rows of counts that belong to the same part are added up in one place; of other rows, their order. */
  readonly part: number
  readonly kind: string
  readonly payload: string
}

/** What a batch brought. */
export interface BatchAnswer {
  /** In the order of the tasks that were asked for. */
  readonly tasks: readonly TaskAnswer[]
  /** Of all tasks together, no cell with more keys than the plan allows. */
  readonly counts: Counts
}

/** What a task brought besides its counts. */
export type TaskAnswer = Omit<WorkerResult, keyof Counts>

/** What a worker tells of the place where it runs, as the value of a row of the kind `probe`. */
export interface ProbeAnswer {
  readonly host: string
  /** Version of Node, such as `v24.1.0`. */
  readonly node: string
  readonly cores: number
  /** The sources that workers read by themselves: how many partitions answered, or why none did. */
  readonly sources: readonly {
    readonly name: string
    readonly partitions?: number
    readonly problem?: string
  }[]
}
