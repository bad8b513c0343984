import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Delivery } from '../core/delivery.ts'
import { DAY_MS } from '../core/time.ts'
import { formatFor } from '../formats/index.ts'
import { openStore } from '../store/index.ts'
import type { Summary } from './api-types.ts'
import { storeDashboard } from './history.ts'

const NOW = Date.UTC(2026, 0, 2)
const FORMAT = formatFor('common')

/** A delivery of `lines` requests at a time (milliseconds), with nothing of the lines but their time and path. */
function delivery(source: string, at: number, lines: number): Delivery {
  const path = new TextEncoder().encode('/api/x')
  return {
    positions: [{ source, stream: source, name: source, position: { offset: 1 }, finished: false }],
    counters: [{ source, read: lines, parsed: lines, rejected: 0, late: 0, bytes: 1 }],
    events: [
      {
        source,
        kind: 'access',
        escapes: 'apache' as const,
        format: FORMAT.text,
        rows: lines,
        time: new Float64Array(lines).fill(at * 1000),
        zone: new Int16Array(lines),
        flags: new Uint8Array(lines),
        numbers: new Map(),
        texts: new Map([
          [
            'path',
            {
              codes: new Uint32Array(lines).fill(1),
              dictionary: `${source} path 0`,
              from: 1,
              bytes: path,
              ends: Uint32Array.of(path.length)
            }
          ]
        ]),
        kept: new Map()
      }
    ],
    rejected: [],
    rollup: ['requests', 'path'].map(metric => ({
      window: at * 1000,
      source,
      metric,
      keys: [metric === 'path' ? '/api/x' : ''],
      counts: Float64Array.of(lines),
      sums: Float64Array.of(0),
      otherCount: 0,
      otherSum: 0,
      sketch: undefined
    })),
    signals: []
  }
}

const requestsOf = ({ metrics }: Summary): number =>
  metrics.find(({ name }) => name === 'requests')?.count ?? 0

it('shows what is watched now, not all that the store remembers', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'visor-history-'))
  const store = await openStore(folder, { formatFor, retention: 3650 * DAY_MS })
  await store.write(delivery('earlier', NOW - 20 * 86_400_000, 5))
  await store.write(delivery('now', NOW - 60_000, 3))
  const both = storeDashboard(
    store,
    () => ['earlier', 'now'],
    () => NOW
  )
  const now = storeDashboard(
    store,
    () => ['now'],
    () => NOW
  )
  expect(requestsOf(await both.summary('all'))).toBe(8)
  const summary = await now.summary('all')
  expect(requestsOf(summary)).toBe(3)
  expect(summary.from).toBeGreaterThan(NOW - 86_400_000)
  expect(requestsOf(await now.summary('15m'))).toBe(3)
  const counted = async (params: Record<string, string>): Promise<number[]> =>
    (await both.answers.count({ where: 'path:/api/*', ...params })).counts.map(({ count }) => count)
  expect(await counted({})).toEqual([5, 3])
  expect(await counted({ sources: 'now' })).toEqual([3])
  expect(await counted({ from: String(NOW - 3_600_000 * 2) })).toEqual([3])
  await expect(counted({ by: 'year' })).rejects.toMatchObject({ code: 'QUERY' })
  expect(
    requestsOf(
      await storeDashboard(
        store,
        () => [],
        () => NOW
      ).summary('all')
    )
  ).toBe(0)
  await store.close()
  rmSync(folder, { recursive: true })
})
