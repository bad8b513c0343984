import type { Alerting } from '../alerts/alerting.ts'
import type { CellRows } from '../core/rows.ts'
import type { SignalDelta, Signal } from '../core/signal.ts'
import { toMicros, DAY, HOUR, MINUTE, type Micros, type Millis } from '../core/time.ts'
import { windowOf } from '../core/window.ts'
import type { Changes } from '../state/index.ts'
import type { Store } from '../store/index.ts'
import type { Query } from '../query/index.ts'

/** How far ahead of the clock lines may be. */
const AHEAD: Micros = HOUR

/**
 * Fills the memory of rules from the store, to be called before anything is read: what is stored is added, what is not is
 * read, so that nothing is missed or counted twice, however the run before ended. `maxLateness` is how old lines may be that
 * are evaluated.
 *
 * What the store keeps of signals is from now on what these rules look back to.
 *
 * The newest lines are evaluated too, since the run before may have ended between storing and evaluating them. Gives what came of that.
 */
export async function backfill(
  alerting: Alerting,
  store: Store,
  now: Millis,
  maxLateness: Millis
): Promise<Changes> {
  await store.retainSignals(alerting.signals, toMicros(maxLateness))
  const recent = await readSignals(alerting.signals, store, { now, maxLateness }, delta =>
    alerting.backfill(delta)
  )
  return alerting.take(recent, now)
}

interface BackfillTimes {
  readonly now: Millis
  readonly maxLateness: Millis
}

/** Reads of the store what it has of signals: what is older is handed over as it is read, what may still be evaluated comes at the end. */
export async function readSignals(
  signals: readonly Signal<Query>[],
  store: Store,
  { now, maxLateness }: BackfillTimes,
  older: (delta: SignalDelta) => void
): Promise<SignalDelta> {
  const deltaOf = (rows: readonly CellRows[]): SignalDelta => ({ rows, lines: [], read: now, counted: now })
  const recent: CellRows[] = []
  for (const signal of signals)
    for (const { from, to, step } of spans(signal, toMicros(now), toMicros(maxLateness))) {
      const rows = await store.signals({ signal, from, to, step })
      if (to > toMicros(now)) recent.push(...rows)
      else older(deltaOf(rows))
    }
  return deltaOf(recent)
}

interface Span {
  readonly from: Micros
  readonly to: Micros
  readonly step: Micros
}

/** What is looked back to, in cells as long as rules remember them. */
function spans({ step, fine, back }: Signal<Query>, now: Micros, maxLateness: Micros): Span[] {
  const recent = windowOf(now - maxLateness - fine, MINUTE)
  const week = windowOf(now - 8 * DAY, HOUR)
  const first = windowOf(now - back, HOUR)
  const all = [
    { from: first, to: Math.min(week, recent), step: Math.max(step, HOUR) },
    { from: Math.max(first, week), to: recent, step: Math.max(step, MINUTE) },
    { from: Math.max(first, recent), to: now + AHEAD, step }
  ]
  return all.filter(({ from, to }) => from < to)
}
