import { Cron } from 'croner'
import { SECOND_MS, type Clock, type Millis } from '../core/time.ts'

/** How often a schedule runs: every so long, counted from 1970 UTC, or by a cron pattern in a zone (the machine's when absent). */
export type Recurrence =
  | { readonly every: Millis }
  | { readonly cron: string; readonly zone?: string | undefined }

/** The times at which a schedule runs, for ever. */
export interface Dates {
  /** The first one after a time. */
  next(after: Millis): Millis
  /** The last one at or before a time. */
  last(until: Millis): Millis
}

/** From when to when, the end not included. */
export interface Interval {
  readonly from: Millis
  readonly to: Millis
}

/** What a report is about: the time since the date before, or the last whole hour, day, week (from Monday on) or month of the zone. */
export const PERIODS_REPORTED = ['interval', 'hour', 'day', 'week', 'month'] as const
export type ReportedPeriod = (typeof PERIODS_REPORTED)[number]

/** When whole periods begin. A day that has no midnight begins with the first moment that it has. */
const BEGINNINGS: Readonly<Record<Exclude<ReportedPeriod, 'interval'>, string>> = {
  hour: '0 * * * *',
  day: '0 0 * * *',
  week: '0 0 * * 1',
  month: '0 0 1 * *'
}

/** Dates that were not kept, one after the other. */
export interface MissedDates {
  readonly first: Millis
  readonly last: Millis
  /** At least so many: it is counted to 10,000. */
  readonly count: number
  /** Visor did not run, or the reports before took too long. */
  readonly why: 'down' | 'behind'
}

/** What is to be done about a schedule now. */
export interface Turn {
  /** The date whose report is to be made. */
  readonly due?: Millis
  /** Those before it that will never be. */
  readonly missed: readonly MissedDates[]
}

const MAX_COUNTED = 10_000

/** How many dates of the time that Visor runs may wait for each other: more come at once only after it was busy for long. */
const MAX_WAITING = 3

/**
 * The dates of a timing. In a night in which clocks are set, a pattern of fixed times (`30 2 * * *`) has each of its dates exactly
 * once: one that is skipped comes with the first moment after the gap, one that is there twice comes the first time. Patterns
 * with `*` in minutes or hours follow the hours that there are.
 * @throws RangeError for a pattern that cannot be read, or has no dates
 */
export function datesOf(timing: Recurrence): Dates {
  if ('every' in timing) {
    const { every } = timing
    return {
      next: after => (Math.floor(after / every) + 1) * every,
      last: until => Math.floor(until / every) * every
    }
  }
  const pattern = cronOf(timing.cron, timing.zone)
  return {
    next: after => dateOf(timing.cron, pattern.nextRun(new Date(after))),
    last: until => {
      // The pattern counts in whole seconds, and looks for what is before.
      const second = (Math.floor(until / SECOND_MS) + 1) * SECOND_MS
      return dateOf(timing.cron, pattern.previousRuns(1, new Date(second))[0])
    }
  }
}

function cronOf(cron: string, zone: string | undefined): Cron {
  try {
    return new Cron(cron, {
      paused: true,
      mode: '5-part',
      fixedTimeRule: 'no-wildcard',
      ...(zone !== undefined && { timezone: zone })
    })
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error)
    throw new RangeError(`${JSON.stringify(cron)} is no cron pattern: ${why}`, { cause: error })
  }
}

function dateOf(cron: string, date: Date | null | undefined): Millis {
  if (date) return date.getTime()
  throw new RangeError(`${JSON.stringify(cron)} never comes`)
}

/** The last whole period of a zone that was over at a time. */
export function lastWhole(
  period: Exclude<ReportedPeriod, 'interval'>,
  zone: string | undefined,
  before: Millis
): Interval {
  const beginnings = datesOf({ cron: BEGINNINGS[period], zone })
  const to = beginnings.last(before)
  return { from: beginnings.last(to - 1), to }
}

/** What the report of a date is about. */
export function intervalOf(
  dates: Dates,
  period: ReportedPeriod,
  zone: string | undefined,
  date: Millis
): Interval {
  return period === 'interval' ? { from: dates.last(date - 1), to: date } : lastWhole(period, zone, date)
}

/**
 * What is to be done at a time. After a time in which Visor did not run, the newest date alone is due, and those before it are
 * missed; what comes due while it runs is done in turn, at most three dates late.
 * @param handled the last date that was done or missed
 * @param started since when Visor runs
 */
export function turnOf(dates: Dates, handled: Millis, started: Millis, now: Millis): Turn {
  let due = dates.last(now)
  if (due <= handled) return { missed: [] }
  for (let waiting = 1; waiting < MAX_WAITING; waiting++) {
    const before = dates.last(due - 1)
    if (before <= Math.max(handled, started)) break
    due = before
  }
  const running = Math.min(due, dates.next(Math.max(handled, started)))
  const spans = [
    { why: 'down', after: handled, before: running },
    { why: 'behind', after: Math.max(handled, dates.last(running - 1)), before: due }
  ] as const
  return { due, missed: spans.flatMap(({ why, after, before }) => missedOf(dates, after, before, why)) }
}

/** The dates between two times, both not included. */
function missedOf(dates: Dates, after: Millis, before: Millis, why: MissedDates['why']): MissedDates[] {
  const first = dates.next(after)
  if (first >= before) return []
  let count = 1
  for (let date = dates.next(first); date < before && count < MAX_COUNTED; date = dates.next(date)) count++
  return [{ first, last: dates.last(before - 1), count, why }]
}

/** The next dates, for people who look at a schedule. */
export function nextDates(dates: Dates, count: number, clock: Clock): Millis[] {
  const found = [dates.next(clock())]
  while (found.length < count) found.push(dates.next(found.at(-1) ?? 0))
  return found
}
