import type { DuckDBConnection } from '@duckdb/node-api'
import { DAY, DAY_MS, HOUR, MINUTE, toMicros, toMillis, type Micros } from '../../core/time.ts'
import { offsetSpans, timeAtClock, zoneOffsets } from '../../core/zone.ts'
import type { TIME_STEPS } from '../../query/index.ts'
import { select, whole } from '../sql.ts'

/** A step of time of a zone, as SQL over table `events e`. */
export interface StepSql {
  /** What lines of the same step share, a number that grows with the time. */
  readonly sql: string
  /** When such a step begins. */
  start(this: void, key: number): Micros
}

/** The steps of a zone that lines are grouped by. */
export async function zonedSteps(
  connection: DuckDBConnection,
  zone: string
): Promise<(step: keyof typeof TIME_STEPS) => StepSql> {
  const spans = zone === 'UTC' ? [] : await spansOf(connection, zone)
  return step => {
    if (spans.length === 0 || step === 'minute') return { sql: stepSql(SIZES[step]), start: key => key }
    const byTime = (value: (span: Shift) => string): string => caseSql(spans, value)
    const shift = byTime(({ shift }) => whole(shift))
    const size = whole(SIZES[step])
    const local = `(epoch_us(e.time) + ${shift})`
    const floor = `(${local} // ${size} - (${local} % ${size} < 0)::int)`
    // A day is as long as it is; an hour that clocks cut begins where they do.
    if (step === 'day')
      return { sql: floor, start: day => toMicros(timeAtClock(day * DAY_MS, zoneOffsets(zone))) }
    return {
      sql: `greatest(${floor} * ${size} - ${shift}, ${byTime(({ from }) => whole(from))})`,
      start: key => key
    }
  }
}

const SIZES = { minute: MINUTE, hour: HOUR, day: DAY } as const

interface Shift {
  readonly from: Micros
  readonly shift: Micros
}

/** How far the zone is from UTC while there are lines. */
async function spansOf(connection: DuckDBConnection, zone: string): Promise<Shift[]> {
  const [row] = await select(
    connection,
    'select epoch_us(min(time))::double, epoch_us(max(time))::double from events'
  )
  const [first, last] = (row ?? []).map(Number)
  return offsetSpans(zone, toMillis(first ?? 0), toMillis((last ?? 0) + 1)).map(({ from, minutes }) => ({
    from: from === -Infinity ? Number.MIN_SAFE_INTEGER : toMicros(from),
    shift: minutes * MINUTE
  }))
}

function caseSql(spans: readonly Shift[], value: (span: Shift) => string): string {
  const [first, ...more] = spans
  if (!first || more.length === 0) return first ? value(first) : '0'
  const cases = more
    .toReversed()
    .map(span => `when epoch_us(e.time) >= ${whole(span.from)} then ${value(span)}`)
  return `case ${cases.join(' ')} else ${value(first)} end`
}

/** The start of a line's step of UTC. */
export function stepSql(step: Micros): string {
  const size = whole(step)
  return `(epoch_us(e.time) // ${size} - (epoch_us(e.time) % ${size} < 0)::int) * ${size}`
}
