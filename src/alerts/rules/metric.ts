import * as z from 'zod'
import { isDuration } from '../../core/fields.ts'
import { percentileOf } from '../../core/readings.ts'
import { toSeconds } from '../../core/time.ts'
import { formatCount } from '../../core/units.ts'
import { EVERYTHING, rangeOf, spanOf, type Query } from '../../query/index.ts'
import type { Memory } from '../memory.ts'
import type { Unit } from '../model.ts'
import { formatValue } from '../units.ts'
import { fieldSetting } from './fields.ts'
import { ruleKind, type Rule } from './kind.ts'
import { checkLimit, factorSetting, evaluated, limitOf, limitSettings, unmeasured } from './limit.ts'
import { both, windowLines } from './passing.ts'
import { lengthOf, signalOf, signalsWith, stepOf } from './signals.ts'
import { timeBefore } from './usual.ts'

const RANKS = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, max: 1, min: 0 } as const
const READINGS = ['p50', 'p90', 'p95', 'p99', 'avg', 'sum', 'max', 'min'] as const

/** How many buckets one step of reading carries, over all keys: one key's numbers have some hundred. */
const MAX_BUCKETS = 10_000

const amount = z.union(
  [z.number(), z.string()],
  'expected a number, a duration such as "500ms" or a size such as "10MiB"'
)

const options = z
  .strictObject({
    field: fieldSetting('The number field: `duration`, `bytes` and the like.', 'number'),
    of: z
      .enum(READINGS)
      .default('p95')
      .describe('What is taken of its values: a percentile, their mean, sum, largest or smallest.'),
    ...limitSettings(
      amount,
      'that, in seconds or as "500ms" for a duration, in bytes or as "10MiB" for a size,'
    ),
    factor: factorSetting,
    min: z.int().min(1).default(20).describe('How many lines there have to be in the window.')
  })
  .superRefine(({ field, over, under, clear }, context) => {
    for (const [name, value] of Object.entries({ over, under, clear }))
      if (value !== undefined && insideOf(field, value) === undefined)
        context.addIssue({ code: 'custom', path: [name], message: 'expected a value of this field' })
  })
  .superRefine(checkLimit((value, { field }) => insideOf(field, value)))

type MetricRule = Rule<z.output<typeof options>>

/** A number is too large or too small. */
export const metric = ruleKind({
  name: 'metric',
  summary: 'a percentile, mean, sum, largest or smallest value of a number field',
  options,
  example: {
    'slow-answers': {
      type: 'metric',
      where: 'kind:access',
      field: 'duration',
      of: 'p95',
      over: '1s',
      window: '2m'
    }
  },
  defaults: { window: '2m' },
  signals(rule) {
    const { field, of } = rule.options
    const step = stepOf(lengthOf(rule), 12)
    const value =
      of !== 'avg' && of !== 'sum'
        ? ({ value: { field, as: 'bucket' }, limit: MAX_BUCKETS } as const)
        : { measure: field }
    const where = both(rule.where, culprits(rule))
    return signalsWith(rule, { where, step }, [signalOf(rule, 'values', { step, ...value })])
  },
  evaluate(rule, { memory }, key, at) {
    const { field, of, factor, min } = rule.options
    const limit = limitIn(rule)
    const unit = unitOf(field)
    const { value, samples } = read(rule, memory, key, at - lengthOf(rule), at)
    const lines = windowLines(rule, samples)
    if (value === undefined || samples < min)
      return unmeasured(
        'unknown',
        { limit: limit.at, unit, samples },
        `${lines}, too few to evaluate (${formatCount(min)} needed)`
      )
    const before = timeBefore(rule, memory, at)
    const usual = before && read(rule, memory, key, before.from, before.to)
    // A sum grows with the time that it is taken over.
    const baseline =
      usual?.value === undefined || usual.samples < min
        ? undefined
        : of === 'sum'
          ? usual.value / (before?.windows ?? 1)
          : usual.value
    const what = `${of} of ${field} ${formatValue(value, unit)} in ${lines}`
    return evaluated({ value, limit, unit, samples, baseline, what, factor })
  }
})

/** A number as a user writes it, in the unit that the field has inside; `undefined` for what is none. */
function insideOf(field: string, given: unknown): number | undefined {
  const span =
    typeof given === 'number' || typeof given === 'string' ? spanOf(field, String(given)) : undefined
  return span && span.to === undefined ? span.from : undefined
}

function unitOf(field: string): Unit {
  return isDuration(field) ? 'seconds' : field.startsWith('bytes') ? 'bytes' : 'count'
}

/** A number of the unit inside in the unit that is shown. */
function shown(field: string, inside: number): number {
  return isDuration(field) ? toSeconds(inside) : inside
}

function limitIn({ options: { field, over, under, clear } }: MetricRule) {
  const [highest, lowest, good] = [over, under, clear].map(value => {
    const inside = insideOf(field, value)
    return inside === undefined ? undefined : shown(field, inside)
  })
  return limitOf({ over: highest, under: lowest, clear: good })
}

/** Lines that are past the limit themselves; of a sum none is. */
function culprits({ options: { field, of, over, under } }: MetricRule): Query {
  const limit = insideOf(field, over ?? under)
  if (of === 'sum' || limit === undefined) return EVERYTHING
  return { op: 'term', field, test: rangeOf(over === undefined ? '<' : '>', { from: limit, to: undefined }) }
}

function read(
  rule: MetricRule,
  memory: Memory,
  key: string,
  from: number,
  to: number
): { value: number | undefined; samples: number } {
  const { field, of } = rule.options
  const signal = `${rule.name}/values`
  const { count, sum } = memory.sum(signal, key, from, to)
  const inside =
    of === 'sum'
      ? sum
      : of === 'avg'
        ? count > 0
          ? sum / count
          : undefined
        : percentileOf({ keys: memory.values(signal, key, from, to) }, RANKS[of])
  return { value: inside === undefined ? undefined : shown(field, inside), samples: count }
}
