import type { Batch, Rejection } from '../core/batch.ts'
import type { EventRows, RejectedLine } from '../core/delivery.ts'
import type { Kind } from '../core/fields.ts'
import type { SampleLine } from '../core/progress.ts'
import type { Rollup } from '../core/rollup.ts'
import { NO_COUNTERS, type Counters } from '../core/source.ts'
import type { Micros } from '../core/time.ts'
import { agingWindows, windowsOf, type Windowing } from '../core/window.ts'
import { rejectionReason, type LineConsumer, type Pipeline } from '../reading/pipeline.ts'
import { MAX_SAMPLES, newestOf, rejectedSample } from '../reading/sample.ts'
import type { Scan } from '../scanner/index.ts'
import type { EnginePlan } from './plan.ts'
import { SignalStep } from './signal-step.ts'
import { flushPipeline, type LiveSlot, type SharedCounts } from './slots.ts'
import type { Watermark } from './watermark.ts'

/** A line for people to see, and where it begins in the stream. */
interface PlacedSample {
  readonly at: number
  readonly line: SampleLine
}

/** From so many on, those that are not shown are let go. */
const MAX_SAMPLES_HELD = 50 * MAX_SAMPLES

function newest(samples: readonly PlacedSample[]): PlacedSample[] {
  return samples.toSorted((a, b) => a.at - b.at).slice(-MAX_SAMPLES)
}

/** Gathers what one step of reading a stream takes in. */
export class Intake implements LineConsumer<LiveSlot> {
  readonly counters: Counters = { ...NO_COUNTERS }
  readonly events: EventRows[] = []
  readonly rejected: RejectedLine[] = []
  readonly signals: SignalStep
  readonly #counts: SharedCounts
  #samples: PlacedSample[] = []
  readonly #kinds = new Set<Kind>()
  readonly #stream: string
  readonly #plan: EnginePlan
  readonly #watermark: Watermark
  readonly #now: Micros
  /** How lines are laid out in windows, for metrics read over time and for the others. */
  readonly #windowings: { readonly overTime: Windowing; readonly other: Windowing }

  constructor(stream: string, plan: EnginePlan, watermark: Watermark, now: Micros, counts: SharedCounts) {
    const { window, aging } = plan
    this.#counts = counts
    this.#stream = stream
    this.#plan = plan
    this.#watermark = watermark
    this.#now = now
    this.signals = new SignalStep(now, aging, counts.signals)
    this.#windowings = {
      overTime: aging ? agingWindows(window, 'over time', now) : windowsOf(window),
      other: aging ? agingWindows(window, 'in all', now) : windowsOf(window)
    }
  }

  get rollup(): Rollup {
    return this.#counts.rollup
  }

  /** The kinds of log that had lines. */
  get kinds(): Kind[] {
    return [...this.#kinds]
  }

  /** The newest lines, in their order. */
  samples(): SampleLine[] {
    return newest(this.#samples).map(({ line }) => line)
  }

  take({ batches, rejected }: Scan, pipeline: Pipeline<LiveSlot>, offset: number): void {
    const { times, rows } = timesInOrder(batches)
    const late = this.#watermark.observe(times, rows, this.#now)
    this.counters.parsed -= late
    this.counters.late += late
    batches.forEach((batch, i) => this.#batch(batch, pipeline.slots[i], pipeline, offset))
    for (const rejection of rejected) this.#reject(rejection, pipeline, offset)
  }

  flush(pipeline: Pipeline<LiveSlot>): void {
    flushPipeline(pipeline, this.#counts, this.#plan.limit)
  }

  #batch(batch: Batch, slot: LiveSlot | undefined, { scanner }: Pipeline<LiveSlot>, offset: number): void {
    if (!slot || batch.rows === 0) return
    const { aggregators, signals, encoder, format } = slot
    aggregators.overTime.add(batch, this.#windowings.overTime)
    aggregators.other.add(batch, this.#windowings.other)
    signals.add(batch, scanner, offset, this.signals)
    if (encoder) this.events.push(encoder.encode(batch, scanner))
    this.#kinds.add(format.kind)
    for (const { start, line } of newestOf(batch, scanner, format.kind))
      this.#sample({ at: offset + start, line })
  }

  #sample(sample: PlacedSample): void {
    this.#samples.push(sample)
    if (this.#samples.length > MAX_SAMPLES_HELD) this.#samples = newest(this.#samples)
  }

  #reject(rejection: Rejection, pipeline: Pipeline<LiveSlot>, offset: number): void {
    const { scanner, slots } = pipeline
    const kind = slots[rejection.program]?.format.kind ?? 'access'
    const reason = rejectionReason(rejection, pipeline)
    const bytes = scanner.bytes(rejection.start, rejection.length).slice()
    const at = offset + rejection.start
    this.rejected.push({ stream: this.#stream, offset: at, bytes, reason })
    this.#sample({ at, line: rejectedSample(bytes, reason, kind) })
    this.#kinds.add(kind)
  }
}

/** The times of the rows of all batches of a scan in the order of their lines. */
function timesInOrder(batches: readonly Batch[]): { times: Float64Array; rows: number } {
  const filled = batches.filter(({ rows }) => rows > 0)
  const [only] = filled
  if (filled.length <= 1) return { times: only?.time ?? new Float64Array(0), rows: only?.rows ?? 0 }
  const rows = filled.flatMap(({ rows, start, time }) =>
    Array.from({ length: rows }, (_, row) => ({ start: start[row]!, time: time[row]! }))
  )
  rows.sort((a, b) => a.start - b.start)
  return { times: Float64Array.from(rows, ({ time }) => time), rows: rows.length }
}
