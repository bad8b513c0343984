import * as z from 'zod'
import { formatDuration } from '../../core/duration.ts'
import { HOUR, MINUTE, toMicros, toMillis, type Micros } from '../../core/time.ts'
import { windowOf } from '../../core/window.ts'
import { durationSetting } from '../../settings/duration.ts'
import { hoursOptions, isWithin } from '../hours.ts'
import type { Memory } from '../memory.ts'
import { isBehind } from './behind.ts'
import { ruleKind, type Rule } from './kind.ts'
import { evaluated, limitOf, unmeasured } from './limit.ts'
import { windowLines } from './passing.ts'
import { windowCount, lengthOf, signalOf } from './signals.ts'

/** Of so many windows before the last line, all but a tenth must have had the usual lines. */
const TOLERATED = 0.1

const options = z.strictObject({
  under: z.int().min(1).default(1).describe('Fires when there are fewer lines than this in the window.'),
  usual: z
    .int()
    .min(1)
    .optional()
    .describe(
      'Only where there are usually at least so many lines in a window: in nine of ten windows of the hour before the last line.'
    ),
  hours: hoursOptions.optional().describe('When lines are expected; always when absent.'),
  forget: durationSetting('1m', '30d', 'How long after its last line a key is given up.').prefault('1d')
})

type AbsentRule = Rule<z.output<typeof options>>

/** Lines that should be there and are not. */
export const absent = ruleKind({
  name: 'absent',
  summary: 'lines that have come before, and come no more',
  options,
  example: {
    'backup-missing': {
      type: 'absent',
      where: 'path:/backup/done',
      window: '1d',
      forget: '3d',
      severity: 'critical'
    }
  },
  signals(rule) {
    const length = lengthOf(rule)
    const back = length + toMicros(rule.options.forget) + reference(rule) + MINUTE
    return [signalOf(rule, '', { back })]
  },
  watched: ({ name }, { memory }) => memory.keys(name),
  calm: (rule, memory, key, at) => windowCount(rule, memory, key, at) >= rule.options.under,
  evaluate(rule, known, key, at) {
    const { memory } = known
    const { under, usual, hours, forget } = rule.options
    const from = at - lengthOf(rule)
    const count = windowCount(rule, memory, key, at)
    const what = windowLines(rule, count)
    const limit = { limit: under, unit: 'count', samples: count } as const
    const measured = { value: count, limit: limitOf({ under, clear: under }), what }
    if (count >= under) return evaluated(measured)
    const span = memory.span(rule.name, key)
    if (!span || at - span.last > toMicros(forget))
      return unmeasured('good', limit, `${what}, and none for ${formatDuration(forget)}: given up`)
    if (hours && !(isWithin(hours, toMillis(from)) && isWithin(hours, toMillis(at))))
      return unmeasured('good', limit, `${what}; none are expected at this time`)
    if (span.first > from) return unmeasured('unknown', limit, `${what}; watched for less than that`)
    const before = meanBefore(rule, memory, key, span.last)
    if (usual !== undefined && (before?.low ?? 0) < usual)
      return unmeasured('good', limit, `${what}; there are not always more`)
    const behind = isBehind(rule, known, key) && ({ state: 'unknown' } as const)
    return evaluated({ ...measured, baseline: before?.mean, ...behind })
  }
})

/** How long the time is in which it is looked for what is usual. */
function reference(rule: AbsentRule): Micros {
  return Math.max(HOUR, 12 * lengthOf(rule))
}

/** How many lines a window had before the last line: on average, and at least in nine of ten; `undefined` while that is not known. */
function meanBefore(
  rule: AbsentRule,
  memory: Memory,
  key: string,
  last: Micros
): { mean: number; low: number } | undefined {
  const length = lengthOf(rule)
  const windows = Math.floor(reference(rule) / length)
  const to = windowOf(last, MINUTE)
  if (memory.since(rule.name) > to - windows * length) return undefined
  const counts = Array.from({ length: windows }, (_, i) => {
    const end = to - i * length
    return memory.sum(rule.name, key, end - length, end).count
  }).toSorted((a, b) => a - b)
  return {
    mean: counts.reduce((sum, count) => sum + count, 0) / windows,
    low: counts[Math.floor(TOLERATED * windows)] ?? 0
  }
}
