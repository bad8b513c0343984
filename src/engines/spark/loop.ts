import { setTimeout as startTimer } from 'node:timers'
import { setTimeout } from 'node:timers/promises'
import type { Delivery, DeliverySink } from '../../core/delivery.ts'
import { MINUTE_MS, SECOND_MS, type Clock, type Millis } from '../../core/time.ts'
import type { EnginePlan } from '../../counting/plan.ts'
import { reasonOf } from '../../system/reason.ts'
import type { EngineEvents } from '../kind.ts'
import { Outbox } from '../outbox.ts'
import {
  runUntilAnswered,
  NOTHING,
  type Attempted,
  type AttemptFailure,
  type AttemptOptions
} from './attempts.ts'
import { gather, tasksOf, type BatchTask, type Gathered } from './batch.ts'
import type { ArchivingSink } from './archive/sink.ts'
import type { BatchCluster } from './cluster.ts'
import type { BatchPiece } from './cursor.ts'
import type { Input } from './input.ts'
import type { SparkEngineOptions } from './options.ts'
import { outcomeOf, type StreamOutcome } from './outcome.ts'
import { Pacing } from './pacing.ts'
import type { BatchAnswer } from './protocol.ts'
import type { EngineRecord } from './status.ts'
import { Stuck } from './stuck.ts'
import { deal } from './tasks.ts'

/** So many batches may wait for the store. */
const MAX_UNCOMMITTED = 3

/** Once reading is to end, a batch is waited for so long: one that can be read again, and one whose lines would be gone. */
const LAST_TIME = { replayable: 5 * SECOND_MS, other: 30 * SECOND_MS }

/** The longest sleep. */
const MAX_SLEEP: Millis = MINUTE_MS

/** How long a batch waits for more when lines come after a pause: they come in bursts, and the next batch begins after this one. */
const LINGER: Millis = 20

/** While no lines come, it is looked so often whether Spark would count them. */
const IDLE_CHECK: Millis = 15 * SECOND_MS

/** Cores that a cluster is taken to have as long as that is not known. */
const CORES = 2

export interface LoopOptions {
  /** Where lines are archived before deliveries are committed; `sink` is it then. */
  readonly archive?: ArchivingSink
  readonly options: Pick<SparkEngineOptions, 'lines' | 'batch'>
  readonly plan: EnginePlan
  readonly sink: DeliverySink
  readonly events: EngineEvents
  readonly cluster: BatchCluster
  readonly record: EngineRecord
  readonly clock: Clock
  /** With a fraction. */
  readonly fineClock: Clock
  readonly random: () => number
}

/** What belongs to one batch from its beginning to its end. */
interface BatchInfo {
  readonly number: number
  readonly now: Millis
  /** When it was read. */
  readonly read: Millis
}

/** Reads inputs batch by batch. */
export class BatchLoop {
  readonly stuck = new Stuck()
  readonly #inputs: ReadonlyMap<string, Input>
  readonly #with: LoopOptions
  readonly #outbox: Outbox
  readonly #pacing: Pacing
  #number = 0
  #uncommitted = 0
  /** When the first of the lines came that no batch has had. */
  #came: Millis | undefined
  #wake = (): void => {}

  constructor(inputs: readonly Input[], options: LoopOptions) {
    this.#inputs = new Map(inputs.map(input => [input.name, input]))
    this.#with = options
    this.#outbox = new Outbox(options.sink)
    this.#pacing = new Pacing(options.options.batch)
  }

  /** Reads until all inputs have ended, as they do after the signal aborts; resolves when all that was read is committed. */
  async run(stop: AbortSignal): Promise<void> {
    stop.addEventListener('abort', () => {
      for (const input of this.#inputs.values()) input.leave()
      this.#wake()
    })
    this.#outbox.failed.addEventListener('abort', () => this.#wake())
    let reading = this.#inputs.size
    let broken: { readonly error: unknown } | undefined
    for (const input of this.#inputs.values())
      void input
        .run(stop, () => {
          this.#came ??= this.#with.clock()
          this.#wake()
        })
        .catch((error: unknown) => (broken ??= { error }))
        .finally(() => (reading--, this.#wake()))
    try {
      await this.#begin(stop)
      let checked = this.#with.clock()
      while (!broken && (reading > 0 || this.#nextTime(stop) <= this.#with.clock())) {
        this.#outbox.failed.throwIfAborted()
        const wait = this.#nextTime(stop) - this.#with.clock()
        if (wait <= 0 && !(await this.#batch(stop))) break
        if (wait <= 0) checked = this.#with.clock()
        else if (stop.aborted || this.#with.clock() - checked < IDLE_CHECK)
          await this.#sleep(Math.min(wait, IDLE_CHECK))
        else {
          await this.#begin(stop)
          checked = this.#with.clock()
        }
      }
    } finally {
      for (const input of this.#inputs.values()) input.abandon()
    }
    if (broken) throw broken.error
    this.#with.archive?.end()
    await this.#outbox.drained()
  }

  /** Runs a batch of nothing: Spark has the worker then, and it shows at once where it does not do what it is asked for. */
  async #begin(stop: AbortSignal): Promise<void> {
    const tasks = tasksOf([[]], `${this.#with.plan.name}.begin`, this.#with.clock())
    const begun = await this.#untilLast([], stop, signal =>
      runUntilAnswered(tasks, this.#attempting(), signal)
    )
    if (begun) this.#with.record.ready()
  }

  #attempting(): AttemptOptions {
    const { record, cluster, plan, options, random } = this.#with
    const failed = (failure: AttemptFailure): void => record.failed(failure)
    return { plan, cluster, timeout: options.batch.timeout, random, failed }
  }

  /** When there is something to do next. */
  #nextTime(stop: AbortSignal): Millis {
    const { clock } = this.#with
    const inputs = [...this.#inputs.values()]
    const ready = inputs.some(({ isReady }) => isReady)
    const next = ready ? clock() : Math.min(...inputs.map(({ nextTime }) => nextTime))
    if (stop.aborted) return next
    const gathered = ready && this.#came !== undefined ? this.#came + LINGER : -Infinity
    return Math.min(this.stuck.nextTime, Math.max(next, gathered, this.#pacing.next))
  }

  /** Waits so long at the most, until something comes. */
  async #sleep(time: Millis): Promise<void> {
    const woken = new AbortController()
    this.#wake = () => woken.abort()
    await setTimeout(Math.min(time, MAX_SLEEP), undefined, { signal: woken.signal }).catch(() => {})
  }

  /** Reads what is due as one batch; false when reading has ended and it could not be read any more. */
  async #batch(stop: AbortSignal): Promise<boolean> {
    const { clock, fineClock, record } = this.#with
    await this.#room()
    await Promise.all(Array.from(this.#inputs.values(), input => input.look()))
    this.#came = undefined
    const now = clock()
    const info: BatchInfo = { number: this.#number++, now, read: fineClock() }
    const stuck = stop.aborted ? undefined : this.stuck.due(now)
    if (stuck) await this.#tryAlone(stuck, info)
    const due = Array.from(this.#inputs.values(), input => ({ input, cursors: input.due(now) }))
    const gathered = gather(
      due.flatMap(({ cursors }) => cursors),
      this.#pacing.bytes,
      now
    )
    const bytes = gathered.pieces.reduce((sum, piece) => sum + piece.bytes, 0)
    const attempted = await this.#attempted(gathered, info, stop)
    if (!attempted) return false
    if (bytes > 0) {
      const took = fineClock() - info.read
      this.#pacing.took(now, bytes, took, gathered.behind)
      record.ended(took, linesOf(attempted.answer))
    }
    await this.#apply(gathered.standing, attempted, info)
    for (const { input, cursors } of due) input.release(cursors)
    return true
  }

  /** Runs what was gathered until it is answered; `undefined` when reading has ended and time is up. */
  async #attempted(gathered: Gathered, info: BatchInfo, stop: AbortSignal): Promise<Attempted | undefined> {
    const { record, cluster, plan } = this.#with
    let { pieces } = gathered
    while (pieces.length > 0) {
      const dealt = deal(pieces, cluster.facts.cores ?? CORES)
      const tasks = tasksOf(dealt, `${plan.name}.${info.number}`, info.now)
      record.began(
        tasks.length,
        pieces.reduce((sum, piece) => sum + piece.bytes, 0)
      )
      const attempted = await this.#untilLast(pieces, stop, signal =>
        runUntilAnswered(tasks, this.#attempting(), signal)
      )
      if (!attempted) return undefined
      // What others read by now must not count: all is asked again without it.
      const kept = pieces.filter(({ cursor }) => !cursor.isGone)
      if (kept.length === pieces.length) return attempted
      pieces = kept
    }
    return NOTHING
  }

  /** What `run` comes to; `undefined` when reading has ended and that takes too long, so that pieces are left. */
  async #untilLast<T>(
    pieces: readonly BatchPiece[],
    stop: AbortSignal,
    run: (signal: AbortSignal) => Promise<T>
  ): Promise<T | undefined> {
    const replayable = pieces.every(({ cursor }) => cursor.replayable)
    const late = new AbortController()
    let timer: NodeJS.Timeout | undefined
    const begin = (): void => {
      const fails = this.#with.record.problem !== undefined && replayable
      timer = startTimer(() => late.abort(), fails ? 0 : LAST_TIME[replayable ? 'replayable' : 'other'])
    }
    if (stop.aborted) begin()
    else stop.addEventListener('abort', begin)
    try {
      return await run(AbortSignal.any([late.signal, this.#outbox.failed]))
    } catch (error) {
      this.#outbox.failed.throwIfAborted()
      if (!late.signal.aborted) throw error
      this.#reportLost(pieces)
      return undefined
    } finally {
      clearTimeout(timer)
      stop.removeEventListener('abort', begin)
    }
  }

  #reportLost(pieces: readonly BatchPiece[]): void {
    for (const { cursor, segment, bytes } of pieces)
      if (!cursor.replayable)
        this.#with.events.problem({
          source: segment.source,
          name: segment.name,
          message: `${bytes} bytes that had come in could not be counted before the end: ${this.#with.record.problem ?? 'Spark does not answer'}`
        })
  }

  async #tryAlone(task: BatchTask, info: BatchInfo): Promise<void> {
    const { cluster, options } = this.#with
    try {
      const answer = await cluster.run([task], options.batch.timeout, this.#outbox.failed)
      this.stuck.done(task)
      if (task.pieces.some(({ cursor }) => cursor.isGone)) return
      await this.#apply([], { answer, tasks: [task], failed: [] }, info)
      for (const { cursor, segment } of task.pieces) {
        cursor.again ??= info.now
        this.#inputs.get(segment.source)?.reconsider(cursor)
      }
    } catch (error) {
      this.#outbox.failed.throwIfAborted()
      this.stuck.failed(task, reasonOf(error), info.now)
    }
  }

  /** Hands on what came: first to those who look at the present, then to the store. */
  async #apply(
    standing: Gathered['standing'],
    { answer, tasks, failed }: Attempted,
    { read }: BatchInfo
  ): Promise<void> {
    const { plan, events, options, clock, fineClock } = this.#with
    const now = clock()
    const streams: StreamOutcome[] = standing.map(({ cursor, result }) => ({
      cursor,
      result,
      position: cursor.take(result, undefined, now)
    }))
    for (const [t, { pieces }] of tasks.entries())
      for (const [i, piece] of pieces.entries()) {
        const { cursor } = piece
        const result = answer.tasks[t]!.segments[i]!
        streams.push({ cursor, result, position: cursor.take(result, piece, now) })
        const problem = this.#inputs.get(piece.segment.source)?.note(cursor, result.problem)
        if (problem) events.problem(problem)
      }
    for (const one of failed) this.stuck.add(one, now)
    const times = { read, counted: fineClock(), ...writtenIn(tasks) }
    const outcome = outcomeOf(plan, answer, streams, times, options.lines)
    for (const progress of outcome.progress) events.progress(progress)
    if (!outcome.delivery) return
    await this.#with.archive?.expect(outcome.delivery, { tasks, lines: linesOf(answer) })
    await this.#send(outcome.delivery)
  }

  async #send(delivery: Delivery): Promise<void> {
    const { positions } = delivery
    const inputs = positions.map(({ source }) => this.#inputs.get(source))
    for (const input of inputs) if (input) input.heldSince = this.#with.clock()
    this.#uncommitted++
    await this.#outbox.send(delivery, () => {
      this.#uncommitted--
      for (const [i, { stream, position }] of positions.entries()) inputs[i]?.committed(stream, position)
      this.#wake()
    })
    for (const input of inputs) if (input) input.heldSince = undefined
  }

  /** Waits until the store has taken most of what was delivered. */
  async #room(): Promise<void> {
    const { archive, clock } = this.#with
    const inputs = [...this.#inputs.values()].filter(({ isReady }) => isReady)
    const since = clock()
    while (this.#uncommitted >= MAX_UNCOMMITTED && !archive) {
      for (const input of inputs) input.heldSince ??= since
      await this.#sleep(Infinity)
      this.#outbox.failed.throwIfAborted()
    }
    for (const input of inputs) input.heldSince = undefined
  }
}

function linesOf({ tasks }: BatchAnswer): number {
  const segments = tasks.flatMap(task => task.segments)
  return segments.reduce((sum, { counters }) => sum + counters.read, 0)
}

/** When the newest of the lines were written, where that is known. */
function writtenIn(tasks: readonly BatchTask[]): { readonly written?: Millis } {
  const written = tasks.flatMap(({ task }) => task.segments.flatMap(segment => segment.written ?? []))
  return written.length === 0 ? {} : { written: Math.max(...written) }
}
