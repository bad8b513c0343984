import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE, toMicros } from '../../core/time.ts'
import type { ChartBlock } from '../block.ts'
import { anyDocument } from '../testing/documents.ts'
import { niceEnd, timeTicks } from './axis.ts'
import { chartSummary } from './summary.ts'
import { chartHeight, chartSvg, numberedMarks, type ChartLook } from './svg.ts'

const at = (iso: string): number => toMicros(Date.parse(iso))
const look: ChartLook = { width: 500, height: 170, color: of => `of-${of}`, font: 'Inter' }

describe('an axis', () => {
  it.each([
    [0, 1],
    [1, 1],
    [3, 4],
    [70_279, 100_000],
    [0.021, 0.04],
    [4.5, 5]
  ])('of values up to %d ends at %d', (largest, end) => expect(niceEnd(largest)).toBeCloseTo(end, 9))

  it.each([
    ['2026-11-23T23:00:00Z', 24 * HOUR, 5, 'Europe/Berlin', ['Tue 24', '06:00', '12:00', '18:00']],
    ['2026-11-24T00:10:00Z', 65 * MINUTE, 5, 'Asia/Kathmandu', ['06:00', '06:15', '06:30', '06:45']],
    ['2026-11-01T00:00:00Z', 30 * DAY, 5, 'UTC', ['5 Nov', '12 Nov', '19 Nov', '26 Nov']],
    // A day of 25 hours and one of 23: round times of the clock, each once.
    ['2026-10-24T22:00:00Z', 25 * HOUR, 5, 'Europe/Berlin', ['Sun 25', '06:00', '12:00', '18:00']],
    [
      '2026-03-28T23:00:00Z',
      23 * HOUR,
      12,
      'Europe/Berlin',
      [
        'Sun 29',
        '03:00',
        '04:00',
        '06:00',
        '08:00',
        '10:00',
        '12:00',
        '14:00',
        '16:00',
        '18:00',
        '20:00',
        '22:00'
      ]
    ]
  ] as const)('of time from %s has round times of the clocks there', (from, span, most, zone, expected) => {
    const ticks = timeTicks(at(from), at(from) + span, most, zone)
    expect(ticks.map(({ text }) => text)).toEqual(expected)
    expect(new Set(ticks.map(({ at }) => at)).size).toBe(ticks.length)
  })

  it('of time never has more ticks than there is room for, nor any outside', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4e15 }),
        fc.integer({ min: 1e6, max: 3e15 }),
        fc.constantFrom('UTC', 'Europe/Berlin', 'Australia/Lord_Howe', 'Asia/Kathmandu'),
        (from, span, zone) => {
          const ticks = timeTicks(from, from + span, 6, zone)
          expect(ticks.length).toBeLessThanOrEqual(8)
          for (const { at } of ticks) expect(at >= from && at < from + span).toBe(true)
        }
      ),
      { seed: 3, numRuns: 300 }
    )
  })
})

const FROM = at('2026-11-23T23:00:00Z')
const chart: ChartBlock = {
  type: 'chart',
  name: 'requests',
  title: 'Requests by hour',
  whole: 'requests',
  time: [0, 1, 2, 3].map(hour => FROM + hour * HOUR),
  to: FROM + 4 * HOUR,
  series: [
    { label: 'good', unit: 'count', tone: 'success', values: [10, undefined, 30, 0] },
    { label: 'bad', unit: 'count', tone: 'critical', values: [1, undefined, 10, 0] },
    { label: 'p95', unit: 'seconds', tone: 'info', line: true, values: [0.1, undefined, 0.4, undefined] }
  ],
  marks: [
    { from: FROM + 2 * HOUR, to: FROM + 3 * HOUR, label: 'Alert <b>', tone: 'critical' },
    { from: FROM + HOUR, label: 'Restart', tone: 'info' }
  ]
}

describe('a chart', () => {
  const svg = chartSvg(chart, 'Europe/Berlin', look)

  it('draws what is known, says where nothing is, and draws no bar for none', () => {
    const bars = /<path d="([^"]*)" fill="of-success"/.exec(svg)?.[1] ?? ''
    expect(bars.split('M').length - 1).toBe(2)
    expect(svg).toMatch(/fill="of-unknown"/)
    // Heights are to scale: 30 is three times 10.
    const heights = [...bars.matchAll(/v([\d.]+)/g)].map(([, height]) => Number(height))
    expect(heights[1]! / heights[0]!).toBeCloseTo(3, 1)
  })

  it('has a plot for each unit, over each other', () => {
    expect(chartHeight(chart, look)).toBeGreaterThan(look.height)
    expect(chartHeight({ ...chart, series: chart.series.slice(0, 2) }, look)).toBe(look.height)
    expect(svg).toContain('400 ms')
  })

  it('numbers marks as they follow each other', () => {
    expect(numberedMarks(chart).map(({ number, label }) => [number, label])).toEqual([
      [1, 'Restart'],
      [2, 'Alert <b>']
    ])
  })

  it('says in words what it shows', () => {
    expect(chartSummary(chart, 'Europe/Berlin')).toBe(
      'Requests by hour. requests: 51, most at 2026-11-24 02:00 (40). good: 40, most at 2026-11-24 02:00 (30). ' +
        'bad: 11, most at 2026-11-24 02:00 (10). p95: highest at 2026-11-24 02:00 (400 ms). 1 of 4 bars unknown. ' +
        'Marked: Restart (2026-11-24 01:00); Alert <b> (2026-11-24 02:00 to 03:00).'
    )
  })

  it('has nothing of a log in it, and is whole, whatever it holds', () => {
    fc.assert(
      fc.property(anyDocument, ({ blocks }) => {
        for (const block of blocks)
          if (block.type === 'chart') {
            const svg = chartSvg(block, 'UTC', look)
            expect(svg).not.toMatch(/NaN|Infinity|undefined|script|onload/)
            const names = new Set([...svg.matchAll(/<(\w+)/g)].map(([, name]) => name))
            expect([...names].filter(name => !['svg', 'path', 'text', 'circle'].includes(name!))).toEqual([])
          }
      }),
      { seed: 5, numRuns: 40 }
    )
  })
})
