import * as z from 'zod'
import { formatDuration } from '../../core/duration.ts'
import { SECOND, toMicros, type Micros } from '../../core/time.ts'
import { formatCount } from '../../core/units.ts'
import type { Query } from '../../query/index.ts'
import { durationSetting } from '../../settings/duration.ts'
import { fieldSetting } from './fields.ts'
import { ruleKind } from './kind.ts'
import { evaluated, limitOf, unmeasured } from './limit.ts'
import { both, linesNoun } from './passing.ts'
import { facets, lengthOf, signalOf } from './signals.ts'

const options = z.strictObject({
  field: fieldSetting('The field whose values are looked at.'),
  horizon: durationSetting(
    '1h',
    '365d',
    'How long a value is remembered: one that was not seen for so long is new again.'
  ).prefault('30d'),
  learn: durationSetting(
    '0s',
    '365d',
    'How long all must have been watched before anything can be new: values seen until then are known.'
  ).prefault('1d')
})

/** A value that was never there before. */
export const newValue = ruleKind({
  name: 'new',
  summary: 'the first value of its kind in a field',
  options,
  example: { 'new-host': { type: 'new', where: 'kind:access', field: 'vhost', severity: 'info' } },
  defaults: { window: '10m', keepFiringFor: '0s', sendResolved: false },
  by: (fields, { field }) => (fields.includes(field) ? fields : [...fields, field]),
  signals(rule) {
    const where = both(rule.where, having(rule.options.field))
    const back = Math.max(toMicros(rule.options.horizon), lengthOf(rule))
    const main = signalOf(rule, '', { where, step: SECOND, back })
    return [main, ...facets(rule, main)]
  },
  evaluate(rule, { memory }, key, at) {
    const { horizon, learn } = rule.options
    const from = at - lengthOf(rule)
    const lines = (from: Micros, to: Micros): number => memory.sum(rule.name, key, from, to).count
    const count = lines(from, at)
    const limit = { limit: 0, unit: 'count', samples: count } as const
    const first = memory.span(rule.name, key)?.first ?? at
    if (count === 0) return unmeasured('good', limit, 'it is not new any more')
    if (first < memory.since(rule.name) + toMicros(learn))
      return unmeasured('good', limit, 'it was there during the learning period')
    const before = lines(at - Math.max(toMicros(horizon), lengthOf(rule)), from)
    return evaluated({
      value: count,
      limit: limitOf({ over: 0 }),
      unit: 'count',
      samples: count,
      state: before > 0 ? 'good' : 'bad',
      what: `first seen in ${formatDuration(horizon)}: ${formatCount(count)} ${linesNoun(rule.where, count)} in ${formatDuration(rule.window)}`
    })
  }
})

/** Lines that have a field. */
function having(field: string): Query {
  return { op: 'term', field, test: { is: 'present' } }
}
