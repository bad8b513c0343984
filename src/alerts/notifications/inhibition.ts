import type { Alerts } from '../alerts.ts'
import { labelsOf } from '../life.ts'
import type { Alert } from '../model.ts'
import type { Rule } from '../rules/index.ts'

/** Which alerts are not told of since another one that fires says more. */
export class Inhibition {
  readonly #rules: ReadonlyMap<string, Rule>
  readonly #alerts: Alerts
  /** Of each rule those while which it tells nobody. */
  readonly #inhibitedBy: ReadonlyMap<string, readonly string[]>

  constructor(rules: ReadonlyMap<string, Rule>, alerts: Alerts) {
    this.#rules = rules
    this.#alerts = alerts
    this.#inhibitedBy = new Map(
      Array.from(rules.values(), ({ name, inhibitedBy }) => [
        name,
        // Of rules that go in circles nobody would ever be told.
        inhibitedBy.filter(other => rules.has(other) && !reaches(rules, other, name))
      ])
    )
  }

  /** The rules whose alerts depend on those of a rule. */
  dependents(rule: string): string[] {
    return Array.from(this.#inhibitedBy).flatMap(([name, inhibitedBy]) =>
      inhibitedBy.includes(rule) ? [name] : []
    )
  }

  /**
   * The rule for which an alert is not told: one of its `inhibitedBy` that fires for the same. It counts for as long after its end
   * as the alert's own window may still have the lines that made both fire. `now` is the clock in milliseconds.
   */
  of({ rule, labels }: Alert, now: number): string | undefined {
    const window = this.#rules.get(rule)?.window ?? 0
    return this.#inhibitedBy
      .get(rule)
      ?.find(
        name =>
          this.#alerts.ofRule(name).some(other => other.phase === 'firing' && agree(other.labels, labels)) ||
          this.#alerts
            .pastsOf(name)
            .some(past => now - past.changed < window && agree(this.#labels(name, past.key), labels))
      )
  }

  #labels(rule: string, key: string): Readonly<Record<string, string>> {
    return labelsOf({ by: this.#rules.get(rule)?.by ?? [] }, key)
  }
}

/** Whether one rule depends on another, over however many others. */
function reaches(
  rules: ReadonlyMap<string, Rule>,
  from: string,
  to: string,
  seen = new Set<string>()
): boolean {
  if (from === to) return true
  if (seen.has(from)) return false
  seen.add(from)
  return (rules.get(from)?.inhibitedBy ?? []).some(next => reaches(rules, next, to, seen))
}

/** Whether the labels that both have are the same. */
function agree(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return Object.entries(a).every(([field, value]) => b[field] === undefined || b[field] === value)
}
