import type { Address } from '../../../core/address.ts'
import type { Delivery, StreamPosition } from '../../../core/delivery.ts'
import type { EngineStatus, Progress, SourceProblem, SourceState } from '../../../core/progress.ts'
import type { Rollup } from '../../../core/rollup.ts'
import { addRows } from '../../../core/rows.ts'
import { addCounters, NO_COUNTERS, type Counters, type KnownStream } from '../../../core/source.ts'
import { MINUTE, SECOND } from '../../../core/time.ts'
import type { EnginePlan, EngineSource } from '../../../counting/plan.ts'
import { addressIn, until } from '../../../sources/testing/client.ts'
import type { Engine } from '../../kind.ts'
import type { BatchCluster } from '../cluster.ts'
import { startEngine } from '../engine.ts'
import type { SparkEngineOptions } from '../options.ts'
import type { Job } from '../protocol.ts'
import { jobOf } from '../start.ts'

type Source = Pick<EngineSource, 'name' | 'options'> & Partial<EngineSource>

/** What a store would have: all that was delivered, in one piece each time. */
export class Delivered {
  readonly deliveries: Delivery[] = []

  get counters(): Counters {
    const all = this.deliveries.flatMap(({ counters }) => counters)
    return all.reduce((sum, counters) => addCounters(sum, counters), { ...NO_COUNTERS })
  }

  get rollup(): Rollup {
    return this.deliveries.reduce((sum, { rollup }) => addRows(sum, rollup), new Map())
  }

  /** The keys of a metric, with how often each was counted. */
  keysOf(metric: string): Map<string, number> {
    const keys = new Map<string, number>()
    for (const cell of this.rollup.values())
      if (cell.metric === metric)
        for (const [key, { count }] of cell.keys) keys.set(key, (keys.get(key) ?? 0) + count)
    return keys
  }

  /** Where a run would go on that begins now. */
  known(source: string): KnownStream[] {
    const last = new Map<string, StreamPosition>()
    for (const { positions } of this.deliveries)
      for (const one of positions) if (one.source === source) last.set(one.stream, one)
    return Array.from(last.values(), ({ stream, name, position, format }) => ({
      id: stream,
      name,
      position,
      ...(format && { format })
    }))
  }
}

const BATCH = { interval: 10, longest: 500, timeout: 20_000, maxBytes: 64 << 20 }

/** One run of the engine, with all that it said. */
export class SparkRun {
  readonly steps: Progress[] = []
  readonly problems: SourceProblem[] = []
  readonly statuses: EngineStatus[] = []
  readonly states: SourceState[] = []
  readonly failures: Error[] = []
  /** Where its source listens. */
  address: Address | undefined
  readonly #engine: Promise<Engine>

  /** `into`: where it delivers to, after `write` has resolved. */
  constructor(
    sources: readonly Source[],
    into: Delivered,
    clusterOf: (job: Job) => BatchCluster,
    {
      batch = {},
      write = async () => {}
    }: { batch?: Partial<SparkEngineOptions['batch']>; write?: () => Promise<void> } = {}
  ) {
    const plan: EnginePlan = {
      name: `run ${Math.random()}`,
      sources: sources.map(source => ({ known: into.known(source.name), zone: 'UTC', ...source })),
      window: 10 * SECOND,
      lateness: MINUTE,
      aging: true,
      country: false,
      limit: 100_000,
      signals: []
    }
    // In order, as a store commits.
    let before = Promise.resolve()
    const sink = {
      async write(delivery: Delivery) {
        before = before.then(write)
        await before
        into.deliveries.push(delivery)
      }
    }
    const events = {
      progress: (step: Progress) => void this.steps.push(step),
      state: (state: SourceState) => {
        this.states.push(state)
        this.address = addressIn(state.text ?? '') ?? this.address
      },
      problem: (problem: SourceProblem) => void this.problems.push(problem),
      engine: (status: EngineStatus) => void this.statuses.push(status),
      failed: (error: Error) => void this.failures.push(error)
    }
    const cluster = clusterOf(jobOf(plan, false))
    const dependencies = { cluster, clock: Date.now, fineClock: Date.now, random: Math.random }
    const options = { lines: false, batch: { ...BATCH, ...batch } }
    this.#engine = startEngine(options, plan, sink, events, dependencies)
  }

  get status(): EngineStatus | undefined {
    return this.statuses.at(-1)
  }

  async stop(): Promise<void> {
    await (await this.#engine).stop()
  }

  /** Waits for a state of the engine. */
  async state(state: EngineStatus['state']): Promise<EngineStatus> {
    return until(() => this.statuses.findLast(status => status.state === state))
  }
}
