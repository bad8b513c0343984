import { effect, signal } from '@preact/signals'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import type { Period, Summary } from '../../server/api-types.ts'
import { fittingPeriod, PERIOD_CHOICES } from '../format/periods.ts'
import { addressed, keepAddress } from './address.ts'
import { status } from './live.ts'

/** The period shown; it stands in the address (`?period=1h`), so that it can be bookmarked and survives a reload. */
export const period = signal<Period>(addressedPeriod() ?? '15m')

/** The newest analysis of the chosen period; of the period before while the new one is under way. */
export const summary = signal<Summary | undefined>(undefined)

/** Why the last analysis did not come; `undefined` when it did. */
export const failure = signal<string | undefined>(undefined)

/** Shortest time between two requests, and the longest while no line comes, since periods end now. */
const MIN_PAUSE: Millis = SECOND_MS
const MAX_PAUSE: Millis = 10 * SECOND_MS

/** How long after it was read a line may take until every summary has it: it has to be stored first. */
const STORING: Millis = 3 * SECOND_MS

/** Whether the period was chosen, by the address or by what there is to show. */
let chosen = addressedPeriod() !== undefined
let asked: Period | undefined
let askedAt = -Infinity
let lines = -1
let linesAt = -Infinity
let pause = MIN_PAUSE
let underWay = false
let timer: number | undefined

function addressedPeriod(): Period | undefined {
  const wanted = addressed('period')
  return PERIOD_CHOICES.find(choice => choice.period === wanted)?.period
}

/** Keeps the address up to date. Asks anew when the period changes, and while lines come: at most once a second, less often of a slow server. */
export function followSummary(): void {
  effect(() => keepAddress('period', period.value))
  addEventListener('popstate', () => (period.value = addressedPeriod() ?? period.peek()))
  effect(() => {
    const read = status.value?.counters.read
    if (read === undefined) return
    if (read !== lines) linesAt = performance.now()
    lines = read
    choose()
    plan(period.value)
  })
}

/** Takes the period that fits, once, as soon as there is an event. */
function choose(): void {
  const now = status.value
  const latest = Math.max(...(now?.sources ?? []).map(source => source.latest ?? -Infinity))
  if (chosen || !now || latest === -Infinity) return
  chosen = true
  period.value = fittingPeriod(latest, now.now)
}

function plan(wanted: Period): void {
  const wait = wanted !== asked ? 0 : askedAt < linesAt + STORING ? pause : MAX_PAUSE
  clearTimeout(timer)
  timer = window.setTimeout(ask, Math.max(0, askedAt + wait - performance.now()))
}

function ask(): void {
  if (underWay || document.hidden) return
  underWay = true
  asked = period.peek()
  askedAt = performance.now()
  void load(asked).finally(() => {
    underWay = false
    pause = Math.max(MIN_PAUSE, 5 * (performance.now() - askedAt))
    plan(period.peek())
  })
}

async function load(wanted: Period): Promise<void> {
  try {
    const response = await fetch(`./api/summary?period=${wanted}`)
    const answer = await response.json()
    if (!response.ok) throw new Error(answer.error)
    if (period.peek() === wanted) summary.value = answer
    failure.value = undefined
  } catch (error) {
    failure.value = error instanceof Error ? error.message : String(error)
  }
}
