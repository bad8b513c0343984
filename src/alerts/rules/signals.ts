import type { Signal } from '../../core/signal.ts'
import { HOUR, MINUTE, SECOND, toMicros, type Micros } from '../../core/time.ts'
import { fieldInfo } from '../../derived/index.ts'
import type { Query } from '../../query/index.ts'
import type { Memory } from '../memory.ts'
import type { Rule } from './kind.ts'
import { kindsOf } from './passing.ts'

/** Lengths that cells of signals have, longest first. */
const STEPS = [60, 30, 10, 5, 2, 1].map(seconds => seconds * SECOND)

/** How many keys one step of reading carries, where a rule has several. */
const MAX_KEYS = 1000

/** How many lines of a key are shown. */
const MAX_LINES = 5

/** The length of a rule's window of event time. */
export function lengthOf({ window }: Pick<Rule, 'window'>): Micros {
  return toMicros(window)
}

/** The longest cells of which at least `count` make up a window; of a second where there are none. */
export function stepOf(window: Micros, count: number): Micros {
  return STEPS.find(step => window % step === 0 && window >= count * step) ?? SECOND
}

/** The name of a rule's signal: `RULE/PART`, or `RULE` alone for its first. */
export function partOf({ name }: Pick<Rule, 'name'>, part: string): string {
  return part === '' ? name : `${name}/${part}`
}

/**
 * The signal of a rule that is named `RULE`, or `RULE/PART`: all lines that the rule looks at, by its keys, in cells of which
 * 60 make up its window. It remembers the window, and before it what `usually` looks at.
 */
export function signalOf(rule: Rule, part: string, more: Partial<Signal<Query>> = {}): Signal<Query> {
  const window = lengthOf(rule)
  return {
    name: partOf(rule, part),
    where: rule.where,
    by: rule.by,
    step: stepOf(window, 60),
    fine: window,
    back: window + Math.max(HOUR, window) + MINUTE,
    limit: rule.by.length === 0 ? 1 : MAX_KEYS,
    lines: part === '' ? MAX_LINES : 0,
    ...more
  }
}

/** Fields whose shares among the lines of a rule are evidence, those of its keys left out. */
const FACETS = ['client', 'path', 'agent', 'vhost', 'signature'] as const

/** How many values of a facet one step of reading carries. */
const MAX_VALUES = 20

/**
 * The first signal of a rule, with what it has besides, other ones, and those that show whose share grew among the lines of
 * the first: `RULE/client` and so on.
 */
export function signalsWith(
  rule: Rule,
  first: Partial<Signal<Query>> = {},
  others: readonly Signal<Query>[] = []
): Signal<Query>[] {
  const main = signalOf(rule, '', first)
  const { where, step } = main
  const kinds = kindsOf(where)
  const exists = (field: string): boolean =>
    fieldInfo(field)?.kinds.some(kind => kinds.includes(kind)) ?? false
  const facets = FACETS.filter(
    field => exists(field) && !rule.by.includes(field) && field !== main.value?.field
  )
  return [
    main,
    ...others,
    ...facets.map(field =>
      signalOf(rule, field, { where, step, limit: MAX_VALUES, value: { field, as: 'text' } })
    )
  ]
}

/** How many lines of a key its rule has found in the window that ends before `at`. */
export function windowCount(
  rule: Pick<Rule, 'name' | 'window'>,
  memory: Memory,
  key: string,
  at: Micros
): number {
  return memory.sum(rule.name, key, at - lengthOf(rule), at).count
}
