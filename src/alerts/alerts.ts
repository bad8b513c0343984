import * as z from 'zod'
import { keyOf } from '../core/signal.ts'
import { SECOND_MS, type Millis } from '../core/time.ts'
import { isForgotten, pastData, type PastAlert } from './flap.ts'
import type { Changes, Saved } from './kept.ts'
import type { Evaluated } from './life.ts'
import type { Alert, EvaluationResult } from './model.ts'
import type { Rule } from './rules/index.ts'
import { Tracked } from './tracked.ts'

/** How often an alert is written of which only the value changes; and how many of them in one step. */
const REWRITE: Millis = 2 * SECOND_MS
const MAX_REWRITTEN = 20

/** How finely it is kept when an alert was bad last: that moves on with each look, and is found out anew. */
const BAD_STEP: Millis = 10 * SECOND_MS

/** What may change with each line while an alert fires: it is kept apart, since it is little. It may be of another version. */
const driftData = z.object({
  bad: z.number(),
  worst: z.number().optional(),
  evaluation: z.custom<EvaluationResult>()
})

/** What the ids of items begin with that hold this, or remember a key. Those of groups are keys. */
const DRIFT = 'drift '
const PAST = 'past '

/** Which alerts share their notifications: the rule, and the labels that it is grouped by. */
export function groupOf(
  { rule, labels }: Pick<Alert, 'rule' | 'labels'>,
  rules: ReadonlyMap<string, Rule>
): string {
  return keyOf([rule, ...(rules.get(rule)?.groupBy ?? []).map(field => labels[field] ?? '')])
}

/** The alerts that are not over and what is remembered of the others, with what of it is to be written. */
export class Alerts {
  readonly #rules: ReadonlyMap<string, Rule>
  /** By rule and key. */
  readonly #alerts = new Map<string, Map<string, Alert>>()
  readonly #pasts = new Map<string, Map<string, PastAlert>>()
  /** Those that fire, by group and key. */
  readonly #groups = new Map<string, Map<string, Alert>>()
  readonly #changed = new Map<string, Alert>()
  readonly #dropped = new Set<string>()
  /** By id, and by rule and key. */
  readonly #drifts: Tracked<z.output<typeof driftData>>
  readonly #remembered: Tracked<PastAlert>
  /** Alerts of which only the value changed since they were written, and when all were. */
  readonly #drifting = new Map<string, Alert>()
  readonly #written = new Map<string, number>()

  constructor(rules: ReadonlyMap<string, Rule>, { alerts, groups }: Pick<Saved, 'alerts' | 'groups'>) {
    this.#rules = rules
    this.#drifts = new Tracked(driftData, groups, DRIFT)
    this.#remembered = new Tracked(pastData, groups, PAST)
    for (const alert of alerts) {
      const { worst = alert.worst, ...value } = this.#drifts.get(alert.id) ?? {}
      this.#index({ ...alert, ...value, ...(worst !== undefined && { worst }) })
    }
    for (const past of this.#remembered.values()) ofRule(this.#pasts, past.rule).set(past.key, past)
  }

  get(rule: string, key: string): Alert | undefined {
    return this.#alerts.get(rule)?.get(key)
  }

  ofRule(rule: string): Alert[] {
    return [...(this.#alerts.get(rule)?.values() ?? [])]
  }

  count(rule: string): number {
    return this.#alerts.get(rule)?.size ?? 0
  }

  all(): Alert[] {
    return Array.from(this.#alerts.values(), alerts => [...alerts.values()]).flat()
  }

  withId(id: string): Alert | undefined {
    return this.all().find(alert => alert.id === id)
  }

  /** Those of a group that fire. */
  inGroup(group: string): Alert[] {
    return [...(this.#groups.get(group)?.values() ?? [])]
  }

  /** The groups in which an alert fires, of one rule or of all. */
  groups(rule?: string): string[] {
    if (rule === undefined) return [...this.#groups.keys()]
    return [
      ...new Set(
        this.ofRule(rule)
          .filter(isFiring)
          .map(alert => groupOf(alert, this.#rules))
      )
    ]
  }

  past(rule: string, key: string): PastAlert | undefined {
    return this.#pasts.get(rule)?.get(key)
  }

  /** Whether an evaluation belongs to an alert that is over: none begins before its end. */
  isOver({ rule, key, at }: Pick<Evaluated, 'rule' | 'key' | 'at'>): boolean {
    return at <= (this.past(rule.name, key)?.bad ?? -Infinity)
  }

  pastsOf(rule: string): PastAlert[] {
    return [...(this.#pasts.get(rule)?.values() ?? [])]
  }

  pasts(): PastAlert[] {
    return [...this.#remembered.values()]
  }

  /** An alert as it is from now on; one that is resolved is over. */
  put(alert: Alert): void {
    const { id, phase, bad, worst, evaluation } = alert
    const before = this.get(alert.rule, alert.key)
    this.#index(alert)
    if (!before || differ(markedOf(before), markedOf(alert))) {
      this.#changed.set(id, alert)
      this.#drifting.delete(id)
    } else if (differ(valueOf(before), valueOf(alert))) this.#drifting.set(id, alert)
    else if (Math.floor(before.bad / BAD_STEP) === Math.floor(bad / BAD_STEP)) return
    if (before) this.#drifts.put(id, phase === 'resolved' ? undefined : { bad, worst, evaluation })
  }

  /** One that was pending is not any more. */
  drop(alert: Alert): void {
    this.#unindex(alert)
    this.#changed.delete(alert.id)
    this.#dropped.add(alert.id)
    this.#drifts.put(alert.id, undefined)
  }

  remember(past: PastAlert): void {
    ofRule(this.#pasts, past.rule).set(past.key, past)
    this.#remembered.put(keyOf([past.rule, past.key]), past)
  }

  /** Forgets what nothing depends on. */
  forget(now: Millis, maxLateness: Millis): void {
    for (const past of this.pasts()) {
      if (!isForgotten(past, now, maxLateness)) continue
      this.#pasts.get(past.rule)?.delete(past.key)
      this.#remembered.put(keyOf([past.rule, past.key]), undefined)
    }
  }

  /** What is to be written since it was last asked for. */
  changes(now: Millis): Pick<Changes, 'alerts' | 'dropped' | 'groups'> {
    const alerts = [...this.#changed.values(), ...this.#stale(now)]
    for (const { id, phase } of alerts) {
      this.#drifting.delete(id)
      if (phase === 'resolved') this.#written.delete(id)
      else this.#written.set(id, now)
    }
    for (const id of this.#dropped) {
      this.#drifting.delete(id)
      this.#written.delete(id)
    }
    const dropped = [...this.#dropped]
    this.#changed.clear()
    this.#dropped.clear()
    return { alerts, dropped, groups: [...this.#drifts.changes(), ...this.#remembered.changes()] }
  }

  /** Some alerts of which the value has changed since they were written, and that was a while ago. */
  #stale(now: Millis): Alert[] {
    const stale: Alert[] = []
    for (const alert of this.#drifting.values()) {
      if (stale.length === MAX_REWRITTEN) break
      if (now - (this.#written.get(alert.id) ?? -Infinity) >= REWRITE) stale.push(alert)
    }
    return stale
  }

  #index(alert: Alert): void {
    if (alert.phase === 'resolved') {
      this.#unindex(alert)
      return
    }
    ofRule(this.#alerts, alert.rule).set(alert.key, alert)
    if (isFiring(alert)) ofRule(this.#groups, groupOf(alert, this.#rules)).set(alert.key, alert)
  }

  #unindex(alert: Alert): void {
    this.#alerts.get(alert.rule)?.delete(alert.key)
    const group = groupOf(alert, this.#rules)
    this.#groups.get(group)?.delete(alert.key)
    if (this.#groups.get(group)?.size === 0) this.#groups.delete(group)
  }
}

export function isFiring({ phase }: Alert): boolean {
  return phase === 'firing'
}

/** What makes an alert to be written at once, and what changes as it goes on. */
function markedOf({ id, phase, good, unknown, acknowledged, flapping, evidence }: Alert): readonly unknown[] {
  return [id, phase, good, unknown, acknowledged, flapping, evidence]
}

function valueOf({ worst, evaluation }: Alert): readonly unknown[] {
  return [worst, evaluation.state, evaluation.value, evaluation.summary]
}

function differ(before: readonly unknown[], after: readonly unknown[]): boolean {
  return before.some((value, i) => value !== after[i])
}

function ofRule<Of>(all: Map<string, Map<string, Of>>, rule: string): Map<string, Of> {
  const found = all.get(rule) ?? new Map<string, Of>()
  all.set(rule, found)
  return found
}
