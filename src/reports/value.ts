import { WEEKDAYS } from '../core/calendar.ts'
import { clockIn } from '../core/steps.ts'
import { SECOND_MS, type Micros } from '../core/time.ts'
import {
  counted,
  formatBytes,
  formatCount,
  formatSeconds,
  formatShare,
  formatSignificant,
  formatSpan
} from '../core/units.ts'
import { visible } from '../core/visible.ts'
import type { BlockColumn, TableBlock, Value, ValueUnit } from './block.ts'

/** Writes values for people. */
export type WriteValue = (value: Value, unit: ValueUnit) => string

/** What stands for a value that is unknown. */
export const UNKNOWN = '–'

/** Spans are exact below so many seconds. */
const EXACT = 10

/** Values in plain text, one line each, times as the clocks of a zone (IANA name) show them; texts are made harmless. */
export function valueWriter(zone: string): WriteValue {
  const clock = clockIn(zone)
  return (value, unit) => {
    if (value === undefined) return UNKNOWN
    return typeof value === 'string' ? visible(value) : numberText(value, unit, clock)
  }
}

function numberText(value: number, unit: ValueUnit, clock: (time: Micros) => string): string {
  switch (unit) {
    case 'bytes':
      return formatBytes(value)
    case 'seconds':
      return formatSeconds(value)
    case 'span':
      // Whole seconds say too little of a few.
      return value > 0 && value < EXACT ? formatSeconds(value) : formatSpan(value * SECOND_MS)
    case 'share':
      return formatShare(value, 1)
    case 'rate':
      return `${formatSignificant(value)}/s`
    case 'time':
      return clock(value)
    case 'day':
      return dayText(clock(value).slice(0, 10))
    default:
      return formatCount(value)
  }
}

/** `Sat 2026-01-31`. */
function dayText(date: string): string {
  return `${WEEKDAYS[new Date(date).getUTCDay()]} ${date}`
}

/** `2026-01-31 14:03 to 15:41`: two times as clocks show them, their day said once. */
export function spanOfTimes(begin: string, end: string): string {
  // Times of one day may come without it.
  const sameDay = begin.length > 10 && begin.slice(0, 10) === end.slice(0, 10)
  return `${begin} to ${sameDay ? end.slice(11) : end}`
}

/**
 * How a value differs from an earlier one: `+12.5 %`, for shares the difference in points; `undefined` where that says
 * nothing.
 */
export function changeText(value: Value, before: Value, unit: ValueUnit): string | undefined {
  if (typeof value !== 'number' || typeof before !== 'number') return undefined
  if (unit === 'share') return `${signed((value - before) * 100)} points`
  return before === 0 ? undefined : `${signed((value / before - 1) * 100)} %`
}

/** One digit after the point, none from 100 on. */
function signed(value: number): string {
  const size = Math.abs(value)
  const text = size >= 99.95 ? formatCount(size) : size.toFixed(1)
  return Number(text) === 0 ? `±${text}` : `${value < 0 ? '−' : '+'}${text}`
}

/** `42 others`, `1 other`, `42 others or more`: the rows of a table that it does not show. */
export function othersText({ more = 0, atLeast }: Pick<TableBlock, 'more' | 'atLeast'>): string {
  return `${counted(more, 'other')}${atLeast ? ' or more' : ''}`
}

/** Whether values of a unit are numbers, which stand on the right. */
export function isNumeric(unit: ValueUnit): boolean {
  return unit !== 'text' && unit !== 'log'
}

/** The column that takes the width which the others leave: the chosen one, else the first of texts; -1 where there is none. */
export function fillingColumn(columns: readonly BlockColumn[]): number {
  const chosen = columns.findIndex(({ fills }) => fills)
  return chosen < 0 ? columns.findIndex(({ unit }) => !isNumeric(unit)) : chosen
}
