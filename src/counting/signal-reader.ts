import type { Format } from '../core/format.ts'
import type { CellRows } from '../core/rows.ts'
import type { EvidenceLine, Signal } from '../core/signal.ts'
import { NO_COUNTERS, type Counters, type Stream } from '../core/source.ts'
import type { Micros } from '../core/time.ts'
import {
  Pipelines,
  readOnce,
  type FormatSlot,
  type LineConsumer,
  type Pipeline,
  type Reading,
  type ReadingOptions,
  type ReadingState
} from '../reading/pipeline.ts'
import type { Scan } from '../scanner/index.ts'
import { SignalStep } from './signal-step.ts'
import { SignalAggregator } from './signals.ts'
import { scrubOf } from '../privacy/scrub.ts'
import type { ScrubSettings } from '../privacy/settings.ts'
import type { Query } from '../query/index.ts'

interface SignalSlot extends FormatSlot {
  readonly signals: SignalAggregator
}

/** What a reading counted for alert rules. */
export interface SignalReading extends Reading {
  readonly rows: readonly CellRows[]
  readonly lines: readonly EvidenceLine[]
}

/** Reads one stream for the signals of alert rules alone, however old its lines are. */
export class SignalReader implements LineConsumer<SignalSlot> {
  readonly counters: Counters = { ...NO_COUNTERS }
  /** The latest event time read, but for what lies in the future; -Infinity before any. */
  latest: Micros = -Infinity
  readonly #pipelines: Pipelines<SignalSlot>
  readonly #state: ReadingState
  #step = new SignalStep(-Infinity, false)

  /** `zone` is that of lines that have none; the machine's when absent. */
  constructor(
    source: string,
    signals: readonly Signal<Query>[],
    state: ReadingState,
    { zone, scrub = true }: { readonly zone?: string | undefined; readonly scrub?: ScrubSettings }
  ) {
    const slotOf = (format: Format): SignalSlot => ({
      format,
      signals: new SignalAggregator(signals, { source, kind: format.kind })
    })
    this.#pipelines = new Pipelines(slotOf, { scrub: scrubOf(scrub), ...(zone !== undefined && { zone }) })
    this.#state = state
  }

  /** Reads once. */
  read(stream: Stream, options: ReadingOptions): SignalReading {
    this.#step = new SignalStep(options.now, false)
    const { text } = this.#state.choice
    const reading = readOnce(stream, this.#pipelines, this.#state, this, options)
    this.flush(this.#pipelines.of(text))
    return { ...reading, rows: this.#step.rows(), lines: this.#step.lines.all() }
  }

  take({ batches }: Scan, { scanner, slots }: Pipeline<SignalSlot>, offset: number): void {
    for (const [i, batch] of batches.entries()) {
      if (batch.rows === 0) continue
      slots[i]?.signals.add(batch, scanner, offset, this.#step)
      for (const time of batch.time.subarray(0, batch.rows))
        if (time > this.latest && time <= this.#step.horizon) this.latest = time
    }
  }

  flush({ slots }: Pipeline<SignalSlot>): void {
    for (const { signals } of slots) signals.flush(this.#step.rollup)
  }
}
