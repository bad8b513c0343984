import * as z from 'zod'
import { signalMetric, type Signal } from '../core/signal.ts'
import { toMicros, toMillis, type Millis } from '../core/time.ts'
import { isoTime } from '../core/units.ts'
import type { Query } from '../query/index.ts'
import type { StateItem } from './kept.ts'
import { facetsOf, signalsOf, type Rule } from './rules/index.ts'
import { Tracked } from './tracked.ts'

/** What the ids of items begin with that hold since when a signal is counted. */
const COUNTED = 'counted '
const countedData = z.object({ since: z.number() })

/**
 * Since when engines count each signal, where no lines are kept of which it could be counted afterwards: a rule that is new
 * or was changed knows nothing of before.
 */
export class Coverage {
  /** By the metric of a signal's definition. */
  readonly #counted: Tracked<z.output<typeof countedData>>

  constructor(saved: readonly StateItem[]) {
    this.#counted = new Tracked(countedData, saved, COUNTED)
  }

  /** These signals are counted from now on, if they were not before, and no others. */
  begin(signals: readonly Signal[], now: Millis): void {
    const metrics = new Set(signals.map(signalMetric))
    for (const metric of metrics) if (!this.#counted.get(metric)) this.#counted.put(metric, { since: now })
    for (const metric of this.#counted.ids()) if (!metrics.has(metric)) this.#counted.put(metric, undefined)
  }

  /** Since when all is counted that a rule looks at, in milliseconds since 1970; `undefined` where no time of it is missing. */
  sinceOf(rule: Rule): Millis | undefined {
    const times = ownSignals(rule).flatMap(signal => this.#counted.get(signalMetric(signal))?.since ?? [])
    return times.length > 0 ? Math.max(...times) : undefined
  }

  /** For people: that a rule does not know all yet that it looks back to; `undefined` where it does. */
  backfilling(rule: Rule, now: Millis): string | undefined {
    const since = this.sinceOf(rule)
    const back = now - toMillis(Math.max(0, ...ownSignals(rule).map(({ back }) => back)))
    if (since === undefined || since <= back) return undefined
    const [from, to] = [since, back].map(time => isoTime(toMicros(time)))
    return `backfilling: lines are counted for it since ${from}, and it looks back to ${to}`
  }

  changes(): StateItem[] {
    return this.#counted.changes()
  }
}

/** What is counted for a rule, but for what only its evidence needs. */
function ownSignals(rule: Rule): readonly Signal<Query>[] {
  const facets = new Set(facetsOf(rule).map(({ name }) => name))
  return signalsOf(rule).filter(({ name }) => !facets.has(name))
}
