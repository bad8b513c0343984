import type { Store } from '../store/index.ts'
import { answersOf } from './ask.ts'
import type { Dashboard } from './dashboard.ts'
import { frameOf } from './period.ts'
import { BREAKDOWN_METRICS, summarize, TOTAL_METRICS } from './summary.ts'
import { TIMELINE_METRICS } from './timeline.ts'

/** Keys that each table's metric is asked for: up to so many, the number of distinct ones is exact. */
const KEYS = 5000

/**
 * The part of the dashboard that looks back: asked of the store, which may hold more than the `sources` that are
 * watched now. `clock` tells milliseconds since 1970.
 */
export function storeDashboard(
  store: Store,
  sources: readonly string[],
  clock: () => number
): Required<Pick<Dashboard, 'summary' | 'answers'>> {
  return {
    async summary(period) {
      const frame = frameOf(period, clock(), period === 'all' ? await extentOf(store, sources) : undefined)
      const range = { from: frame.from * 1000, to: frame.to * 1000, sources }
      const [totals, breakdowns, timeline] = await Promise.all([
        store.rollup({ ...range, metrics: TOTAL_METRICS, bucket: 'all' }),
        store.rollup({ ...range, metrics: BREAKDOWN_METRICS, bucket: 'all', limit: KEYS }),
        store.rollup({ ...range, metrics: TIMELINE_METRICS, bucket: frame.bucket * 1000 })
      ])
      return summarize(frame, { period: [...totals, ...breakdowns], timeline })
    },
    answers: answersOf(store)
  }
}

async function extentOf(
  store: Store,
  sources: readonly string[]
): Promise<{ first: number; last: number } | undefined> {
  const extent = await store.extent(sources)
  return extent && { first: extent.first / 1000, last: extent.last / 1000 }
}
