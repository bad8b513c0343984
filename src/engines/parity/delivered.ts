import type { Delivery, EventRows, RejectedLine, StreamPosition } from '../../core/delivery.ts'
import type { Progress } from '../../core/progress.ts'
import type { Rollup } from '../../core/rollup.ts'
import { addRows } from '../../core/rows.ts'
import { signalMetric, type Signal } from '../../core/signal.ts'
import { addCounters, NO_COUNTERS, type Counters } from '../../core/source.ts'

/** Where two runs differ, with what each has there; one that has nothing there is absent. */
export interface Difference {
  /** For people: which cell and key, which line, which stream. */
  readonly where: string
  readonly a?: string
  readonly b?: string
}

/** All that a run of an engine came to, however it was cut into deliveries. */
export class Delivered {
  readonly rollup: Rollup = new Map()
  /** What was reported of signals, by their names. */
  readonly signals: Rollup = new Map()
  /** What was delivered of signals, by their names: of those engines that keep no lines. */
  readonly storedSignals: Rollup = new Map()
  /** By source. */
  readonly counters = new Map<string, Counters>()
  readonly events: EventRows[] = []
  readonly rejected: RejectedLine[] = []
  /** The last of each stream. */
  readonly positions = new Map<string, StreamPosition>()
  readonly #names: ReadonlyMap<string, string>

  /** `signals` are those of the plan. */
  constructor(signals: readonly Signal[] = []) {
    this.#names = new Map(signals.map(signal => [signalMetric(signal), signal.name]))
  }

  /** Takes a delivery over: its arrays must not be changed any more. In any order, but for the positions of a stream. */
  add({ positions, counters, events, rejected, rollup, signals }: Delivery): void {
    addRows(this.rollup, rollup)
    addRows(
      this.storedSignals,
      signals.map(row => ({ ...row, metric: this.#names.get(row.metric) ?? row.metric }))
    )
    for (const { source, ...counts } of counters)
      this.counters.set(source, addCounters(this.counters.get(source) ?? { ...NO_COUNTERS }, counts))
    for (const rows of events) this.events.push(rows)
    for (const line of rejected) this.rejected.push(line)
    for (const position of positions) this.positions.set(position.stream, position)
  }

  /** Takes what was reported of a step. */
  report({ signals }: Pick<Progress, 'signals'>): void {
    if (signals) addRows(this.signals, signals.rows)
  }

  /** How many lines were read. */
  get read(): number {
    return [...this.counters.values()].reduce((sum, { read }) => sum + read, 0)
  }
}
