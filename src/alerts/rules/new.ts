import * as z from 'zod'
import { formatDuration } from '../../core/duration.ts'
import { SECOND, toMicros } from '../../core/time.ts'
import { durationSetting } from '../../settings/duration.ts'
import { fieldSetting } from './fields.ts'
import { ruleKind } from './kind.ts'
import { evaluated, limitOf, unmeasured } from './limit.ts'
import { both, windowLines } from './passing.ts'
import { windowCount, lengthOf, signalsWith } from './signals.ts'

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
    const where = both(rule.where, { op: 'term', field: rule.options.field, test: { is: 'present' } })
    const back = Math.max(toMicros(rule.options.horizon), lengthOf(rule))
    return signalsWith(rule, { where, step: SECOND, back })
  },
  evaluate(rule, { memory }, key, at) {
    const { horizon, learn } = rule.options
    const from = at - lengthOf(rule)
    const count = windowCount(rule, memory, key, at)
    const limit = { limit: 0, unit: 'count', samples: count } as const
    const first = memory.span(rule.name, key)?.first ?? at
    if (count === 0) return unmeasured('good', limit, 'it is not new any more')
    if (first < memory.since(rule.name) + toMicros(learn))
      return unmeasured('good', limit, 'it was there during the learning period')
    const before = memory.sum(rule.name, key, at - Math.max(toMicros(horizon), lengthOf(rule)), from).count
    return evaluated({
      value: count,
      limit: limitOf({ over: 0 }),
      state: before > 0 ? 'good' : 'bad',
      what: `first seen in ${formatDuration(horizon)}: ${windowLines(rule, count)}`
    })
  }
})
