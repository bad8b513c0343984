import * as z from 'zod'
import { formatCount } from '../../core/units.ts'
import { EVERYTHING, termsOf, type Query } from '../../query/index.ts'
import { formatValue } from '../units.ts'
import { querySetting } from './fields.ts'
import { ruleKind, type Rule } from './kind.ts'
import { checkLimit, factorSetting, evaluated, limitOf, limitSettings, share, unmeasured } from './limit.ts'
import { allOf, both, windowLines } from './passing.ts'
import { lengthOf, signalOf, signalsWith } from './signals.ts'
import { timeBefore } from './usual.ts'

const options = z
  .strictObject({
    of: querySetting
      .optional()
      .describe(
        'Of which lines it is the share: a query; when absent, all lines of the same kind of log that have the numbers asked for (a line without a status is no part of a share by status).'
      ),
    ...limitSettings(share, 'the share'),
    factor: factorSetting,
    min: z
      .int()
      .min(1)
      .default(120)
      .describe('How many lines there have to be in all for the share to mean something.')
  })
  .superRefine(checkLimit())

type RatioRule = Rule<z.output<typeof options>>

/** Some lines are too large or too small a part of others. */
export const ratio = ruleKind({
  name: 'ratio',
  summary: 'the share of some lines among others',
  options,
  example: {
    'server-errors': {
      type: 'ratio',
      where: 'status:5xx',
      over: '5%',
      min: 120,
      window: '1m',
      severity: 'critical'
    }
  },
  signals(rule) {
    const of = wholeOf(rule)
    return signalsWith(rule, { where: culprits(rule, of) }, [signalOf(rule, 'of', { where: of })])
  },
  calm: (rule, memory, key, at) =>
    memory.sum(`${rule.name}/of`, key, at - lengthOf(rule), at).count < rule.options.min,
  evaluate(rule, { memory }, key, at) {
    const limit = limitOf(rule.options, 1)
    const read = (from: number, to: number): { all: number; part: number } => {
      const all = memory.sum(`${rule.name}/of`, key, from, to).count
      const found = memory.sum(rule.name, key, from, to).count / (all || 1)
      return { all, part: limit.side === 'over' ? found : 1 - found }
    }
    const { all, part } = read(at - lengthOf(rule), at)
    const { min, factor } = rule.options
    const of = windowLines({ where: wholeOf(rule), window: rule.window }, all)
    if (all < min)
      return unmeasured(
        'unknown',
        { limit: limit.at, unit: 'share', samples: all },
        `${of}, too few to evaluate (${formatCount(min)} needed)`
      )
    const before = timeBefore(rule, memory, at)
    const usual = before && read(before.from, before.to)
    return evaluated({
      value: part,
      limit,
      unit: 'share',
      samples: all,
      baseline: usual && usual.all > 0 ? usual.part : undefined,
      what: `${formatValue(part, 'share')} of ${of}`,
      factor
    })
  }
})

function wholeOf({ where, options: { of } }: RatioRule): Query {
  return of ?? both(allOf(where), measuredBy(where))
}

/** The lines that have one of the numbers that a query compares; all where it compares none. */
function measuredBy(query: Query): Query {
  const fields = new Set(
    termsOf(query).flatMap(({ field, test }) => (test.is === 'range' ? (field ?? []) : []))
  )
  const [first, ...rest] = Array.from(fields, (field): Query => ({
    op: 'term',
    field,
    test: { is: 'present' }
  }))
  if (first === undefined) return EVERYTHING
  return rest.length > 0 ? { op: 'or', parts: [first, ...rest] } : first
}

/** The lines that make it bad: those looked at where the share is too large, the others where it is too small. */
function culprits({ where, options: { over } }: RatioRule, of: Query): Query {
  return both(of, over === undefined ? { op: 'not', part: where } : where)
}
