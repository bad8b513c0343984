import { addKey, ALL_TIME, cellOf, type Rollup } from '../../core/rollup.ts'
import { MINUTE, toMicros } from '../../core/time.ts'
import { METRICS } from '../../metrics/index.ts'
import { reportContents } from '../analyzed.ts'
import type { ReportContents } from '../contents.ts'

export const SHOP_START = toMicros(Date.parse('2026-11-30T13:00Z'))

/** Two hours of 100 requests a minute to two hosts; of the minutes in `failing` half fail, of one path. */
export function shopContents(
  { from = 0, to = 0, path = '/checkout' } = {},
  more: Partial<ReportContents> = {},
  add: (rollup: Rollup) => void = () => {}
): ReportContents {
  const rollup: Rollup = new Map()
  const count = (window: number, metric: string, key: string, times: number): void => {
    addKey(cellOf(rollup, window, '', metric), key, times, 0)
    if (window !== ALL_TIME) addKey(cellOf(rollup, ALL_TIME, '', metric), key, times, 0)
  }
  for (let minute = 0; minute < 120; minute++) {
    const failed = minute >= from && minute < to ? 50 : 0
    const window = SHOP_START + minute * MINUTE
    count(window, 'requests', '', 100)
    count(window, 'status', '200', 100 - failed)
    if (failed > 0) count(window, 'status', '503', failed)
    count(ALL_TIME, 'vhost', 'shop.example', 60)
    count(ALL_TIME, 'vhost', 'blog.example', 40)
    count(ALL_TIME, 'path', path, 50)
    count(ALL_TIME, 'client', '192.0.2.1', 100)
    if (failed > 0) count(ALL_TIME, 'failed_path', path, failed)
    if (failed > 0) count(ALL_TIME, 'vhost_status', '503 shop.example', failed)
  }
  add(rollup)
  const counters = { read: 12_000, parsed: 12_000, rejected: 0, late: 0, bytes: 1 }
  const analysis = {
    rollup,
    counters,
    files: [],
    from: SHOP_START,
    to: SHOP_START + 120 * MINUTE - 1,
    zone: 'UTC'
  }
  return { ...reportContents({ ...analysis, step: 'minute' }, METRICS, 10, { name: 'shop' }), ...more }
}
