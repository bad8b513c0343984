import { readAs, type Metric } from '../core/metric.ts'
import { toMicros, toMillis, type Clock } from '../core/time.ts'
import { METRICS } from '../metrics/index.ts'
import { answersOf, withLines, type LineQuestions, type Store } from '../store/index.ts'
import type { Dashboard } from './dashboard.ts'
import { frameOf, startsOfFrame } from './period.ts'
import { summarize } from './summary.ts'

/** Keys that each table's metric is asked for: up to so many, the number of distinct ones is exact. */
const MAX_KEYS = 5000

const namesOf = (wanted: (metric: Metric) => unknown): string[] =>
  METRICS.filter(wanted).map(({ name }) => name)

const KEYED = namesOf(metric => readAs(metric) === 'top')
const WITH_ALL_KEYS = namesOf(metric => readAs(metric) !== 'top')
const OVER_TIME = namesOf(metric => metric.overTime)

/**
 * The part of the dashboard that looks back: asked of the store, which may hold more than the `sources` that are
 * watched now. `lines` answers questions about lines where they are not in the store; days are those of `zone`.
 */
export function storeDashboard(
  store: Store,
  sources: () => readonly string[],
  clock: Clock,
  lines?: LineQuestions,
  zone = 'UTC'
): Required<Pick<Dashboard, 'summary' | 'answers'>> {
  return {
    async summary(period) {
      const extent = period === 'all' ? await extentOf(store, sources()) : undefined
      const frame = frameOf(period, clock(), extent, zone)
      const range = { from: toMicros(frame.from), to: toMicros(frame.to), sources: sources() }
      const [totals, tables, timeline] = await Promise.all([
        store.rollup({ ...range, metrics: WITH_ALL_KEYS, bucket: 'all' }),
        store.rollup({ ...range, metrics: KEYED, bucket: 'all', limit: MAX_KEYS }),
        store.rollup({ ...range, metrics: OVER_TIME, bucket: startsOfFrame(frame).map(toMicros) })
      ])
      return summarize(frame, { period: [...totals, ...tables], timeline })
    },
    answers: answersOf(withLines(store, lines))
  }
}

async function extentOf(store: Store, sources: readonly string[]): Promise<Parameters<typeof frameOf>[2]> {
  const extent = await store.extent({ sources })
  return extent && { first: toMillis(extent.first), last: toMillis(extent.last) }
}
