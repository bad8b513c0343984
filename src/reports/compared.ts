import { windowsIn, type CalendarStep } from '../core/steps.ts'
import { DAY, DAY_MS, HOUR, MINUTE, MINUTE_MS, toMicros, toMillis, type Micros } from '../core/time.ts'
import type { Window } from '../core/window.ts'
import { timeAtClock, zoneOffsets } from '../core/zone.ts'
import type { ReportPeriod } from './contents.ts'

/** A period that another one is compared with, under what people call it. */
export interface Comparison {
  readonly label: string
  readonly period: ReportPeriod
}

/**
 * The period before one, and the same of the week before where that is another one. Whole hours, days, weeks, months and
 * years of the zone are compared with such, however long these are; any other period with as much time.
 */
export function comparisonsOf(period: ReportPeriod): Comparison[] {
  const { zone } = period
  const before = beforeOf(period)
  const shift = shiftedBy(zone)
  const week = { from: shift(period.from, -7), to: shift(period.to, -7) }
  const same = before.from === week.from && before.to === week.to
  // A longer period holds the week before.
  const comparable = !same && period.to - period.from <= 6 * DAY
  return [
    { label: before.label, period: { from: before.from, to: before.to, zone } },
    ...(comparable ? [{ label: weekLabel(period), period: { ...week, zone } }] : [])
  ]
}

const WHOLE: readonly CalendarStep[] = ['year', 'month', 'week', 'day', 'hour']

function beforeOf(period: ReportPeriod): Window & { readonly label: string } {
  const step = stepOf(period)
  if (step) {
    const window = windowsIn(step, period.zone)(period.from - 1)
    return { ...window, label: `the ${step} before` }
  }
  const { from, to, zone } = period
  const days = daysIn(period)
  if (days !== undefined)
    return { from: shiftedBy(zone)(from, -days), to: from, label: `the ${days} days before` }
  return { from: from - (to - from), to: from, label: `the ${lengthText(to - from)} before` }
}

/** The step of the calendar that a period is just one of. */
function stepOf({ from, to, zone }: ReportPeriod): CalendarStep | undefined {
  return WHOLE.find(step => {
    const window = windowsIn(step, zone)(from)
    return window.from === from && window.to === to
  })
}

/** How many whole days of the zone a period has; `undefined` where it is not made of such. */
function daysIn({ from, to, zone }: ReportPeriod): number | undefined {
  const day = windowsIn('day', zone)
  const whole = day(from).from === from && day(to).from === to
  return whole ? Math.round((to - from) / DAY) : undefined
}

function weekLabel(period: ReportPeriod): string {
  return stepOf(period) === 'day' ? 'the same day a week before' : 'the same time a week before'
}

/** What moves times by days of a zone, to the same time of its clock. */
function shiftedBy(zone: string): (time: Micros, days: number) => Micros {
  const offset = zoneOffsets(zone)
  return (time, days) => {
    const at = toMillis(time)
    return toMicros(timeAtClock(at + offset(at) * MINUTE_MS + days * DAY_MS, offset))
  }
}

const UNITS: readonly [Micros, string][] = [
  [DAY, 'days'],
  [HOUR, 'hours'],
  [MINUTE, 'minutes']
]

function lengthText(length: Micros): string {
  const [size, unit] = UNITS.find(([size]) => length >= 2 * size && length % size === 0) ?? []
  return size === undefined ? 'time' : `${length / size} ${unit}`
}
