import type { Delivery, SourceCounters, StreamPosition } from '../../core/delivery.ts'
import type { Progress } from '../../core/progress.ts'
import type { CellRows } from '../../core/rows.ts'
import { signalMetric, type SignalDelta } from '../../core/signal.ts'
import { addCounters, NO_COUNTERS } from '../../core/source.ts'
import type { EnginePlan } from '../../counting/plan.ts'
import type { Cursor } from './cursor.ts'
import type { BatchAnswer, SegmentResult } from './protocol.ts'

/** What came of one stream in a batch. */
export interface StreamOutcome {
  readonly cursor: Cursor
  readonly result: SegmentResult
  /** Where it stands now; absent where that was delivered before. */
  readonly position: StreamPosition | undefined
}

/** What a batch brought, for alerts and page, and for the store. */
export interface Outcome {
  readonly progress: readonly Progress[]
  /** Absent where nothing is new. */
  readonly delivery?: Delivery
}

/** When the newest lines of a batch were written, read, counted. */
export type BatchTimes = Pick<SignalDelta, 'written' | 'read' | 'counted'>

/** Makes one delivery of all that a batch brought. `lines`: they come along, so that the store counts signals by itself. */
export function outcomeOf(
  plan: EnginePlan,
  answer: BatchAnswer,
  streams: readonly StreamOutcome[],
  times: BatchTimes,
  lines: boolean
): Outcome {
  const { tasks, counts } = answer
  const { rollup, signals } = counts
  const positions = streams.flatMap(({ position }) => position ?? [])
  // The newest of all are shown, and tasks are in no order of time.
  const evidence = tasks.flatMap(task => task.evidence).toSorted((a, b) => a.time - b.time)
  const delta = signals.length > 0 && { signals: { rows: signals, lines: evidence, ...times } }
  const progress = progressOf(plan, rollup, streams, delta)
  if (positions.length === 0 && tasks.every(({ rejected, events }) => rejected.length + events.length === 0))
    return { progress }
  const delivery: Delivery = {
    positions,
    counters: countersOf(streams),
    events: tasks.flatMap(task => task.events),
    rejected: tasks.flatMap(task => task.rejected),
    rollup,
    signals: lines ? [] : stored(plan, signals)
  }
  return { progress, delivery }
}

/** What is counted of all streams of a source, or of all sources, stands in the first report of them. */
function progressOf(
  { aging }: EnginePlan,
  rollup: readonly CellRows[],
  streams: readonly StreamOutcome[],
  delta: { readonly signals: SignalDelta } | false
): Progress[] {
  const bySource = aging ? new Map<string, CellRows[]>() : Map.groupBy(rollup, ({ source }) => source)
  const reported = streams.flatMap(({ cursor, result, position: stood }): Progress[] => {
    const { place, counters, kinds, closed, latest, lines } = result
    const { source, stream, name, finished, position, format } = place
    if (!format || (counters.bytes === 0 && !(finished && stood))) return []
    const rows = bySource.get(source) ?? []
    bySource.delete(source)
    const counted = {
      counters,
      kinds,
      closed,
      latest,
      lines,
      offset: (stood?.position ?? position).offset,
      pending: cursor.wanted
    }
    return [{ source, stream, name, finished, format, rollup: rows, ...counted }]
  })
  const [first, ...others] = reported
  return first ? [{ ...first, ...delta }, ...others] : []
}

function countersOf(streams: readonly StreamOutcome[]): SourceCounters[] {
  const bySource = new Map<string, SourceCounters>()
  for (const { result } of streams) {
    const { source } = result.place
    const sum = bySource.get(source) ?? { source, ...NO_COUNTERS }
    addCounters(sum, result.counters)
    if (sum.bytes > 0) bySource.set(source, sum)
  }
  return [...bySource.values()]
}

/** The cells of signals by the names that the store has for them. */
function stored({ signals }: EnginePlan, rows: readonly CellRows[]): CellRows[] {
  const metrics = new Map(signals.map(signal => [signal.name, signalMetric(signal)]))
  return rows.flatMap(row => {
    const metric = metrics.get(row.metric)
    return metric === undefined ? [] : [{ ...row, metric }]
  })
}
