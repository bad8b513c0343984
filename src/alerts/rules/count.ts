import * as z from 'zod'
import { formatCount } from '../../core/units.ts'
import { fieldSetting } from './fields.ts'
import { ruleKind, type Rule } from './kind.ts'
import { checkLimit, evaluated, limitOf, limitSettings } from './limit.ts'
import { windowLines } from './passing.ts'
import { lengthOf, signalsWith, windowCount } from './signals.ts'
import { timeBefore } from './usual.ts'

/** Too many lines in a window that slides. */
export const countRule = ruleKind({
  name: 'count',
  summary: 'more lines than so many within a window',
  options: z
    .strictObject({
      over: z.number().min(0).describe('Fires when there are more lines than this in the window.'),
      clear: z
        .number()
        .min(0)
        .optional()
        .describe('How many lines are good again; 80 % of the limit when absent.')
    })
    .refine(({ over, clear = 0 }) => clear <= over, {
      path: ['clear'],
      message: 'expected at most the value of "over"'
    }),
  example: {
    'password-guessing': { type: 'count', where: 'status:401', by: 'client', over: 10, window: '1m' }
  },
  signals: rule => signalsWith(rule),
  calm: (rule, memory, key, at) => windowCount(rule, memory, key, at) <= rule.options.over,
  evaluate(rule, { memory }, key, at) {
    const value = windowCount(rule, memory, key, at)
    const before = timeBefore(rule, memory, at)
    return evaluated({
      value,
      limit: limitOf(rule.options),
      baseline: before && memory.sum(rule.name, key, before.from, before.to).count / before.windows,
      what: windowLines(rule, value)
    })
  }
})

const valueOptions = z
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
  options: valueOptions,
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
  calm: (rule, memory, key, at) => windowCount(rule, memory, key, at) <= (rule.options.over ?? -1),
  evaluate(rule, { memory }, key, at) {
    const value = memory.values(rule.name, key, at - lengthOf(rule), at).size
    const samples = windowCount(rule, memory, key, at)
    const most = value >= mostOf(rule) ? 'more than ' : ''
    return evaluated({
      value,
      limit: limitOf(rule.options),
      samples,
      what: `${most}${formatCount(value)} different values of ${rule.options.field} in ${windowLines(rule, samples)}`
    })
  }
})

function mostOf(rule: Rule<z.output<typeof valueOptions>>): number {
  const { at, clear } = limitOf(rule.options)
  return Math.max(10, Math.ceil(HELD * Math.max(at, clear)))
}
