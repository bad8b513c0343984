import { HOUR, toMillis, type Millis } from '../../core/time.ts'
import { windowOf } from '../../core/window.ts'
import { LINE_METRICS } from '../../metrics/classes.ts'
import type { Answers } from '../../store/index.ts'
import type { LogComparison } from './comparison.ts'

/** Lines by the hour, in the logs and as they are counted: what can be compared where lines are not kept. */
export interface CountDifference {
  /** Lines by which all hours together fall short. */
  readonly missing: number
  /** Those hours. */
  readonly hours: readonly { readonly time: Millis; readonly logged: number; readonly counted: number }[]
}

/** Compares how many lines there are of each hour with how many are counted. More than there are is no fault: pieces may be gone. */
export async function countsOf(
  comparison: LogComparison,
  answers: Pick<Answers, 'period'>,
  source: string
): Promise<CountDifference> {
  const logged = await comparison.dueByHour()
  if (logged.size === 0) return { missing: 0, hours: [] }
  const times = [...logged.keys()]
  const { timeline } = await answers.period({
    sources: source,
    from: String(toMillis(windowOf(Math.min(...times), HOUR))),
    to: String(toMillis(windowOf(Math.max(...times), HOUR) + HOUR)),
    metrics: LINE_METRICS,
    step: 'hour'
  })
  const counted = new Map<Millis, number>()
  for (const { time = 0, keys, other } of timeline)
    counted.set(time, (counted.get(time) ?? 0) + keys.reduce((sum, [, count]) => sum + count, other[0]))
  const hours = Array.from(logged, ([time, lines]) => ({
    time: toMillis(time),
    logged: lines,
    counted: counted.get(toMillis(time)) ?? 0
  })).filter(hour => hour.counted < hour.logged)
  return { missing: hours.reduce((sum, hour) => sum + hour.logged - hour.counted, 0), hours }
}
