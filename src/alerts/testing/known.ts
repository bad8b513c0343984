import { keyOf } from '../../core/signal.ts'
import { alertsOptions, rulesOf } from '../options.ts'
import { Memory } from '../memory.ts'
import { HEALTHY, type Health } from '../health.ts'
import type { EvaluationResult } from '../model.ts'
import { evaluate, signalsOf, type EvaluationContext, type Rule } from '../rules/index.ts'

/** A rule as a user writes it, without its name. */
export function ruleFrom(settings: object): Rule {
  const [rule] = rulesOf(alertsOptions.parse({ defaults: false, rules: { rule: settings } }))
  if (!rule) throw new Error('the rule is turned off')
  return rule
}

/** Lines that were counted: so many (one when absent) at a second, for a key's values, in a part of the rule. */
export interface Counted {
  readonly at: number
  readonly count?: number
  readonly sum?: number
  readonly key?: readonly string[]
  readonly part?: string
}

/** The memory of a rule, in which these lines are. */
export function remembered(rule: Rule, counted: readonly Counted[]): Memory {
  const signals = signalsOf(rule)
  const cells = new Memory(signals)
  const rows = counted.map(({ at, count = 1, sum = 0, key = [], part }) => {
    const metric = part === undefined ? rule.name : `${rule.name}/${part}`
    const step = signals.find(({ name }) => name === metric)?.step ?? 1e6
    const counts = { counts: Float64Array.of(count), sums: Float64Array.of(sum), otherCount: 0, otherSum: 0 }
    const window = Math.floor((at * 1e6) / step) * step
    return { window, source: 'web', metric, keys: [keyOf(key)], ...counts, sketch: undefined }
  })
  cells.add({ rows, lines: [], read: 0, counted: 0 })
  return cells
}

/** What a rule says at a second, of a key's values. */
export function evaluatedAt(
  rule: Rule,
  counted: readonly Counted[],
  second: number,
  key: readonly string[] = [],
  health: Health = HEALTHY
): EvaluationResult {
  const known: EvaluationContext = { memory: remembered(rule, counted), health }
  return evaluate(rule, known, keyOf(key), second * 1e6)
}

/** So many lines each second, from one second to before another. */
export function each(from: number, to: number, one: Omit<Counted, 'at'> = {}): Counted[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => ({ ...one, at: from + i }))
}
