import { setTimeout } from 'node:timers/promises'
import type { SourceProblem, SourceState } from '../../core/progress.ts'
import type { KnownStream, Problem, Source, Stream } from '../../core/source.ts'
import type { Millis } from '../../core/time.ts'
import type { EngineSource } from '../../counting/plan.ts'
import { sourceKindOf, type SourceDependencies } from '../../sources/index.ts'
import type { RangeSource, RangeStream } from '../../sources/kind.ts'
import type { BatchCluster } from './cluster.ts'
import { Cursor, type InputCommon } from './cursor.ts'

/** What a message is taken for until some were read. */
const MESSAGE_BYTES = 300

/** How often a source is asked that offers nothing but what fails. */
const STUCK_PAUSE: Millis = 100

/** A source as the engine reads it: what of it is ready for the next batch. */
export class Input {
  readonly name: string
  readonly common: InputCommon
  /** Whether its bytes go along with plans; of others messages are counted, which the worker reads. */
  readonly rides: boolean
  /** Since when reading waits for the store. */
  heldSince: Millis | undefined
  readonly #source: Source | RangeSource
  readonly #known: Map<string, KnownStream>
  readonly #cursors = new WeakMap<Stream | RangeStream, Cursor>()
  readonly #open = new Set<Cursor>()
  /** What the source has offered, until a batch has had its share of it. */
  #offered: Cursor[] | undefined
  /** What of it the batch takes that is under way. */
  #taken: Cursor[] | undefined
  readonly #again = new Set<Cursor>()
  /** What is wrong with a stream, by its name. */
  readonly #wrong = new Map<string, string>()
  #reported = ''
  #abandoned = false
  #go = (): void => {}

  private constructor({ name, format, known }: EngineSource, source: Source | RangeSource, rides: boolean) {
    this.name = name
    this.rides = rides
    this.#source = source
    this.#known = new Map(known.map(one => [one.id, one]))
    const { uniform = false, maxLineBytes } = source
    this.common = {
      source: name,
      uniform,
      maxLineBytes,
      configured: format,
      shared: uniform ? known.findLast(one => one.format)?.format : undefined,
      messageBytes: MESSAGE_BYTES
    }
  }

  /** Opens a source: where others can read its lines, only what is where. @throws VisorError */
  static async open(
    source: EngineSource,
    { openSource }: Pick<BatchCluster, 'openSource'>,
    dependencies: Omit<SourceDependencies, 'name'>
  ): Promise<Input> {
    const { name, options, known } = source
    const named = { name, ...dependencies }
    const kind = sourceKindOf(options)
    const elsewhere = openSource?.(source, named)
    const opened = elsewhere ?? (await (kind.ranges ?? kind).open(options, known, named))
    return new Input(source, opened, !elsewhere && !kind.ranges)
  }

  /** Takes what the source offers, one after the other, and calls `ready` each time; resolves when it ends. */
  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    for await (const streams of this.#source.ready(signal)) {
      const cursors = streams.map(stream => this.#cursorOf(stream))
      if (cursors.length > 0 && cursors.every(({ stuck }) => stuck)) {
        if (signal.aborted) return
        // A source offers again and again what is not read.
        await setTimeout(STUCK_PAUSE)
        continue
      }
      this.#offered = cursors.filter(({ stuck, replayable }) => !stuck && !(signal.aborted && replayable))
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#go = resolve
      ready()
      await promise
      if (this.#abandoned) return
    }
  }

  /** Looks once more before a batch begins. */
  async look(): Promise<void> {
    if (this.#offered && 'look' in this.#source) await this.#source.look?.()
  }

  /** What can be read now: what was offered, and ranges that have grown since; the source offers nothing more until it goes on. */
  due(now: Millis): Cursor[] {
    this.#taken = this.#offered
    const grown = this.#offered
      ? [...this.#open].filter(one => !one.rides && !one.stuck && one.wanted > 0)
      : []
    const again = [...this.#again].filter(cursor => (cursor.again ?? now) <= now)
    return [...new Set([...(this.#offered ?? []), ...grown, ...again])]
  }

  /** When something is to be read again though the source says nothing. */
  get nextTime(): Millis {
    return Math.min(Infinity, ...Array.from(this.#again, cursor => cursor.again ?? Infinity))
  }

  get isReady(): boolean {
    return this.#offered !== undefined
  }

  /** Reading ends: what can be read again is left as it is. */
  leave(): void {
    for (const cursor of this.#again) if (cursor.replayable) this.#again.delete(cursor)
    this.#offered = this.#offered?.filter(({ replayable }) => !replayable)
  }

  /** A batch has had its share of what was due: the source goes on, unless it has offered more meanwhile. */
  release(due: readonly Cursor[]): void {
    for (const cursor of due) this.reconsider(cursor)
    if (this.#offered === undefined || this.#offered !== this.#taken) return
    this.#offered = undefined
    this.#go()
  }

  /** Nothing more will be read. */
  abandon(): void {
    this.#abandoned = true
    this.#go()
  }

  /** Takes note of whether a stream is to be read again, or is over. */
  reconsider(cursor: Cursor): void {
    if (cursor.again === undefined) this.#again.delete(cursor)
    else this.#again.add(cursor)
    if (cursor.isOver) this.#open.delete(cursor)
  }

  /** The streams that are not over. */
  get open(): Iterable<Cursor> {
    return this.#open
  }

  /** What is wrong with a stream that waits is reported as long as it lasts; where its lines are gone, it is given back. */
  note({ stream: { name }, replayable }: Cursor, message: string | undefined): SourceProblem | undefined {
    if (message === undefined) this.#wrong.delete(name)
    else if (replayable) this.#wrong.set(name, message)
    else return { source: this.name, name, message }
    return undefined
  }

  problems(): Problem[] {
    const wrong = Array.from(this.#wrong, ([name, message]) => ({ name, message }))
    return [...(this.#source.problems?.() ?? []), ...wrong]
  }

  /** How it stands, where that has changed since this was asked last. */
  changedState(): SourceState | undefined {
    const pending = Array.from(this.#open, ({ wanted }) => wanted).reduce((sum, bytes) => sum + bytes, 0)
    const state = {
      source: this.name,
      text: this.#source.state?.(),
      figures: this.#source.figures?.(),
      heldSince: this.heldSince,
      pending
    }
    const text = JSON.stringify(state)
    if (text === this.#reported) return undefined
    this.#reported = text
    return state
  }

  committed: NonNullable<Source['committed']> = (stream, position) =>
    this.#source.committed?.(stream, position)

  async close(): Promise<void> {
    await this.#source.close()
  }

  #cursorOf(stream: Stream | RangeStream): Cursor {
    let cursor = this.#cursors.get(stream)
    if (!cursor) {
      const { id } = stream
      const replayable = !('replayable' in stream) || stream.replayable
      cursor = new Cursor(stream, this.common, replayable ? this.#known.get(id) : undefined)
      this.#cursors.set(stream, cursor)
      this.#known.delete(id)
    }
    this.#open.add(cursor)
    return cursor
  }
}
