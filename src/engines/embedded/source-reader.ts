import { setTimeout } from 'node:timers/promises'
import type { Delivery } from '../../core/delivery.ts'
import type { PlainError } from '../../core/errors.ts'
import type { SourceProblem, Progress, SourceState } from '../../core/progress.ts'
import type { KnownStream, Problem, Source, Stream } from '../../core/source.ts'
import type { Clock, Millis } from '../../core/time.ts'
import { SharedChoice } from '../../reading/choose.ts'
import type { Outbox } from '../outbox.ts'
import { HOLD, StreamReader, type Common } from '../../counting/reader.ts'
import type { EnginePlan } from '../../counting/plan.ts'
import { pipelinesOf, recount } from '../../counting/slots.ts'
import { Turns } from '../../system/turns.ts'

/** What an ingest thread reports. */
export type IngestReport =
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'state'; readonly state: SourceState }
  | { readonly type: 'problem'; readonly problem: SourceProblem }
  | { readonly type: 'failed'; readonly error: PlainError }
  /** An order is carried out, or could not be. */
  | { readonly type: 'done'; readonly error?: PlainError }

/** How often problems of a source are reported while they last, and its state is looked at. */
const REPORT_INTERVAL: Millis = 250

/** Reads the streams of one source, step by step, and reports how that goes. */
export class SourceReader {
  readonly #input: Source
  readonly #common: Common
  /** The part of it that may change between two steps. */
  readonly #plan: Omit<EnginePlan, 'signals'> & { signals: EnginePlan['signals'] }
  readonly #outbox: Outbox
  readonly #report: (message: IngestReport) => void
  readonly #clock: Clock
  readonly #readers = new WeakMap<Stream, StreamReader>()
  readonly #known: Map<string, KnownStream>
  /** What is wrong with a stream, by its name. */
  readonly #wrong = new Map<string, string>()
  /** One step after the other: whoever has the turn keeps all others from reading. */
  readonly #turns = new Turns()
  #release: (() => void) | undefined
  #heldSince: Millis | undefined
  #reported = ''

  constructor(
    input: Source,
    common: Pick<Common, 'plan' | 'source' | 'fineClock'>,
    outbox: Outbox,
    report: (message: IngestReport) => void,
    clock: Clock
  ) {
    this.#input = input
    const { uniform = false, maxLineBytes } = input
    const plan = { ...common.plan }
    this.#plan = plan
    this.#common = {
      ...common,
      plan,
      pipelines: pipelinesOf(plan, common.source, { maxLineBytes }),
      ...(uniform && { shared: new SharedChoice(common.source.known) })
    }
    this.#outbox = outbox
    this.#report = report
    this.#clock = clock
    this.#known = new Map(common.source.known.map(known => [known.id, known]))
  }

  /** Reads until the source ends or the signal aborts; resolves when all that was read is committed. */
  async run(signal: AbortSignal): Promise<void> {
    const reporting = setInterval(() => this.#reportState(), REPORT_INTERVAL)
    try {
      for await (const streams of this.#input.ready(signal))
        for (const stream of streams) if (!leaves(stream, signal)) await this.#read(stream, signal)
      await this.#outbox.drained()
    } finally {
      clearInterval(reporting)
      await this.#input.close()
    }
  }

  /** Resolves when no step is under way; none begins until `go`. */
  async hold(): Promise<void> {
    this.#release = await this.#turns.take()
  }

  /** Reads on after `hold`, and counts these signals from now on. */
  go(signals: EnginePlan['signals'] = this.#plan.signals): void {
    if (signals !== this.#plan.signals) {
      this.#plan.signals = signals
      recount(this.#common.pipelines, this.#plan, this.#common.source.name)
    }
    this.#release?.()
    this.#release = undefined
  }

  async #read(stream: Stream, signal: AbortSignal): Promise<void> {
    const reader = this.#readerOf(stream)
    for (let waiting = true; waiting && !leaves(stream, signal);) {
      const release = await this.#turns.take()
      try {
        waiting = !leaves(stream, signal) && (await this.#step(stream, reader))
      } finally {
        release()
      }
      if (waiting) await setTimeout(HOLD)
    }
  }

  /** Gives whether the last line may go on. */
  async #step(stream: Stream, reader: StreamReader): Promise<boolean> {
    const { delivery, progress, problem, held = false } = reader.step(this.#clock())
    // The store takes the step's memory over, so the others get it first.
    if (progress) this.#report({ type: 'progress', progress })
    this.#note(stream, problem)
    if (delivery) await this.#send(delivery)
    return held
  }

  /** What is wrong with a stream that waits is reported as long as it lasts; where its lines are gone, with them. */
  #note({ name, replayable }: Stream, message: string | undefined): void {
    if (message === undefined) this.#wrong.delete(name)
    else if (replayable) this.#wrong.set(name, message)
    else this.#problem({ name, message })
  }

  #readerOf(stream: Stream): StreamReader {
    const { id, replayable } = stream
    let reader = this.#readers.get(stream)
    if (!reader) {
      reader = new StreamReader(stream, this.#common, replayable ? this.#known.get(id) : undefined)
      this.#readers.set(stream, reader)
      this.#known.delete(id)
    }
    return reader
  }

  async #send(delivery: Delivery): Promise<void> {
    const { positions } = delivery
    this.#heldSince = this.#clock()
    await this.#outbox.send(delivery, () => {
      for (const { stream, position } of positions) this.#input.committed?.(stream, position)
    })
    this.#heldSince = undefined
  }

  #reportState(): void {
    const { name: source } = this.#common.source
    const state = {
      source,
      text: this.#input.state?.(),
      figures: this.#input.figures?.(),
      heldSince: this.#heldSince
    }
    const text = JSON.stringify(state)
    if (text !== this.#reported) this.#report({ type: 'state', state })
    this.#reported = text
    const wrong = Array.from(this.#wrong, ([name, message]) => ({ name, message }))
    for (const problem of [...(this.#input.problems?.() ?? []), ...wrong]) this.#problem(problem)
  }

  #problem(problem: Problem): void {
    this.#report({ type: 'problem', problem: { source: this.#common.source.name, ...problem } })
  }
}

/** Whether a stream is left as it is when reading ends: what can be read again after a restart. */
function leaves({ replayable }: Stream, signal: AbortSignal): boolean {
  return signal.aborted && replayable
}
