import { parseDuration } from '../../core/duration.ts'
import { VisorError } from '../../core/errors.ts'
import { windowsIn } from '../../core/steps.ts'
import { toMicros, type Micros, type Millis } from '../../core/time.ts'
import { timeAtClock, zoneOffsets } from '../../core/zone.ts'
import type { Window } from '../../core/window.ts'
import { lastWhole } from '../../reports/schedule.ts'

/** Which period of a store is meant, as the command line has it. */
export interface SpanOptions {
  readonly last?: string | undefined
  readonly from?: string | undefined
  readonly to?: string | undefined
}

const WHOLE = ['hour', 'day', 'week', 'month'] as const

/** The period that is meant, in a zone. @throws VisorError USAGE */
export function spanIn({ last, from, to }: SpanOptions, zone: string, now: Millis): Window {
  if (last !== undefined && (from ?? to) !== undefined)
    throw new VisorError('USAGE', '--last does not go together with --from and --to')
  if (last !== undefined) return lastIn(last, zone, now)
  if (from === undefined) throw new VisorError('USAGE', '--to goes with --from')
  const span = {
    from: timeIn('from', from, zone, now),
    to: to === undefined ? toMicros(now) : timeIn('to', to, zone, now)
  }
  if (span.from < span.to) return span
  throw new VisorError('USAGE', `--from ${from} is not before ${to === undefined ? 'now' : `--to ${to}`}`)
}

function lastIn(text: string, zone: string, now: Millis): Window {
  const whole = WHOLE.find(name => name === text)
  if (whole) {
    const { from, to } = lastWhole(whole, zone, now)
    return { from: toMicros(from), to: toMicros(to) }
  }
  const span = parseDuration(text)
  if (span !== undefined && span > 0) return { from: toMicros(now - span), to: toMicros(now) }
  throw new VisorError(
    'USAGE',
    `--last: expected a span such as 30m, 24h or 7d, or one of ${WHOLE.join(', ')} for the last whole one, not ${text}`
  )
}

const DAYS: Readonly<Record<string, number>> = { today: 0, yesterday: -1 }

const LOCAL = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?))?$/

/** A time as people write it: of the zone where it names none; a day is its first moment. */
function timeIn(option: string, text: string, zone: string, now: Millis): Micros {
  if (text === 'now') return toMicros(now)
  const days = DAYS[text]
  if (days !== undefined) {
    const day = windowsIn('day', zone)
    const today = day(toMicros(now))
    return days === 0 ? today.from : day(today.from - 1).from
  }
  const [, date, clock = '00:00'] = LOCAL.exec(text) ?? []
  const local = Date.parse(`${date}T${clock}Z`)
  const isReal = date !== undefined && new Date(local).toISOString().startsWith(date)
  const time = date === undefined ? Date.parse(text) : isReal ? local : NaN
  if (Number.isNaN(time))
    throw new VisorError(
      'USAGE',
      `--${option}: expected a time such as 2026-01-31, "2026-01-31 08:00", 2026-01-31T08:00:00Z, today or yesterday, not ${text}`
    )
  if (date === undefined) return toMicros(time)
  return toMicros(timeAtClock(time, zoneOffsets(zone)))
}
