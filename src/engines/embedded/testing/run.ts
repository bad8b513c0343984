import { MINUTE, SECOND } from '../../../core/time.ts'
import type { Delivery, DeliverySink } from '../../../core/delivery.ts'
import type { Address } from '../../../core/address.ts'
import type { SourceState } from '../../../core/progress.ts'
import { addCounters, NO_COUNTERS, type Counters } from '../../../core/source.ts'
import type { SourceOptions } from '../../../sources/index.ts'
import { addressIn, until } from '../../../sources/testing/client.ts'
import { ingest } from '../ingest.ts'
import type { EnginePlan, EngineSource } from '../../../counting/plan.ts'
import type { IngestReport } from '../source-reader.ts'

/** Reads the sources of a plan until the signal aborts, and resolves when all is committed: the work of an engine. */
export type Reads = (
  plan: EnginePlan,
  sink: DeliverySink,
  report: (message: IngestReport) => void,
  signal: AbortSignal
) => Promise<void>

/** As an ingest thread does. */
export const asIngest: Reads = (plan, sink, report, signal) =>
  ingest(plan, sink, report, { clock: Date.now, random: Math.random, fineClock: Date.now }, signal)

/** One run of an engine's work for a source, with all that it reported and delivered. */
export class Run {
  readonly reports: IngestReport[] = []
  readonly counters: Counters = { ...NO_COUNTERS }
  readonly streams = new Set<string>()
  readonly #stop = new AbortController()
  readonly #done: Promise<void>

  constructor(
    options: SourceOptions,
    sink: DeliverySink,
    { name = 'web', ...more }: Partial<EngineSource> = {},
    reads = asIngest
  ) {
    const plan: EnginePlan = {
      name: `test ${name}`,
      sources: [{ name, options, known: [], zone: 'UTC', ...more }],
      window: 10 * SECOND,
      lateness: MINUTE,
      aging: true,
      country: true,
      limit: 100,
      signals: []
    }
    const counting = { write: (delivery: Delivery) => this.#write(delivery, sink) }
    this.#done = reads(plan, counting, message => this.reports.push(message), this.#stop.signal)
  }

  /** What the source reported of itself last. */
  get state(): SourceState | undefined {
    const last = this.reports.findLast(message => message.type === 'state')
    return last?.state
  }

  get problems(): string[] {
    return this.reports.flatMap(message => (message.type === 'problem' ? [message.problem.message] : []))
  }

  /** Where the source listens. */
  address(): Promise<Address> {
    return until(() => addressIn(this.state?.text ?? ''))
  }

  /** Ends reading; resolves when all that was read is durable. */
  async stop(): Promise<void> {
    this.#stop.abort()
    await this.#done
  }

  async #write(delivery: Delivery, sink: DeliverySink): Promise<void> {
    const { positions, counters } = delivery
    for (const { stream } of positions) this.streams.add(stream)
    await sink.write(delivery)
    for (const part of counters) addCounters(this.counters, part)
  }
}
