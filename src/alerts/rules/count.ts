import * as z from 'zod'
import { formatDuration } from '../../core/duration.ts'
import { formatCount } from '../../core/units.ts'
import { ruleKind } from './kind.ts'
import { evaluated, limitOf } from './limit.ts'
import { linesNoun } from './passing.ts'
import { facets, signalOf, lengthOf } from './signals.ts'
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
  signals(rule) {
    const main = signalOf(rule, '')
    return [main, ...facets(rule, main)]
  },
  calm: (rule, memory, key, at) =>
    memory.sum(rule.name, key, at - lengthOf(rule), at).count <= rule.options.over,
  evaluate(rule, { memory }, key, at) {
    const lines = (from: number, to: number): number => memory.sum(rule.name, key, from, to).count
    const value = lines(at - lengthOf(rule), at)
    const before = timeBefore(rule, memory, at)
    return evaluated({
      value,
      limit: limitOf(rule.options),
      unit: 'count',
      samples: value,
      baseline: before && lines(before.from, before.to) / before.windows,
      what: `${formatCount(value)} ${linesNoun(rule.where, value)} in ${formatDuration(rule.window)}`
    })
  }
})
