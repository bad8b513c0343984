import type { Measure, Stats } from '../../../query/index.ts'
import { TIME_STEPS } from '../../../query/index.ts'
import type { FieldValue, MatchedGroup } from './asked.ts'

/** A figure of a group of lines, as the store's question `stats` has it. */
export interface GroupFigure {
  readonly keys: FieldValue[]
  readonly value: number | null
}

/** The figures of groups, from how many lines have which values: in the order and with the limit of the store's `stats`. */
export function figuresOf(
  found: Iterable<MatchedGroup>,
  { measure, by }: Stats,
  limit: number
): GroupFigure[] {
  const groups = new Map<string, MatchedGroup[]>()
  for (const one of found) {
    const id = JSON.stringify(one.keys)
    const same = groups.get(id)
    if (same) same.push(one)
    else groups.set(id, [one])
  }
  // All lines are one group, also where there are none.
  if (by.length === 0 && groups.size === 0) groups.set('', [])
  const figures = Array.from(groups.values(), same => ({
    keys: [...(same[0]?.keys ?? [])],
    value: figureOf(measure, same)
  }))
  const [first = ''] = by
  const order = first in TIME_STEPS ? byKey : (a: GroupFigure, b: GroupFigure) => byValue(a, b) || byKey(a, b)
  return by.length === 0 ? figures : figures.toSorted(order).slice(0, limit)
}

function byValue({ value: a }: GroupFigure, { value: b }: GroupFigure): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  return b - a
}

/** By the first key; texts by their bytes in UTF-8, `null` last. */
function byKey({ keys: [a = null] }: GroupFigure, { keys: [b = null] }: GroupFigure): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null)
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)))
}

function figureOf(measure: Measure, groups: readonly MatchedGroup[]): number | null {
  if (measure === 'count') return linesIn(groups)
  const known = groups.filter(({ value }) => value !== null)
  if (measure === 'unique') return new Set(known.map(({ value }) => value)).size
  if (known.length === 0) return null
  const values = known.map(one => ({ value: Number(one.value), count: one.count }))
  if (measure === 'min') return values.reduce((least, { value }) => Math.min(least, value), Infinity)
  if (measure === 'max') return values.reduce((most, { value }) => Math.max(most, value), -Infinity)
  const total = values.reduce((sum, { value, count }) => sum + value * count, 0)
  if (measure === 'sum') return total
  if (measure === 'avg') return total / linesIn(known)
  return percentile(values, Number(measure.slice(1)) / 100)
}

function linesIn(groups: readonly MatchedGroup[]): number {
  return groups.reduce((all, { count }) => all + count, 0)
}

/** By nearest rank. */
function percentile(
  values: { readonly value: number; readonly count: number }[],
  share: number
): number | null {
  const sorted = values.toSorted((a, b) => a.value - b.value)
  const total = sorted.reduce((sum, { count }) => sum + count, 0)
  let left = Math.max(1, Math.ceil(share * total))
  for (const { value, count } of sorted) if ((left -= count) <= 0) return value
  return null
}
