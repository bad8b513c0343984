import { createHash } from 'node:crypto'
import { valuesOf } from '../core/signal.ts'
import type { Alert, Evidence, Judgement, Transition } from './model.ts'
import type { Rule } from './rules/index.ts'

/** What a rule says of a key. */
export interface Judged {
  readonly rule: Rule
  readonly key: string
  readonly judgement: Judgement
  /** The end of the window that was judged, in microseconds of event time. */
  readonly end: number
  /** The start of its last cell in milliseconds: then it was so. */
  readonly at: number
}

type Said = Omit<Judged, 'end'>

/** One step in the life of an alert. */
export interface Step {
  /** The alert as it is now: the same object where nothing changed, absent where there is none (any more). */
  readonly alert?: Alert
  readonly transitions: readonly Pick<Transition, 'what' | 'says'>[]
}

/** How long an alert goes on of which nothing is known, in milliseconds of event time. */
const PATIENCE = 3_600_000

export const NO_EVIDENCE: Evidence = { lines: [], shares: [], errors: [] }

/**
 * What a judgement makes of a rule's alert of a key. Judgements may come out of order, since a source may lag behind others:
 * an alert is bad up to the latest moment at which it was judged so, whatever is said of earlier ones.
 */
export function step(alert: Alert | undefined, judged: Said): Step {
  if (!alert) return judged.judgement.state === 'bad' ? begun(judged) : { transitions: [] }
  if (judged.at < alert.bad) return { alert, transitions: [] }
  return alert.phase === 'pending' ? whilePending(alert, judged) : whileFiring(alert, judged)
}

/** Ends an alert whatever its rule says of it. */
export function ended(alert: Alert, at: number, says: string): Step {
  if (alert.phase === 'pending') return { transitions: [{ what: 'calmed', says }] }
  const judgement: Judgement = { ...alert.judgement, state: 'unknown', says }
  return over({ ...alert, judgement }, at)
}

function begun({ rule, key, judgement, at }: Said): Step {
  const { name, title, severity } = rule
  const alert: Alert = {
    id: `${name}-${hashOf(name, key, at)}`,
    rule: name,
    title,
    severity,
    key,
    labels: labelsOf(rule, key),
    phase: 'pending',
    since: at,
    bad: at,
    judgement,
    ...(judgement.value !== undefined && { worst: judgement.value }),
    evidence: NO_EVIDENCE,
    flapping: false
  }
  if (rule.for === 0) return fired(alert, at)
  return { alert, transitions: [{ what: 'pending', says: judgement.says }] }
}

function whilePending(alert: Alert, { rule, judgement, at }: Said): Step {
  const { state, says } = judgement
  if (state !== 'bad') return { transitions: [{ what: state === 'unknown' ? 'unknown' : 'calmed', says }] }
  const worse = bad(alert, judgement, at)
  return at - alert.since >= rule.for ? fired(worse, at) : { alert: worse, transitions: [] }
}

function whileFiring(alert: Alert, { rule, judgement, at }: Said): Step {
  const { good, unknown, ...rest } = alert
  switch (judgement.state) {
    case 'bad':
      // What it was judged at this moment before was made of less lines.
      return { alert: bad(at > alert.bad ? rest : alert, judgement, at), transitions: [] }
    case 'between':
      return { alert: { ...rest, judgement }, transitions: [] }
    case 'good': {
      const since = good ?? at
      const better = { ...rest, judgement, good: since }
      return at - since >= rule.keep ? over(better, at) : { alert: better, transitions: [] }
    }
    default: {
      const since = unknown ?? at
      if (at - since >= PATIENCE) return ended(rest, at, 'nothing is known any more')
      const { says } = judgement
      return {
        alert: { ...rest, judgement, unknown: since },
        transitions: unknown === undefined ? [{ what: 'unknown', says }] : []
      }
    }
  }
}

function bad(alert: Alert, judgement: Judgement, at: number): Alert {
  const worst = worseOf(alert.worst, judgement)
  return { ...alert, bad: at, judgement, ...(worst !== undefined && { worst }) }
}

/** The worse of what it was and what it is: on the side of the threshold on which it is bad. */
function worseOf(worst: number | undefined, { value, threshold }: Judgement): number | undefined {
  if (worst === undefined || value === undefined) return worst ?? value
  return value < threshold ? Math.min(worst, value) : Math.max(worst, value)
}

function fired(alert: Alert, at: number): Step {
  return {
    alert: { ...alert, phase: 'firing', fired: at },
    transitions: [{ what: 'fired', says: alert.judgement.says }]
  }
}

function over(alert: Alert, at: number): Step {
  return {
    alert: { ...alert, phase: 'resolved', resolved: at },
    transitions: [{ what: 'resolved', says: alert.judgement.says }]
  }
}

/** The fields of a rule's keys with their values of one key. */
export function labelsOf({ by }: Pick<Rule, 'by'>, key: string): Readonly<Record<string, string>> {
  const values = valuesOf(key)
  return Object.fromEntries(by.map((field, i) => [field, values[i] ?? '']))
}

/** A short hash of some values: safe in names of files and in headers, and always the same. */
export function hashOf(...values: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(values)).digest('hex').slice(0, 12)
}
