import { DAY, DAY_MS, HOUR, MINUTE, toMillis, type Micros, type Millis } from './time.ts'
import { QUARTER, windowOf, type Window, type Windowing } from './window.ts'
import { zoneOffsets } from './zone.ts'

/** How long the windows are that a period is read in, from the finest to the coarsest. */
export const STEPS = ['minute', '5 minutes', '15 minutes', 'hour', 'day', 'week', 'month', 'year'] as const
export type CalendarStep = (typeof STEPS)[number]

/** Lengths of the steps; of months and years about. */
const LENGTHS: Readonly<Record<CalendarStep, Micros>> = {
  minute: MINUTE,
  '5 minutes': 5 * MINUTE,
  '15 minutes': 15 * MINUTE,
  hour: HOUR,
  day: DAY,
  week: 7 * DAY,
  month: 30 * DAY,
  year: 365 * DAY
}

/** Windows that are known are kept up to so many, whatever is asked for. */
const MAX_KNOWN = 20_000

/**
 * The windows of a step as clock and calendar of a zone show them: a day is 23 or 25 hours long where clocks are set, weeks
 * begin on Monday. @param zone IANA name. @throws VisorError CONFIG for a name that is unknown.
 */
export function windowsIn(step: CalendarStep, zone: string): Windowing {
  const size = LENGTHS[step]
  const offsetAt = offsetsIn(zone)
  if (size <= QUARTER)
    return time => {
      const from = windowOf(time, size)
      return { from, to: from + size }
    }
  const known = new Map<Micros, Window>()
  return time => {
    const quarter = windowOf(time, QUARTER)
    let window = known.get(quarter)
    if (!window) {
      if (known.size >= MAX_KNOWN) known.clear()
      window = step === 'hour' ? hourOf(quarter, offsetAt) : daysOf(quarter, step, offsetAt)
      known.set(quarter, window)
    }
    return window
  }
}

/** Where windows begin, from the one that begins at `first` to the one before `end`. */
export function startsOf(windowing: Windowing, first: Micros, end: Micros): Micros[] {
  const starts: Micros[] = []
  for (let at = first; at < end; at = windowing(at).to) starts.push(at)
  return starts
}

const offsets = new Map<string, OffsetAt>()

/** The offset of a zone at a time. Making one takes milliseconds. */
function offsetsIn(zone: string): OffsetAt {
  let known = offsets.get(zone)
  if (!known) {
    const minutes = zoneOffsets(zone)
    offsets.set(zone, (known = time => minutes(toMillis(time)) * MINUTE))
  }
  return known
}

/** The finest step, not finer than `least`, with at most `most` windows from one time to another. */
export function stepOver(
  from: Micros,
  to: Micros,
  most: number,
  least: CalendarStep = 'minute'
): CalendarStep {
  return (
    STEPS.slice(STEPS.indexOf(least)).find(step => (to - from) / LENGTHS[step] <= most) ??
    STEPS[STEPS.length - 1]!
  )
}

/** Steps whose windows are parts of those of the next one. */
const NESTED = ['minute', '15 minutes', 'hour', 'day', 'month'] as const
type NestedStep = (typeof NESTED)[number]

/** So many windows are counted in before they become longer. */
const MANY_WINDOWS = 2000

/**
 * Windows that are the longer the more time has been asked about, from `least` on: what is counted in them fills few windows,
 * however long a log is. All of them lie within those of `nestedStepOver` the whole time.
 */
export function growingWindows(least: NestedStep, zone: string): Windowing {
  let [first, last] = [Infinity, -Infinity]
  let step: CalendarStep = least
  let windows = windowsIn(step, zone)
  return time => {
    if (time < first || time > last) {
      first = Math.min(first, time)
      last = Math.max(last, time)
      const fitting = nestedStepOver(first, last, least)
      if (fitting !== step) windows = windowsIn((step = fitting), zone)
    }
    return windows(time)
  }
}

/** The longest step of `growingWindows` over all times from one to another. */
export function nestedStepOver(from: Micros, to: Micros, least: NestedStep): NestedStep {
  const steps = NESTED.slice(NESTED.indexOf(least))
  return steps.find(step => (to - from) / LENGTHS[step] <= MANY_WINDOWS) ?? 'month'
}

type OffsetAt = (time: Micros) => Micros

/** The hour on the wall; half of one where clocks are set by half an hour. */
function hourOf(time: Micros, offsetAt: OffsetAt): Window {
  const offset = offsetAt(time)
  const from = windowOf(time + offset, HOUR) - offset
  const to = from + HOUR
  const first = offsetAt(from) === offset ? from : firstQuarter(from, time, at => offsetAt(at) === offset)
  const last = offsetAt(to - 1) === offset ? to : firstQuarter(time, to, at => offsetAt(at) !== offset)
  return { from: first, to: last }
}

/** Whole days of the calendar. */
function daysOf(time: Micros, step: CalendarStep, offsetAt: OffsetAt): Window {
  const dayAt = (at: Micros): number => Math.floor((at + offsetAt(at)) / DAY)
  const [first, next] = unitOfDay(dayAt(time), step)
  const startOf = (day: number): Micros => {
    // No zone is more than 14 hours away from UTC.
    const about = day * DAY
    return firstQuarter(about - 15 * HOUR, about + 15 * HOUR, at => dayAt(at) >= day)
  }
  return { from: startOf(first), to: startOf(next) }
}

/** The first day, counted from 1970, of the week, month or year that a day is in, and that of the next. */
function unitOfDay(day: number, step: CalendarStep): [first: number, next: number] {
  if (step === 'day') return [day, day + 1]
  if (step === 'week') {
    // 1970 began on a Thursday.
    const monday = Math.floor((day + 3) / 7) * 7 - 3
    return [monday, monday + 7]
  }
  const date = new Date(toMillis(day * DAY))
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  return step === 'month'
    ? [dayOf(Date.UTC(year, month)), dayOf(Date.UTC(year, month + 1))]
    : [dayOf(Date.UTC(year, 0)), dayOf(Date.UTC(year + 1, 0))]
}

function dayOf(midnight: Millis): number {
  return Math.round(midnight / DAY_MS)
}

/** The first quarter of an hour after `from`, up to `to`, where something holds that goes on holding. */
function firstQuarter(from: Micros, to: Micros, holds: (time: Micros) => boolean): Micros {
  let [low, high] = [Math.floor(from / QUARTER), Math.ceil(to / QUARTER)]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (holds(middle * QUARTER)) high = middle
    else low = middle + 1
  }
  return low * QUARTER
}

/**
 * A time as the clock of a zone shows it: `2026-10-25 02:30:00`. @throws VisorError CONFIG for a zone that is unknown.
 */
export function clockIn(zone: string): (time: Micros) => string {
  const offsetAt = offsetsIn(zone)
  return time => {
    const local = new Date(toMillis(time + offsetAt(time)))
    return local.toISOString().slice(0, 19).replace('T', ' ')
  }
}
