import { keyOf, valuesOf, type EvidenceLine, type Signal } from '../core/signal.ts'
import { HOUR, MINUTE, SECOND, toMicros, toMillis, type Micros } from '../core/time.ts'
import { windowOf } from '../core/window.ts'
import { parseQuery, termsOf, type Query, SERVER_STARTED } from '../query/index.ts'
import type { Memory } from './memory.ts'
import type { Alert, Evidence, Share } from './model.ts'
import { facetsOf, signalsOf, type Rule } from './rules/index.ts'

/** How many lines of each kind are shown. */
const MAX_LINES = 5

/** How long before an alert began a restart may be: earlier ones have hardly to do with it. */
const RESTARTED: Micros = 10 * MINUTE

/** By how much a share has to grow to be evidence. */
const MIN_GROWTH = 0.2

/** How far apart the times of two logs may be that are about the same request. */
const MAX_APART: Micros = 2 * SECOND

/** What is counted for the evidence of all rules. */
const ERRORS: Signal<Query> = {
  name: 'visor/errors',
  where: parseQuery('kind:error'),
  by: ['client'],
  step: SECOND,
  fine: 10 * MINUTE,
  back: 10 * MINUTE,
  limit: 200,
  lines: MAX_LINES
}

const RESTARTS: Signal<Query> = {
  name: 'visor/restarts',
  where: parseQuery(SERVER_STARTED),
  by: [],
  step: SECOND,
  fine: RESTARTED + 10 * MINUTE,
  back: RESTARTED + 10 * MINUTE,
  limit: 1,
  lines: MAX_LINES
}

export const EVIDENCE_SIGNALS: readonly Signal<Query>[] = [ERRORS, RESTARTS]

/** What makes an alert understood that was evaluated over the window that ends before `at` of event time. */
export function evidenceOf(
  memory: Memory,
  rule: Rule,
  { key, since }: Pick<Alert, 'key' | 'since'>,
  at: Micros
): Evidence {
  const span = { from: at - toMicros(rule.window), to: at }
  const restart = restartBefore(memory, toMicros(since))
  return {
    lines: memory.lines(rule.name, key).slice(-MAX_LINES),
    shares: facetsOf(rule)
      .flatMap(facet => grownMost(memory, rule, facet, key, span) ?? [])
      .toSorted((a, b) => b.now - b.before - (a.now - a.before)),
    errors: isOfServerErrors(rule) ? errorsOf(memory, rule, key, span) : [],
    ...(restart !== undefined && { restart: toMillis(restart) })
  }
}

interface Span {
  readonly from: Micros
  readonly to: Micros
}

/** The value of a field whose share among a rule's lines grew most, held against the hour before. */
function grownMost(
  memory: Memory,
  rule: Rule,
  facet: Signal<Query>,
  key: string,
  { from, to }: Span
): Share | undefined {
  const before = { from: from - HOUR, to: from }
  // The lines of a rule may be remembered for less long than those of a facet, of which in turn the rarest are left out.
  const totalOf = ({ from, to }: Span): number =>
    Math.max(1, ...[rule.name, facet.name].map(name => memory.sum(name, key, from, to).count))
  const [now, then] = [totalOf({ from, to }), totalOf(before)]
  const old = memory.values(facet.name, key, before.from, before.to)
  const shares = Array.from(memory.values(facet.name, key, from, to), ([value, { count }]) => ({
    field: facet.value?.field ?? '',
    value,
    now: count / now,
    before: (old.get(value)?.count ?? 0) / then,
    count
  }))
  // Of those that grew alike, one that does not depend on the order in which lines were counted.
  const [most] = shares.toSorted(
    (a, b) => b.now - b.before - (a.now - a.before) || (a.value < b.value ? -1 : 1)
  )
  return most && most.now - most.before >= MIN_GROWTH ? most : undefined
}

function isOfServerErrors({ where }: Rule): boolean {
  return termsOf(where).some(
    ({ field, test }) => field === 'status' && test.is === 'range' && (test.min ?? 0) >= 500
  )
}

/** The newest lines of the error log of the same clients and seconds as the lines of a rule. */
function errorsOf(memory: Memory, rule: Rule, key: string, { from, to }: Span): EvidenceLine[] {
  const facet = facetsOf(rule).find(({ value }) => value?.field === 'client')
  const own = valuesOf(key)[rule.by.indexOf('client')]
  const clients = facet ? memory.values(facet.name, key, from, to).keys() : own === undefined ? [] : [own]
  const { name = rule.name, step = SECOND } = facet ?? signalsOf(rule)[0] ?? {}
  return [...clients]
    .flatMap(client => {
      const near = ({ time }: EvidenceLine): boolean => {
        const cell = windowOf(time - MAX_APART, step)
        const [begin, end] = [cell, time + MAX_APART]
        return facet
          ? memory.values(name, key, begin, end).has(client)
          : memory.sum(name, key, begin, end).count > 0
      }
      return memory.lines(ERRORS.name, keyOf([client])).filter(near)
    })
    .toSorted((a, b) => a.time - b.time)
    .slice(-MAX_LINES)
}

/** The last restart of a server shortly before a time. */
function restartBefore(memory: Memory, before: Micros): Micros | undefined {
  const times = memory.lines(RESTARTS.name, '').map(({ time }) => time)
  const last = memory.span(RESTARTS.name, '')?.last
  return [...(last === undefined ? [] : [last]), ...times]
    .toSorted((a, b) => b - a)
    .find(time => time <= before + SECOND && time > before - RESTARTED)
}
