import type { Report } from './schema.ts'
import { emptyHour } from './timeline.ts'

type Hour = Report['timeline'][number]
/** One bucket of the timeline, of whatever length. */
export type Row = Omit<Hour, 'time'> & { readonly label: string }

const HOUR = 3_600_000

/** The fineness of time, coarser by steps, and how each bucket is called. */
const UNITS = [
  { unit: 'hour', start: (ms: number) => ms, label: (time: string) => time.slice(0, 16).replace('T', ' ') },
  { unit: 'day', start: (ms: number) => ms - (ms % (24 * HOUR)), label: (time: string) => time.slice(0, 10) },
  { unit: 'month', start: startOfMonth, label: (time: string) => time.slice(0, 7) },
  { unit: 'year', start: startOfYear, label: (time: string) => time.slice(0, 4) }
] as const

/** The timeline in the finest unit that has at most `limit` buckets with anything in them. */
export function timelineRows(timeline: readonly Hour[], limit = 31): { unit: string; rows: Row[] } {
  for (const { unit, start, label } of UNITS) {
    const rows = new Map<number, Row>()
    for (const hour of timeline) {
      const begin = start(Date.parse(hour.time))
      const time = new Date(begin).toISOString()
      const row = rows.get(begin) ?? { ...emptyHour(time), label: label(time) }
      rows.set(begin, sumOf(row, hour))
    }
    if (rows.size <= limit || unit === 'year') return { unit, rows: [...rows.values()] }
  }
  return { unit: 'hour', rows: [] }
}

function sumOf(row: Row, hour: Hour): Row {
  const classes = { ...row.classes }
  for (const name of ['1xx', '2xx', '3xx', '4xx', '5xx', 'other'] as const)
    classes[name] += hour.classes[name]
  return {
    label: row.label,
    requests: row.requests + hour.requests,
    bytes: row.bytes + hour.bytes,
    classes,
    error_lines: row.error_lines + hour.error_lines
  }
}

function startOfMonth(ms: number): number {
  const date = new Date(ms)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
}

function startOfYear(ms: number): number {
  return Date.UTC(new Date(ms).getUTCFullYear(), 0)
}
