import { ALL_TIME, totalOf, type Cell, type Rollup } from '../core/rollup.ts'
import type { Report } from './schema.ts'
import { isoTime } from '../core/units.ts'

type Hour = Report['timeline'][number]

/** Requests and error-log lines by hour, from the hourly cells of `status` and `level`, all sources together. */
export function timelineOf(rollup: Rollup): Hour[] {
  const hours = new Map<number, Hour>()
  for (const cell of rollup.values()) {
    if (cell.window === ALL_TIME) continue
    const add = cell.metric === 'status' ? addRequests : cell.metric === 'level' ? addErrors : undefined
    if (!add) continue
    let hour = hours.get(cell.window)
    if (!hour) hours.set(cell.window, (hour = emptyHour(isoTime(cell.window))))
    add(hour, cell)
  }
  return [...hours.entries()].sort(([a], [b]) => a - b).map(([, hour]) => hour)
}

/** An hour, or any longer bucket, in which nothing was asked yet. */
export function emptyHour(time: string): Hour {
  const classes = { '1xx': 0, '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0, other: 0 }
  return { time, requests: 0, bytes: 0, classes, error_lines: 0 }
}

function addErrors(hour: Hour, cell: Cell): void {
  hour.error_lines += totalOf(cell).count
}

function addRequests(hour: Hour, cell: Cell): void {
  for (const [status, { count, sum }] of cell.keys) {
    hour.requests += count
    hour.bytes += sum
    hour.classes[classOf(status)] += count
  }
  hour.requests += cell.other.count
  hour.bytes += cell.other.sum
  hour.classes.other += cell.other.count
}

function classOf(status: string): keyof Hour['classes'] {
  const name = /^[1-5]\d\d$/.test(status) ? `${status[0]}xx` : 'other'
  return name === '1xx' || name === '2xx' || name === '3xx' || name === '4xx' || name === '5xx'
    ? name
    : 'other'
}
