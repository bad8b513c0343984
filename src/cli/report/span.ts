import { parseDuration } from '../../core/duration.ts'
import { VisorError } from '../../core/errors.ts'
import { toMicros, type Micros, type Millis } from '../../core/time.ts'
import type { Window } from '../../core/window.ts'
import { lastWhole } from '../../reports/schedule.ts'
import { timeOf } from '../times.ts'

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

/** @throws VisorError USAGE */
function timeIn(option: string, text: string, zone: string, now: Millis): Micros {
  const time = timeOf(text, zone, now)
  if (time !== undefined) return time
  throw new VisorError(
    'USAGE',
    `--${option}: expected a time such as 2026-01-31, "2026-01-31 08:00", 2026-01-31T08:00:00Z, today or yesterday, not ${text}`
  )
}
