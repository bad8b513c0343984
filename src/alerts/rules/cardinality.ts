import * as z from 'zod'
import { formatCount } from '../../core/units.ts'
import { fieldSetting } from './fields.ts'
import { ruleKind, type Rule } from './kind.ts'
import { checkLimit, evaluated, limitOf, limitSettings } from './limit.ts'
import { linesIn } from './passing.ts'
import { countIn, lengthOf, signalsWith } from './signals.ts'

const options = z
  .strictObject({
    field: fieldSetting('The field whose different values are counted.'),
    ...limitSettings(z.number().min(0).max(10_000), 'the number of different values')
  })
  .superRefine(checkLimit())

/** How many times the limit as many values are held, at most; beyond that there are `more than` so many. */
const HELD = 2

/** How many values one step of reading carries, over all keys. */
const MAX_VALUES = 2000

/** Too many or too few different values. */
export const cardinality = ruleKind({
  name: 'cardinality',
  summary: 'the number of different values of a field within a window',
  options,
  example: {
    'path-scan': {
      type: 'cardinality',
      where: 'status:404',
      by: 'client',
      field: 'path',
      over: 100,
      window: '1m'
    }
  },
  signals(rule) {
    const value = { field: rule.options.field, as: 'text', most: mostOf(rule) } as const
    return signalsWith(rule, { value, limit: MAX_VALUES, back: lengthOf(rule) })
  },
  watched: ({ name, options: { under } }, { memory }) => (under === undefined ? [] : memory.keys(name)),
  // There are no more values than lines.
  calm: (rule, memory, key, at) => countIn(rule, memory, key, at) <= (rule.options.over ?? -1),
  evaluate(rule, { memory }, key, at) {
    const value = memory.values(rule.name, key, at - lengthOf(rule), at).size
    const samples = countIn(rule, memory, key, at)
    const most = value >= mostOf(rule) ? 'more than ' : ''
    return evaluated({
      value,
      limit: limitOf(rule.options),
      samples,
      what: `${most}${formatCount(value)} different values of ${rule.options.field} in ${linesIn(rule, samples)}`
    })
  }
})

function mostOf(rule: Rule<z.output<typeof options>>): number {
  const { at, clear } = limitOf(rule.options)
  return Math.max(10, Math.ceil(HELD * Math.max(at, clear)))
}
