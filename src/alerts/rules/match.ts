import * as z from 'zod'
import { MINUTE, SECOND, type Micros } from '../../core/time.ts'
import { equalTo, EVERYTHING, type Query } from '../../query/index.ts'
import { durationSetting } from '../../settings/duration.ts'
import { fieldSetting } from './fields.ts'
import { ruleKind } from './kind.ts'
import { evaluated, limitOf } from './limit.ts'
import { both, windowLines } from './passing.ts'
import { windowCount, lengthOf, signalsWith } from './signals.ts'

/** A cooldown that is longer may end up to a minute late. */
const FINE: Micros = 10 * MINUTE

/** How many values a list may have: each distinct text is held against all of them. */
export const MAX_LIST = 10_000

const values = (summary: string) => z.array(z.string()).max(MAX_LIST).optional().describe(summary)

const options = z
  .strictObject({
    field: fieldSetting('The field that `in`, `notIn` or `list` is about.', 'text').optional(),
    in: values('Only lines whose field has one of these values.'),
    notIn: values('Only lines whose field has none of these values.'),
    list: z
      .string()
      .min(1)
      .optional()
      .describe(
        'A file with more values of `in` (or of `notIn`, where that is set), one a line; `#` begins a comment.'
      ),
    cooldown: durationSetting(
      '1s',
      '1d',
      'How long after the last such line it is over; until then, further lines belong to the same alert.'
    ).prefault('10m')
  })
  .superRefine((options, context) => {
    const lists = [options.in, options.notIn].filter(list => list !== undefined)
    if (lists.length > 1) context.addIssue('expected either "in" or "notIn"')
    if ((lists.length === 1 || options.list !== undefined) !== (options.field !== undefined))
      context.addIssue('expected "field" together with "in", "notIn" or "list"')
  })

/** One line is enough. */
export const match = ruleKind({
  name: 'match',
  summary: 'one line is enough',
  options,
  example: { 'server-crash': { type: 'match', where: 'message:/exit signal/', severity: 'critical' } },
  defaults: { keepFiringFor: '0s', sendResolved: false },
  without: ['window'],
  window: ({ cooldown }) => cooldown,
  signals: rule =>
    signalsWith(rule, {
      where: both(rule.where, listed(rule.options)),
      step: SECOND,
      fine: FINE,
      back: lengthOf(rule) + MINUTE
    }),
  evaluate(rule, { memory }, key, at) {
    const value = windowCount(rule, memory, key, at)
    return evaluated({ value, limit: limitOf({ over: 0 }), what: windowLines(rule, value) })
  }
})

/** What a list makes of a query: each distinct value is compared once. */
function listed({ field, in: wanted, notIn }: z.output<typeof options>): Query {
  if (field === undefined) return EVERYTHING
  const any: Query = { op: 'or', parts: (wanted ?? notIn ?? []).map(value => equalTo(field, value)) }
  if (!notIn) return any
  return both({ op: 'term', field, test: { is: 'present' } }, { op: 'not', part: any })
}
