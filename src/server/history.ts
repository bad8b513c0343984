import type { Store } from '../store/index.ts'
import type { Frame } from './contract.ts'
import type { Dashboard } from './dashboard.ts'
import { frameOf } from './period.ts'
import { BREAKDOWN_METRICS, summarize, TOTAL_METRICS } from './summary.ts'
import { TIMELINE_METRICS } from './timeline.ts'

/** Keys that each table's metric is asked for: more than any table shows, so that merged sources still rank rightly. */
const KEYS = 100

/** The part of the dashboard that looks back: asked of the store. `clock` tells milliseconds since 1970. */
export function storeDashboard(
  store: Store,
  clock: () => number
): Required<Pick<Dashboard, 'summary' | 'search'>> {
  return {
    async summary(period) {
      const frame = frameOf(period, clock(), period === 'all' ? await extentOf(store) : undefined)
      const [totals, breakdowns, timeline] = await Promise.all([
        store.rollup({ ...rangeOf(frame), metrics: TOTAL_METRICS, bucket: 'all' }),
        store.rollup({ ...rangeOf(frame), metrics: BREAKDOWN_METRICS, bucket: 'all', limit: KEYS }),
        store.rollup({ ...rangeOf(frame), metrics: TIMELINE_METRICS, bucket: frame.bucket * 1000 })
      ])
      return summarize(frame, { period: [...totals, ...breakdowns], timeline })
    },
    async search(pattern) {
      const hours = await store.search({ field: 'path', pattern, by: 'hour' })
      return { pattern, hours: hours.map(({ time, count }) => ({ time: time / 1000, count })) }
    }
  }
}

/** A frame in the store's microseconds. */
function rangeOf({ from, to }: Frame): { from: number; to: number } {
  return { from: from * 1000, to: to * 1000 }
}

async function extentOf(store: Store): Promise<{ first: number; last: number } | undefined> {
  const extent = await store.extent()
  return extent && { first: extent.first / 1000, last: extent.last / 1000 }
}
