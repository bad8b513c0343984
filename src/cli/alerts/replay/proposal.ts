import { formatDuration } from '../../../core/duration.ts'
import { formatCount } from '../../../core/units.ts'
import type { Unit } from '../../../alerts/model.ts'
import { signalsOf, type Rule } from '../../../alerts/rules/index.ts'
import { formatValue } from '../../../alerts/units.ts'
import type { Peaks } from './peaks.ts'

/** How far from the worst value a limit is that is never reached. */
const MARGIN = 0.2

/** A limit as it would stand in the configuration, and why. */
export interface Proposal {
  readonly setting: string
  readonly value: string | number
  readonly fires: 'never' | 'about once a day'
  readonly why: string
}

/** The settings that are limits, and on which side of them it is bad. */
const LIMITS = [
  ['over', 'over'],
  ['up', 'over'],
  ['under', 'under'],
  ['down', 'under']
] as const

/** Limits with which a rule would have fired never, and about once a day; `days` is how long it was evaluated. */
export function proposalsOf(rule: Rule, unit: Unit, peaks: Peaks, days: number): Proposal[] {
  // Beyond as many values as are remembered it is not known how many there are.
  const most = signalsOf(rule)[0]?.value?.most ?? Infinity
  return LIMITS.filter(([setting]) => rule.options[setting] !== undefined).flatMap(([setting, side]) => {
    const worst = peaks.worst(side)
    const daily = days >= 1 ? onceADay(setting, side, worst, unit, Math.floor(days)) : []
    return (worst[0] ?? 0) >= most ? daily : [...never(setting, side, worst, unit), ...daily]
  })
}

function never(setting: string, side: 'over' | 'under', [worst]: readonly number[], unit: Unit): Proposal[] {
  if (worst === undefined || worst <= 0 || (unit === 'share' && worst >= 1 && side === 'over')) return []
  const value = written(side === 'over' ? worst * (1 + MARGIN) : worst * (1 - MARGIN), unit, side)
  const what = side === 'over' ? 'above the largest' : 'below the smallest'
  return [
    { setting, value, fires: 'never', why: `that is a fifth ${what} value, ${formatValue(worst, unit)}` }
  ]
}

/** The limit that so many hours were past as there are days. */
function onceADay(
  setting: string,
  side: 'over' | 'under',
  worst: readonly number[],
  unit: Unit,
  days: number
): Proposal[] {
  const limit = worst[days]
  if (limit === undefined || limit <= 0 || limit === worst[0]) return []
  const why = `values were past that in ${formatCount(days)} of ${formatCount(worst.length)} hours`
  return [{ setting, value: written(limit, unit, side), fires: 'about once a day', why }]
}

/** A value as people write it in the configuration, rounded to the side where less is past it. */
function written(value: number, unit: Unit, side: 'over' | 'under'): string | number {
  const rounded = (digits: number): number => {
    const scale = 10 ** (digits - 1 - Math.floor(Math.log10(value)))
    return (side === 'over' ? Math.ceil(value * scale - 1e-9) : Math.floor(value * scale + 1e-9)) / scale
  }
  switch (unit) {
    case 'share':
      return `${Number((Math.min(1, rounded(2)) * 100).toPrecision(3))}%`
    case 'seconds':
      return formatDuration(Math.max(1, Math.round(rounded(2) * 1000)))
    case 'factor':
      return rounded(2)
    default:
      return side === 'over' ? Math.ceil(rounded(2)) : Math.floor(rounded(2))
  }
}
