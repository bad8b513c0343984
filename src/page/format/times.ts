import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Millis } from '../../core/time.ts'

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23'
})
const minute = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const date = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })
const month = new Intl.DateTimeFormat(undefined, { month: 'short', year: 'numeric' })
const full = new Intl.DateTimeFormat(undefined, {
  dateStyle: 'medium',
  timeStyle: 'medium',
  hourCycle: 'h23'
})

/** The browser's time zone, by name and by its offset now: `Europe/Berlin, UTC+01:00`. */
export function zone(now: Millis): string {
  const { timeZone } = clock.resolvedOptions()
  if (timeZone === 'UTC') return timeZone
  const part = new Intl.DateTimeFormat('en', { timeZoneName: 'longOffset' })
    .formatToParts(now)
    .find(({ type }) => type === 'timeZoneName')
  const offset = (part?.value ?? '').replace('GMT', 'UTC')
  return `${timeZone}, ${offset}`
}

/** `14:03:59` on the day of `now`, with the date on another. */
export function shortTime(time: Millis, now: Millis): string {
  return day.format(time) === day.format(now) && Math.abs(now - time) < DAY_MS
    ? clock.format(time)
    : full.format(time)
}

export function dateAndTime(time: Millis): string {
  return full.format(time)
}

/** A bucket of a timeline: `14:03:30 – 14:04:00`, with the date where buckets or periods are long. */
export function span(from: Millis, length: Millis, dated: boolean): string {
  if (length >= DAY_MS)
    return length === DAY_MS ? date.format(from) : `${date.format(from)} – ${date.format(from + length - 1)}`
  const time = length < MINUTE_MS ? clock : minute
  const text = `${time.format(from)} – ${time.format(from + length)}`
  return dated ? `${day.format(from)}, ${text}` : text
}

/** Label of an axis whose ticks are `step` apart: the month with its year, the date at midnight, else the time. */
export function tick(time: Millis, step: Millis): string {
  if (step >= 28 * DAY_MS) return month.format(time)
  const at = new Date(time)
  if (step >= DAY_MS || (at.getHours() === 0 && at.getMinutes() === 0 && at.getSeconds() === 0))
    return day.format(time)
  return (step < MINUTE_MS ? clock : minute).format(time)
}

const STEPS: readonly [size: Millis, name: string][] = [
  [DAY_MS, 'd'],
  [HOUR_MS, 'h'],
  [MINUTE_MS, 'min'],
  [SECOND_MS, 's']
]

/** A length of time in its largest whole unit: `30 s`, `2 h`. */
export function length(span: Millis): string {
  const [size, name] = STEPS.find(([size]) => span >= size) ?? [SECOND_MS, 's']
  return `${Math.round(span / size)} ${name}`
}
