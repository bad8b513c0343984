import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { analyze } from '../engines/embedded/bulk.ts'
import { METRICS } from '../metrics/index.ts'
import { reportContents } from './analyzed.ts'

it('has the days and hours of the zone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'visor-zone-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'access.log')
  // A day of Kolkata begins at 18:30 UTC.
  const times = [
    '28/Nov/2026:18:29:59',
    '28/Nov/2026:18:30:00',
    '29/Nov/2026:18:29:00',
    '02/Dec/2026:18:31:00'
  ]
  writeFileSync(
    path,
    times
      .map(
        (at, i) =>
          `192.0.2.${i} - - [${at} +0000] "GET / HTTP/1.1" 200 1 "-" "Mozilla/5.0 (X11; Linux x86_64) Firefox/130.0"\n`
      )
      .join('')
  )
  const { signal } = new AbortController()
  const { visitors, timeline } = reportContents(
    await analyze([path], { signal, zone: 'Asia/Kolkata' }),
    METRICS,
    10
  )
  const iso = (time: number) => new Date(time / 1000).toISOString().slice(0, 16)
  expect(visitors?.days.map(({ day, count }) => [iso(day), count])).toEqual([
    ['2026-11-27T18:30', 1],
    ['2026-11-28T18:30', 2],
    ['2026-12-02T18:30', 1]
  ])
  expect([timeline.step, ...timeline.time.map(iso)]).toEqual([
    'hour',
    '2026-11-28T17:30',
    '2026-11-28T18:30',
    '2026-11-29T17:30',
    '2026-12-02T18:30'
  ])
})
