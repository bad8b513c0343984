import { boundCell, cellOf, mergeCell, type Rollup } from '../../core/rollup.ts'
import { toCell, toRows, type CellRows } from '../../core/rows.ts'
import { hashText } from '../../core/sketch.ts'
import { addDerived } from '../../counting/derived.ts'
import type { EnginePlan } from '../../counting/plan.ts'
import { allMetrics } from '../../counting/slots.ts'
import type { Counts } from './protocol.ts'

/** From so many keys on that a cell may have, its keys are dealt out to several parts. */
const MAX_SLICE_KEYS = 4096

/**
 * Adds up counts, each cell then with at most as many keys as the plan allows. Associative, also where cells are cut by
 * `dealtOut` on the way: the keys that stay are the largest of all in any case.
 */
export function mergeCounts(plan: EnginePlan, all: readonly Counts[]): Counts {
  const limits = new Map(plan.signals.map(({ name, limit }) => [name, limit]))
  return {
    rollup: merged(
      all.flatMap(counts => [...counts.rollup, ...derivedRows(plan, counts)]),
      () => plan.limit
    ),
    signals: merged(
      all.flatMap(({ signals }) => signals),
      ({ metric }) => limits.get(metric) ?? plan.limit
    )
  }
}

/** What is derived of the cells of which it was not counted. */
function derivedRows({ country }: EnginePlan, { rollup, underived = [] }: Counts): CellRows[] {
  const derived: Rollup = new Map()
  const metrics = allMetrics(country)
  for (const i of underived) addDerived(derived, toCell(rollup[i]!), metrics)
  return toRows(derived)
}

function merged(rows: readonly CellRows[], limitOf: (row: CellRows) => number): CellRows[] {
  const same = Map.groupBy(rows, ({ window, source, metric }) => `${window} ${metric} ${source}`)
  return Array.from(same.values(), group => {
    const [first] = group
    const limit = limitOf(first!)
    return group.length === 1 && first!.keys.length <= limit ? first! : mergedRow(group, limit)
  })
}

function mergedRow(rows: readonly CellRows[], limit: number): CellRows {
  const rollup: Rollup = new Map()
  for (const row of rows) {
    const cell = cellOf(rollup, row.window, row.source, row.metric)
    mergeCell(cell, toCell(row))
  }
  for (const cell of rollup.values()) boundCell(cell, limit)
  return toRows(rollup)[0]!
}

/**
 * Deals counts out to parts: all that is counted of a key in a window goes to the same part, whichever task counts it.
 * Parts that get nothing are not among them; one part gets all as it is.
 */
export function dealtOut(plan: EnginePlan, counts: Counts, parts: number): Map<number, Counts> {
  if (parts === 1) return new Map([[0, counts]])
  const { signals } = counts
  const rollup = [...counts.rollup, ...derivedRows(plan, counts)]
  const dealt = new Map<number, { rollup: CellRows[]; signals: CellRows[] }>()
  const partOf = (part: number): { rollup: CellRows[]; signals: CellRows[] } => {
    let counts = dealt.get(part)
    if (!counts) dealt.set(part, (counts = { rollup: [], signals: [] }))
    return counts
  }
  const limits = new Map(plan.signals.map(({ name, limit }) => [name, limit]))
  for (const row of rollup)
    for (const [part, slice] of slices(row, plan.limit, parts)) partOf(part).rollup.push(slice)
  for (const row of signals)
    for (const [part, slice] of slices(row, limits.get(row.metric) ?? plan.limit, parts))
      partOf(part).signals.push(slice)
  return dealt
}

/** The pieces of a cell, one where its keys are few. How many depends on nothing that tasks may have otherwise. */
function slices(row: CellRows, limit: number, parts: number): (readonly [part: number, CellRows])[] {
  const first = hashText(`${row.window} ${row.metric} ${row.source}`) % parts
  const count = Math.min(parts, Math.ceil(limit / MAX_SLICE_KEYS))
  if (count <= 1) return [[first, row]]
  const places = Map.groupBy(row.keys.keys(), i => hashText(row.keys[i]!) % count)
  // What has no keys any more belongs to the first.
  if (row.otherCount > 0 && !places.has(0)) places.set(0, [])
  return Array.from(places, ([slice, at]) => [
    (first + slice) % parts,
    {
      ...row,
      keys: at.map(i => row.keys[i]!),
      counts: Float64Array.from(at, i => row.counts[i]!),
      sums: Float64Array.from(at, i => row.sums[i]!),
      ...(slice > 0 && { otherCount: 0, otherSum: 0, sketch: undefined })
    }
  ])
}
