import { setTimeout } from 'node:timers/promises'
import type { Delivery, DeliverySink, StreamPosition } from '../../../core/delivery.ts'
import { SECOND_MS, type Clock, type Millis } from '../../../core/time.ts'
import { reasonOf } from '../../../system/reason.ts'
import type { TaskInput } from '../cluster.ts'
import type { ParquetArchive, ArchiveBatch } from './archive.ts'
import { TASKS_A_BATCH } from './columns.ts'

/** So many lines, and so many bytes that ride in plans, are written before their time. */
const MAX_LINES = 2_000_000
const MAX_BYTES = 48 * 1024 * 1024

const FIRST_PAUSE: Millis = SECOND_MS
const LONGEST_PAUSE: Millis = 30 * SECOND_MS
/** When Visor ends, writing is tried for so long. */
const LAST_TIME: Millis = 30 * SECOND_MS

/** How writing fails. */
interface ArchiveFailure {
  readonly message: string
  readonly since: Millis
  /** How many have failed one after the other, and when there is the next. */
  readonly attempts: number
  readonly next: Millis
}

/** How writing stands. */
export interface ArchiveState {
  /** Lines that are read and not stored yet. */
  readonly unstored: number
  /** Why nothing can be written now, as long as that lasts. */
  readonly failure?: ArchiveFailure
}

type Archive = Pick<ParquetArchive, 'write' | 'committed'>

interface Waiting {
  readonly delivery: Delivery
  readonly done: PromiseWithResolvers<void>
}

/**
 * Holds deliveries back until the lines that they are of are in the archive: then all of them are committed at once, with the
 * archive's own position.
 */
export class ArchivingSink implements DeliverySink {
  readonly #sink: DeliverySink
  readonly #archive: Archive
  readonly #every: Millis
  readonly #clock: Clock
  readonly #batches = new WeakMap<Delivery, ArchiveBatch>()
  #tasks: TaskInput[] = []
  #lines = 0
  #bytes = 0
  #waiting: Waiting[] = []
  #failure: ArchiveFailure | undefined
  /** Lines that are not stored yet. */
  #unstored = 0
  #writing: Promise<void> | undefined
  #woken = Promise.withResolvers<void>()
  readonly #stop = new AbortController()

  /** `every`: how long lines wait at most before they are written. */
  constructor(sink: DeliverySink, archive: Archive, every: Millis, clock: Clock) {
    this.#clock = clock
    this.#sink = sink
    this.#archive = archive
    this.#every = every
  }

  get state(): ArchiveState {
    return { unstored: this.#unstored, ...(this.#failure && { failure: this.#failure }) }
  }

  /** What lines a delivery is of: before it comes to be written. Waits while there is no room for them. */
  async expect(delivery: Delivery, batch: ArchiveBatch): Promise<void> {
    const bytes = bytesOf(batch)
    const full = (): boolean =>
      this.#lines > 0 &&
      (this.#lines + batch.lines > MAX_LINES ||
        this.#bytes + bytes > MAX_BYTES ||
        this.#tasks.length + batch.tasks.length > TASKS_A_BATCH)
    while (full() && !this.#stop.signal.aborted) {
      this.#woken.resolve()
      await this.#writing
    }
    this.#batches.set(delivery, batch)
  }

  write(delivery: Delivery): Promise<void> {
    const done = Promise.withResolvers<void>()
    const batch = this.#batches.get(delivery)
    this.#waiting.push({ delivery, done })
    this.#tasks.push(...(batch?.tasks ?? []))
    this.#lines += batch?.lines ?? 0
    this.#unstored += batch?.lines ?? 0
    this.#bytes += batch ? bytesOf(batch) : 0
    this.#start()
    return done.promise
  }

  /** Nothing more comes: what is there is written at once, and given up where that cannot be done for long. */
  end(): void {
    this.#woken.resolve()
    void setTimeout(LAST_TIME, undefined, { ref: false }).then(() => this.#stop.abort())
  }

  #start(): void {
    this.#writing ??= this.#flush().finally(() => {
      this.#writing = undefined
      if (this.#waiting.length > 0) this.#start()
    })
  }

  async #flush(): Promise<void> {
    await Promise.race([setTimeout(this.#every), this.#woken.promise])
    this.#woken = Promise.withResolvers()
    const waiting = this.#waiting
    const batch = { tasks: this.#tasks, lines: this.#lines }
    this.#waiting = []
    this.#tasks = []
    this.#lines = this.#bytes = 0
    try {
      const position = await this.#written(batch)
      await this.#sink.write(
        joined(
          waiting.map(({ delivery }) => delivery),
          position
        )
      )
      this.#archive.committed()
      this.#unstored -= batch.lines
      for (const { done } of waiting) done.resolve()
    } catch (error) {
      for (const { done } of waiting) done.reject(error)
    }
  }

  async #written(batch: ArchiveBatch): Promise<StreamPosition> {
    for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        const position = await this.#archive.write(batch, this.#stop.signal)
        this.#failure = undefined
        return position
      } catch (error) {
        if (this.#stop.signal.aborted) throw error
        const { since = this.#clock(), attempts = 0 } = this.#failure ?? {}
        const message = `lines cannot be archived: ${reasonOf(error)}`
        this.#failure = { message, since, attempts: attempts + 1, next: this.#clock() + pause }
        await setTimeout(pause, undefined, { signal: this.#stop.signal })
      }
    }
  }
}

function bytesOf({ tasks }: ArchiveBatch): number {
  return tasks.reduce((sum, { data }) => sum + data.length, 0)
}

/** Deliveries as one, in their order. */
function joined(deliveries: readonly Delivery[], position: Delivery['positions'][number]): Delivery {
  return {
    positions: [...deliveries.flatMap(({ positions }) => positions), position],
    counters: deliveries.flatMap(({ counters }) => counters),
    events: deliveries.flatMap(({ events }) => events),
    rejected: deliveries.flatMap(({ rejected }) => rejected),
    rollup: deliveries.flatMap(({ rollup }) => rollup),
    signals: deliveries.flatMap(({ signals }) => signals)
  }
}
