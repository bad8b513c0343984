import { DAY_MS, MINUTE_MS, type Millis } from '../../core/time.ts'
import type { Alert, Occasion } from '../model.ts'
import type { Flow, Thread } from './flow.ts'

/** How long after a notification of new alerts the next one comes at the earliest, while they keep coming. */
const GROUP_INTERVALS: readonly Millis[] = [MINUTE_MS, 2 * MINUTE_MS, 5 * MINUTE_MS]

/** How many resolved alerts wait for the next notification. */
const MAX_RESOLVED = 100

export const NEW_THREAD: Thread = {
  start: '',
  serial: 0,
  notified: [],
  resolved: [],
  notBefore: 0,
  pause: 0,
  repeatAt: 0,
  repeatAfter: 0
}

/** Stage: finds the alerts that the receiver was not notified of. */
export function deduplication(flow: Flow): Flow {
  const { alerts, thread } = flow
  const news = alerts.filter(({ alert, suppressed }) => !suppressed && !thread.notified.includes(alert.id))
  return { ...flow, news: news.map(({ alert }) => alert) }
}

/**
 * Stage: alerts of a group come together. The first is notified of at once, more of them after a pause that grows while they
 * keep coming, reminders at intervals that double, and the end once all are resolved.
 */
export function grouping(flow: Flow): Flow {
  const { thread, alerts, news, now, rule: { repeatInterval = 0 } = {} } = flow
  const occasion = occasionOf(flow, repeatInterval)
  if (!occasion) return isOver(flow) ? { ...flow, thread: { ...thread, notified: [], resolved: [] } } : flow
  const known = alerts.filter(
    ({ alert, suppressed }) =>
      thread.notified.includes(alert.id) &&
      (!suppressed || (suppressed === 'acknowledged' && occasion !== 'reminder'))
  )
  const firing = [...news, ...known.map(({ alert }) => alert)]
  const resolved = new Set(thread.resolved.map(({ id }) => id))
  const notified = occasion === 'resolved' ? [] : thread.notified.filter(id => !resolved.has(id))
  const pause = occasion === 'more' ? nextPause(thread, now) : 0
  const repeatAfter = repeatAfterOf(thread, occasion, repeatInterval)
  const after: Thread = {
    ...thread,
    start: thread.start || (firing[0] ?? thread.resolved[0])?.id || '',
    notified: [...notified, ...news.map(({ id }) => id)],
    resolved: [],
    ...(news.length > 0 && { notBefore: now + (GROUP_INTERVALS[pause] ?? 0), pause }),
    repeatAt: now + repeatAfter,
    repeatAfter
  }
  return { ...flow, thread: after, pending: { occasion, firing, resolved: thread.resolved } }
}

function occasionOf(flow: Flow, repeatInterval: Millis): Occasion | undefined {
  const { thread, alerts, unsilenced, now } = flow
  const news = flow.news.length > 0
  if (alerts.some(({ alert, suppressed }) => !suppressed && unsilenced.has(alert.id))) return 'silence over'
  if (news && thread.notified.length === 0 && thread.resolved.length === 0) return 'fired'
  if (isOver(flow)) return thread.resolved.length > 0 ? 'resolved' : undefined
  const missed = thread.resolved.some(({ id }) => !thread.notified.includes(id))
  if ((news || missed) && now >= thread.notBefore) return 'more'
  const known = alerts.some(({ alert, suppressed }) => !suppressed && thread.notified.includes(alert.id))
  return known && repeatInterval > 0 && now >= thread.repeatAt ? 'reminder' : undefined
}

/** All that the receiver was notified of is resolved, and there is nothing new. */
function isOver({ thread: { notified, resolved }, alerts, news }: Flow): boolean {
  if (notified.length === 0 && resolved.length === 0) return false
  return news.length === 0 && !alerts.some(({ alert }) => notified.includes(alert.id))
}

/** The pause grows while new alerts keep coming, and is the shortest again when they do not. */
function nextPause({ notBefore, pause }: Thread, now: Millis): number {
  return now - notBefore > (GROUP_INTERVALS[pause] ?? 0) ? 0 : Math.min(pause + 1, GROUP_INTERVALS.length - 1)
}

function repeatAfterOf(
  { notified, repeatAfter }: Thread,
  occasion: Occasion,
  repeatInterval: Millis
): Millis {
  if (notified.length === 0) return repeatInterval
  return occasion === 'reminder' ? Math.max(repeatInterval, Math.min(2 * repeatAfter, DAY_MS)) : repeatAfter
}

/** What becomes of it when an alert is resolved; `notify`: whether the receiver is to be notified of that. */
export function withResolved(thread: Thread, alert: Alert, notify: boolean): Thread {
  if (!notify) return without(thread, alert)
  const resolved = [...thread.resolved, alert].slice(-MAX_RESOLVED)
  const lost = thread.resolved.filter(one => !resolved.includes(one)).map(({ id }) => id)
  return { ...thread, notified: thread.notified.filter(id => !lost.includes(id)), resolved }
}

/** The receiver was not notified of an alert after all, or of all of it elsewhere. The same object where it never was. */
export function without(thread: Thread, { id }: Alert): Thread {
  const notified = thread.notified.filter(known => known !== id)
  const resolved = thread.resolved.filter(other => other.id !== id)
  const same = notified.length + resolved.length === thread.notified.length + thread.resolved.length
  return same ? thread : { ...thread, notified, resolved }
}
