import * as z from 'zod'
import { ruleKind } from './kind.ts'
import { evaluated, limitOf } from './limit.ts'
import { linesIn } from './passing.ts'
import { countIn, signalsWith } from './signals.ts'
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
  calm: (rule, memory, key, at) => countIn(rule, memory, key, at) <= rule.options.over,
  evaluate(rule, { memory }, key, at) {
    const value = countIn(rule, memory, key, at)
    const before = timeBefore(rule, memory, at)
    return evaluated({
      value,
      limit: limitOf(rule.options),
      baseline: before && memory.sum(rule.name, key, before.from, before.to).count / before.windows,
      what: linesIn(rule, value)
    })
  }
})
