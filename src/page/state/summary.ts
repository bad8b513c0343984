import { effect, signal } from '@preact/signals'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import type { Period, Summary } from '../../server/api-types.ts'
import { fittingPeriod, PERIOD_CHOICES } from '../format/periods.ts'
import { addressed, keepAddress } from './address.ts'
import { status } from './live.ts'
import { getAnswer, type PageCall } from './ask.ts'
import { poll } from './poll.ts'

/** The period shown; it stands in the address (`?period=1h`), so that it can be bookmarked and survives a reload. */
export const period = signal<Period>(addressedPeriod() ?? '15m')

/** How long after it was read a line may take until every summary has it: it has to be stored first. */
const STORING: Millis = 3 * SECOND_MS

/** Counts how often lines have had the time to be stored. */
const stored = signal(0)

/**
 * The newest analysis of the chosen period, asked anew with each status: often while lines come, and seldom while none
 * do, since periods end now.
 */
export const { answer: summary, failure } = poll<Summary>(() => {
  void stored.value
  const key = period.value
  const load = (call: PageCall): Promise<Summary> =>
    getAnswer('summary', new URLSearchParams({ period: key }), call)
  return status.value && { key, load }
}, SECOND_MS)

/** Whether the period was chosen, by the address or by what there is to show. */
let chosen = addressedPeriod() !== undefined

function addressedPeriod(): Period | undefined {
  const wanted = addressed('period')
  return PERIOD_CHOICES.find(choice => choice.period === wanted)?.period
}

/** Keeps the address up to date, and the summary once the last lines are stored. */
export function followSummary(): void {
  let lines: number | undefined
  let timer: number | undefined
  effect(() => keepAddress('period', period.value))
  addEventListener('popstate', () => (period.value = addressedPeriod() ?? period.peek()))
  effect(() => {
    choose()
    const read = status.value?.counters.read
    if (read === lines) return
    lines = read
    clearTimeout(timer)
    timer = window.setTimeout(() => stored.value++, STORING)
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
