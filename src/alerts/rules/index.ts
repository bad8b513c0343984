import type { Signal } from '../../core/signal.ts'
import type { Micros } from '../../core/time.ts'
import type { Query } from '../../query/index.ts'
import type { Memory } from '../memory.ts'
import type { EvaluationResult } from '../model.ts'
import { absent } from './absent.ts'
import { cardinality, countRule } from './count.ts'
import { health } from './health.ts'
import type { EvaluationContext, Rule, RuleKind } from './kind.ts'
import { match } from './match.ts'
import { metric } from './metric.ts'
import { newValue } from './new.ts'
import { ratio } from './ratio.ts'
import { partOf } from './signals.ts'
import { spike } from './spike.ts'

export type { EvaluationContext, Rule, RuleKind } from './kind.ts'

/** All kinds of rules, the simplest first. A new one is written beside this, and a line here. */
export const RULES: readonly RuleKind[] = [
  match,
  countRule,
  ratio,
  metric,
  spike,
  absent,
  newValue,
  cardinality,
  health
]

/** @throws RangeError for a type that is none */
export function kindOf(type: string): RuleKind {
  const kind = RULES.find(({ name }) => name === type)
  if (!kind) throw new RangeError(`there is no rule of type ${type}`)
  return kind
}

/** What engines count for a rule; the first one is what it is about. */
export function signalsOf(rule: Rule): readonly Signal<Query>[] {
  return kindOf(rule.type).signals(rule)
}

/** The signals of a rule that show whose share grew: each one's only value is the field that it is named after. */
export function facetsOf(rule: Rule): readonly Signal<Query>[] {
  return signalsOf(rule).filter(
    ({ name, value }) => value?.as === 'text' && name === partOf(rule, value.field)
  )
}

/** The keys of a rule to be evaluated as time goes by. */
export function watchedOf(rule: Rule, known: EvaluationContext): Iterable<string> {
  return kindOf(rule.type).watched?.(rule, known) ?? []
}

/** Whether a key of a rule surely is not bad over the window that ends before `at`: a quick look before it is evaluated. */
export function isCalm(rule: Rule, memory: Memory, key: string, at: Micros): boolean {
  return kindOf(rule.type).calm?.(rule, memory, key, at) ?? false
}

/** Evaluates one key of a rule over the window that ends before `at` of event time. */
export function evaluate(rule: Rule, known: EvaluationContext, key: string, at: Micros): EvaluationResult {
  return kindOf(rule.type).evaluate(rule, known, key, at)
}
