import { describe, expect, it } from 'vitest'
import { HOUR, type Micros } from '../../core/time.ts'
import type { ReportDocument } from '../block.ts'
import { widthOf } from '../layout.ts'
import { HOSTILE, sampleReport } from '../testing/sample.ts'
import { reportText } from './text.ts'

// oxlint-disable-next-line no-control-regex
const HARMFUL = /[\u0000-\u001f\u007f-\u009f\u200b\u202a-\u202e]|\p{Cs}/u

describe.each(HOSTILE)('reportText with %j', text => {
  it.each([72, 80, 132])('keeps to %i columns and sends nothing to a terminal', width => {
    const lines = reportText(sampleReport(text), width).split('\n')
    expect(lines.filter(line => widthOf(line) > width)).toEqual([])
    expect(lines.filter(line => HARMFUL.test(line))).toEqual([])
  })
})

/** Requests by the hour from a time on. */
function chartOf(from: Micros, zone: string, values: readonly (number | undefined)[]): string {
  const time = values.map((_, i) => from + i * HOUR)
  const document: ReportDocument = {
    subject: '',
    verdict: { tone: 'info', sentence: '' },
    period: { from, to: from + values.length * HOUR, zone },
    facts: [],
    blocks: [
      {
        type: 'chart',
        name: 'requests',
        title: 'Requests',
        time,
        to: from + values.length * HOUR,
        whole: 'requests',
        series: [{ label: '2xx', unit: 'count', tone: 'success', values }],
        marks: []
      }
    ]
  }
  return reportText(document)
}

/** The label and the number of each row. */
const rowsOf = (text: string) =>
  [...text.matchAll(/^ {2}(\d{4}-\d\d-\d\d .+?)(?: {2,}\S* +(\S+))?$/gm)].map(([, label, value]) => [
    label,
    value
  ])

it('has a row for each hour that clocks show twice', () => {
  const from = Date.parse('2026-10-24T22:00Z') * 1000
  const rows = rowsOf(
    chartOf(
      from,
      'Europe/Berlin',
      Array.from({ length: 25 }, () => 60)
    )
  )
  expect(rows).toHaveLength(25)
  expect(rows.slice(1, 5)).toEqual([
    ['2026-10-25 01:00', '60'],
    ['2026-10-25 02:00 +02:00', '60'],
    ['2026-10-25 02:00 +01:00', '60'],
    ['2026-10-25 03:00', '60']
  ])
  const south = Date.parse('2026-04-04T13:00Z') * 1000
  const other = rowsOf(
    chartOf(
      south,
      'Australia/Lord_Howe',
      Array.from({ length: 25 }, () => 60)
    )
  )
  expect(other).toHaveLength(25)
})

it('tells a long time without anything in one row, and of unknown times each', () => {
  const hours = (count: number, value: number | undefined) => Array.from({ length: count }, () => value)
  const values = [5, ...hours(6, 0), 7, 0, 0, 8, ...hours(4, undefined), 9, ...hours(3, 0)]
  expect(rowsOf(chartOf(0, 'UTC', values))).toEqual([
    ['1970-01-01 00:00', '5'],
    ['1970-01-01 01:00 to 1970-01-01 06:00: no requests', undefined],
    ['1970-01-01 07:00', '7'],
    ['1970-01-01 08:00', '0'],
    ['1970-01-01 09:00', '0'],
    ['1970-01-01 10:00', '8'],
    ...[11, 12, 13, 14].map(hour => [`1970-01-01 ${hour}:00`, '–']),
    ['1970-01-01 15:00', '9'],
    ['1970-01-01 16:00 to 1970-01-01 18:00: no requests', undefined]
  ])
})
