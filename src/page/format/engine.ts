import { SECOND_MS, type Millis } from '../../core/time.ts'
import type { WatchedEngine } from '../../server/api-types.ts'
import { bytesText, countText } from './numbers.ts'
import { length } from './times.ts'

export const STATES: Readonly<Record<WatchedEngine['state'], string>> = {
  starting: 'Starting',
  working: 'Working',
  waiting: 'Waiting for lines',
  failing: 'Failing'
}

type Amount = NonNullable<WatchedEngine['behind']>

/** `1,200 messages`, `3.40 MB`, or both; what is not known is left out, and so are no bytes beside messages. */
export function waitingText({ messages, bytes }: Amount): string {
  return [
    ...(messages === undefined ? [] : [`${countText(messages)} message${messages === 1 ? '' : 's'}`]),
    ...(bytes === undefined || (bytes === 0 && messages !== undefined) ? [] : [bytesText(bytes)])
  ].join(' and ')
}

/** How a lag that is known ends. */
export function outlookText(engine: WatchedEngine): string | undefined {
  const { behind = {}, catchUp, history, state } = engine
  const waits = (behind.messages ?? 0) + (behind.bytes ?? 0) > 0
  if (!waits) return waitingText(behind) === '' ? undefined : 'nothing waits'
  if (state === 'failing') return 'waits until the engine works again'
  if (keepsUp(engine)) return 'keeps up'
  if (catchUp !== undefined)
    return catchUp < SECOND_MS ? 'caught up in a moment' : `caught up in about ${length(catchUp)}`
  return isGrowing(history.messages) || isGrowing(history.bytes) ? 'growing' : undefined
}

/** Over how many seconds no more than a little may have waited where an engine keeps up. */
const KEEPING = 60

/** Whether no more waits, and has waited of late, than comes while a batch runs and the next one is made. */
function keepsUp({ behind = {}, batch, history }: WatchedEngine): boolean {
  if (!batch || behind.messages === undefined || (behind.bytes ?? 0) > 0) return false
  const most = Math.max(behind.messages, ...history.messages.slice(-KEEPING).map(value => value ?? 0))
  return most <= (batch.rowsPerSecond * (2 * batch.p50 + SECOND_MS)) / SECOND_MS
}

/** How many of the newest seconds are held against how many before them. */
const [NEWEST, BEFORE] = [10, 20]

/** Whether values by second have only grown of late: the least of the newest ones is beyond the most before. */
export function isGrowing(values: readonly (number | null)[]): boolean {
  const known = (from: number, to?: number): number[] =>
    values.slice(from, to).filter(value => value !== null)
  const [newest, before] = [known(-NEWEST), known(-NEWEST - BEFORE, -NEWEST)]
  return newest.length > 0 && before.length > 0 && Math.min(...newest) > Math.max(...before)
}

/** A failure is shown beside the engine at once, and to who looks elsewhere once it lasts. */
export const LASTING: Millis = 10 * SECOND_MS

/** An address to follow; `undefined` for what no link may lead to. */
export function webAddress(text: string | undefined): string | undefined {
  const url = text === undefined ? null : URL.parse(text)
  return url && ['http:', 'https:'].includes(url.protocol) ? url.href : undefined
}
