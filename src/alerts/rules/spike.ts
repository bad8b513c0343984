import * as z from 'zod'
import { DAY, toMicros, type Micros } from '../../core/time.ts'
import { formatCount } from '../../core/units.ts'
import { durationSetting } from '../../settings/duration.ts'
import type { Memory } from '../memory.ts'
import { formatValue } from '../units.ts'
import { isBehind } from './behind.ts'
import { ruleKind, type Rule } from './kind.ts'
import { evaluated, limitOf, stateOf, unmeasured } from './limit.ts'
import { windowLines } from './passing.ts'
import { windowCount, lengthOf, signalsWith } from './signals.ts'

const options = z
  .strictObject({
    against: z
      .enum(['before', 'days'])
      .default('before')
      .describe(
        'What the window is held against: the time right before it, or the same time of the last days.'
      ),
    reference: durationSetting(
      '10s',
      '1d',
      'How long the time before is that is compared with, window by window; five windows when absent.'
    ).optional(),
    days: z
      .int()
      .min(1)
      .max(14)
      .default(7)
      .describe('With how many days it is compared, or as many as are known.'),
    up: z.number().gt(1).optional().describe('Fires when there are more than so many times the usual lines.'),
    down: z
      .number()
      .gt(0)
      .lt(1)
      .optional()
      .describe('Fires when there are fewer than so many times the usual lines.'),
    min: z.int().min(0).default(100).describe('How many lines the window has to have to be too many.'),
    minReference: z
      .int()
      .min(1)
      .default(50)
      .describe('How many lines a usual window has to have to be compared with.')
  })
  .refine(({ up, down }) => up !== undefined || down !== undefined, 'expected "up", "down" or both')

type SpikeRule = Rule<z.output<typeof options>>

/** Suddenly more lines than usual, or far fewer. */
export const spike = ruleKind({
  name: 'spike',
  summary: 'many times more lines than usual, or only a part of them',
  options,
  example: { 'traffic-jump': { type: 'spike', where: 'kind:access', up: 4, down: 0.25, window: '5m' } },
  defaults: { window: '5m' },
  signals(rule) {
    const window = lengthOf(rule)
    const back =
      rule.options.against === 'days'
        ? { fine: window, back: window + rule.options.days * DAY }
        : { fine: window + referenceOf(rule), back: window + referenceOf(rule) }
    return signalsWith(rule, back)
  },
  watched: ({ name, options: { down } }, { memory }) => (down === undefined ? [] : memory.keys(name)),
  evaluate(rule, known, key, at) {
    const { memory } = known
    const { min, minReference, up, down } = rule.options
    const count = windowCount(rule, memory, key, at)
    const usual = usually(rule, memory, key, at)
    const what = windowLines(rule, count)
    const limit = { limit: up ?? down ?? 1, unit: 'factor', samples: count } as const
    if (usual === undefined) return unmeasured('unknown', limit, `${what}; what is usual is not known yet`)
    if (down === undefined && count < min)
      return unmeasured('good', limit, `${what}, too few to be a rise (${formatCount(min)} needed)`)
    if (usual < minReference) return unmeasured('unknown', limit, `${what}; usually too few to compare with`)
    const value = count / usual
    const rising = up !== undefined && (value >= 1 || down === undefined)
    const side = rising ? limitOf({ over: up }) : limitOf({ under: down })
    const state = rising && count < min ? 'good' : stateOf(value, side)
    const behind = state === 'bad' && !rising && isBehind(rule, known, key)
    const evaluation = evaluated({
      value,
      limit: side,
      unit: 'factor',
      samples: count,
      what: `${what}, ${formatValue(value, 'factor')} the usual ${formatCount(usual)}`,
      state: behind ? 'unknown' : state
    })
    return { ...evaluation, baseline: 1 }
  }
})

function referenceOf({ window, options: { reference } }: SpikeRule): Micros {
  return toMicros(reference ?? 5 * window)
}

/**
 * How many lines a window usually has: the median of those that are compared with, which a flood among them does not move;
 * `undefined` while one of them is not known or had no lines, or all of the days.
 */
function usually(rule: SpikeRule, memory: Memory, key: string, at: Micros): number | undefined {
  const window = lengthOf(rule)
  const { against, days } = rule.options
  const [count, apart] = against === 'days' ? [days, DAY] : [Math.floor(referenceOf(rule) / window), window]
  const lines = Array.from({ length: count }, (_, i) => at - (i + 1) * apart)
    .filter(end => end - window >= memory.since(rule.name))
    .map(end => windowCount(rule, memory, key, end))
    .filter(lines => lines > 0)
  const needed = against === 'days' ? 1 : count
  return lines.length < needed ? undefined : median(lines)
}

function median(counts: readonly number[]): number {
  const sorted = counts.toSorted((a, b) => a - b)
  const middle = (counts.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle)] ?? 0)) / 2
}
