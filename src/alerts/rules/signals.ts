import { fieldInfo } from '../../derived/index.ts'
import type { Rule } from './kind.ts'
import { kindsOf } from './passing.ts'
import type { Signal } from '../../core/signal.ts'
import type { Query } from '../../query/index.ts'

export const SECOND = 1e6
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** Lengths that cells of signals have, longest first. */
const STEPS = [60, 30, 10, 5, 2, 1].map(seconds => seconds * SECOND)

/** How many keys one step of reading carries, where a rule has several. */
const KEYS = 1000

/** How many lines of a key are shown. */
const LINES = 5

/** The length of a rule's window in microseconds. */
export function lengthOf({ window }: Pick<Rule, 'window'>): number {
  return window * 1000
}

/** The longest cells of which at least `least` make up a window; of a second where there are none. */
export function stepOf(window: number, least: number): number {
  return STEPS.find(step => window % step === 0 && window >= least * step) ?? SECOND
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
    limit: rule.by.length === 0 ? 1 : KEYS,
    lines: part === '' ? LINES : 0,
    ...more
  }
}

/** Fields whose shares among the lines of a rule are told, those of its keys left out. */
const FACETS = ['client', 'path', 'agent', 'vhost', 'signature'] as const

/** How many values of a facet one step of reading carries. */
const VALUES = 20

/** The signals that tell whose share grew among the lines of another one: `RULE/client` and so on. */
export function facets(rule: Rule, { where, step }: Signal<Query>): Signal<Query>[] {
  const kinds = kindsOf(where)
  const told = (field: string): boolean => fieldInfo(field)?.kinds.some(kind => kinds.includes(kind)) ?? false
  return FACETS.filter(field => told(field) && !rule.by.includes(field)).map(field =>
    signalOf(rule, field, { where, step, limit: VALUES, value: { field, as: 'text' } })
  )
}
