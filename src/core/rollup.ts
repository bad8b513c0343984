import { isHidden } from './hidden.ts'
import { addHash, addToSketch, createSketch, estimate, hashText, mergeSketch, type Sketch } from './sketch.ts'
import type { Micros } from './time.ts'

/**
 * The hinge: counts (and sums) of keys, by window, source and metric. Everything left of it (embedded engine,
 * Spark) makes rollups, everything right of it (store, page, alerts, reports) reads them.
 * Rollups merge by addition: threads, machines, late lines and longer periods are all the same operation.
 */
export interface Tally {
  count: number
  sum: number
}

/** One metric of one source in one window. A total has the one key `''`. */
export interface Cell {
  /** Start of the window; `ALL_TIME` where no windows are kept. */
  readonly window: Micros
  readonly source: string
  readonly metric: string
  readonly keys: Map<string, Tally>
  /** What was aggregated of keys that are not held, so that totals stay exact. */
  readonly other: Tally
  /** The aggregated keys, for their number; absent while every key is held. */
  sketch: Sketch | undefined
}

/** The window of a rollup without windows. */
export const ALL_TIME: Micros = -1

export type Rollup = Map<string, Cell>

/** The cell of a window, source and metric, made when it is not there. */
export function cellOf(rollup: Rollup, window: Micros, source: string, metric: string): Cell {
  const id = `${window} ${metric} ${source}`
  let cell = rollup.get(id)
  if (!cell) {
    cell = { window, source, metric, keys: new Map(), other: { count: 0, sum: 0 }, sketch: undefined }
    rollup.set(id, cell)
  }
  return cell
}

export function addKey(cell: Cell, key: string, count: number, sum: number): void {
  const tally = cell.keys.get(key)
  if (tally) {
    tally.count += count
    tally.sum += sum
  } else cell.keys.set(key, { count, sum })
}

/** Adds `from` to `into`. */
export function mergeCell(into: Cell, from: Cell): void {
  for (const [key, { count, sum }] of from.keys) addKey(into, key, count, sum)
  into.other.count += from.other.count
  into.other.sum += from.other.sum
  if (from.sketch) mergeSketch((into.sketch ??= createSketch()), from.sketch)
}

/** Some cells together, whatever windows and sources they are of; the only one itself. */
export function mergedCell(cells: readonly Cell[], metric: string): Cell {
  const [only] = cells
  if (only && cells.length === 1) return only
  const merged = cellOf(new Map(), ALL_TIME, '', metric)
  for (const cell of cells) mergeCell(merged, cell)
  return merged
}

/** Adds `from` to `into`. Associative and commutative; `into` alone is changed. */
export function mergeRollup(into: Rollup, from: Rollup): Rollup {
  for (const cell of from.values()) mergeCell(cellOf(into, cell.window, cell.source, cell.metric), cell)
  return into
}

export interface Ranked extends Tally {
  key: string
}

/** By count, then sum, then name: an order that does not depend on how a cell came about. */
function larger(a: Ranked, b: Ranked): number {
  return b.count - a.count || b.sum - a.sum || (a.key < b.key ? -1 : 1)
}

/** The `limit` largest keys of a cell in order; all of them by default. */
export function ranked(cell: Cell, limit = Infinity): Ranked[] {
  return largest(entriesOf(cell), limit).sort(larger)
}

/** Keeps the `limit` largest keys and aggregates the rest into `other`: totals stay exact, memory bounded. */
export function boundCell(cell: Cell, limit: number): void {
  if (cell.keys.size <= limit) return
  const entries = entriesOf(cell)
  const kept = new Set(largest(entries, limit))
  for (const entry of entries) if (!kept.has(entry)) moveToOther(cell, entry.key, entry)
}

function entriesOf(cell: Cell): Ranked[] {
  return Array.from(cell.keys, ([key, { count, sum }]) => ({ key, count, sum }))
}

/** The `limit` largest entries in any order: quickselect (Hoare 1961), linear where sorting all would not be. */
function largest(entries: Ranked[], limit: number): Ranked[] {
  let [low, high] = [0, entries.length - 1]
  while (low < high && limit < entries.length) {
    const pivot = entries[(low + high) >> 1]!
    let [left, right] = [low, high]
    while (left <= right) {
      while (larger(entries[left]!, pivot) < 0) left++
      while (larger(pivot, entries[right]!) < 0) right--
      if (left <= right) [entries[left++], entries[right--]] = [entries[right]!, entries[left]!]
    }
    if (limit - 1 <= right) high = right
    else if (limit - 1 >= left) low = left
    else break
  }
  return entries.slice(0, limit)
}

/** Moves a key, held or not, with these counts into `other`. */
function moveToOther(cell: Cell, key: string, { count, sum }: Tally): void {
  cell.keys.delete(key)
  if (isHidden(key)) addToOther(cell, count, sum)
  else addHashToOther(cell, hashText(key), count, sum)
}

/** Adds to `other` what was counted of a key that the cell does not hold, known by its `hashText` alone. */
export function addHashToOther(cell: Cell, hash: number, count: number, sum: number): void {
  addToOther(cell, count, sum)
  addHash((cell.sketch ??= createSketch()), hash)
}

/** Adds to `other` what was counted of a key that nobody asks for. */
export function addToOther(cell: Cell, count: number, sum: number): void {
  cell.other.count += count
  cell.other.sum += sum
}

/** Count and sum over all keys, the aggregated ones included. */
export function totalOf(cell: Cell): Tally {
  const total = { ...cell.other }
  for (const { count, sum } of cell.keys.values()) {
    total.count += count
    total.sum += sum
  }
  return total
}

/** Number of distinct keys: exact while the cell holds them all, within 1.6 % (standard error) after. */
export function distinctOf(cell: Cell): number {
  if (!cell.sketch) return cell.keys.size
  const all = cell.sketch.slice()
  for (const key of cell.keys.keys()) if (!isHidden(key)) addToSketch(all, key)
  return estimate(all)
}
