import { addToSketch, createSketch } from '../../core/sketch.ts'
import { ALL_TIME, totalOf, type Cell, type Rollup, type Tally } from '../../core/rollup.ts'
import { toMillis } from '../../core/time.ts'
import type { Difference } from './delivered.ts'

/**
 * How often a count can be cut between its line and the rollup that is compared: when the keys of a step are flushed, and
 * when cells of steps are bounded.
 */
const CUTS = 2

/** What two rollups have in common, and in what they differ. */
export interface CellsCompared {
  readonly cells: number
  /** Cells that were cut in one of the two, and agree within the bound. */
  readonly cut: number
  readonly differences: Difference[]
}

/**
 * Compares cell by cell and key by key. `limitOf` is how many keys of a metric one step carries; `sketched`: whether somebody
 * asks how many keys were cut. Of signals nobody does: a step that cuts makes no sketch of them, a sum of steps that does may.
 *
 * Cells of which neither run left out a key must be the same to the last digit: keys, counts, sums. Where one was cut,
 * these hold, however the two cut the same lines into steps:
 * - Totals are the same, since what is cut goes to `other`.
 * - A key's count is never too high, and too low by at most `shortBy`.
 * - All keys together, those held and those in the sketch, are the same set: their sketches are equal, register by register, where
 *   they are `sketched`.
 * - A step that cuts keeps as many keys as the limit, and so does each sum of steps.
 */
export function compareCells(
  a: Rollup,
  b: Rollup,
  limitOf: (metric: string) => number,
  sketched: boolean
): CellsCompared {
  const differences: Difference[] = []
  let cells = 0
  let cut = 0
  for (const id of new Set([...a.keys(), ...b.keys()])) {
    const [one, other] = [a.get(id), b.get(id)]
    const cell = one ?? other
    if (!cell) continue
    cells++
    const before = differences.length
    const isCut = isBounded(one) || isBounded(other)
    const pair: Pair = { a: one ?? emptyLike(cell), b: other ?? emptyLike(cell), where: placeOf(cell) }
    compareTotals(pair, differences)
    compareKeys(pair, limitOf(cell.metric), differences)
    if (isCut) compareKept(pair, limitOf(cell.metric), differences)
    if (isCut && sketched) compareSketches(pair, differences)
    if (isCut && differences.length === before) cut++
  }
  return { cells, cut, differences }
}

/**
 * By how much a kept key of a cut cell can be short, and how often a key that is missing there was counted at most.
 *
 * A step with `n` lines that cuts a key counted `c` times keeps `limit` others, each counted at least `c` times: so
 * `c (limit + 1) <= n`. Steps share no line, so over all of them that is `N / (limit + 1)`, N being the count of the cell (the
 * argument of Misra and Gries, which merging keeps: Agarwal et al., Mergeable Summaries, 2012), once for each time that
 * counts are cut. And what is missing anywhere is in `other`.
 */
export function shortBy(cell: Cell, limit: number): number {
  return Math.min(cell.other.count, Math.floor((CUTS * totalOf(cell).count) / (limit + 1)))
}

interface Pair {
  readonly a: Cell
  readonly b: Cell
  readonly where: string
}

const NOTHING: Readonly<Tally> = { count: 0, sum: 0 }

function isBounded(cell: Cell | undefined): boolean {
  return cell !== undefined && cell.other.count > 0
}

function emptyLike(cell: Cell): Cell {
  return { ...cell, keys: new Map(), other: { ...NOTHING }, sketch: undefined }
}

function placeOf({ window, source, metric }: Cell): string {
  const when = window === ALL_TIME ? 'all time' : new Date(toMillis(window)).toISOString()
  return `${source} ${metric} at ${when}`
}

function compareTotals({ a, b, where }: Pair, into: Difference[]): void {
  const [one, other] = [totalOf(a), totalOf(b)]
  if (one.count !== other.count || !sameSum(one.sum, other.sum))
    into.push({ where: `${where}, total`, a: tallyText(one), b: tallyText(other) })
}

function compareKeys({ a, b, where }: Pair, limit: number, into: Difference[]): void {
  const [shortA, shortB] = [a, b].map(cell => shortBy(cell, limit))
  for (const key of new Set([...a.keys.keys(), ...b.keys.keys()])) {
    const one = a.keys.get(key) ?? NOTHING
    const other = b.keys.get(key) ?? NOTHING
    // Several values of a log are this one text, and each of them can be cut.
    const several = key.includes('\u{FFFD}')
    const same =
      isNear(one, other, b, several ? b.other.count : shortB!) &&
      isNear(other, one, a, several ? a.other.count : shortA!)
    if (same) continue
    into.push({
      where: `${where}, key ${JSON.stringify(key)}`,
      ...(a.keys.has(key) && { a: tallyText(one) }),
      ...(b.keys.has(key) && { b: tallyText(other) })
    })
  }
}

/** Whether the lower of two tallies, which is of `cell`, is no lower than what the cell can have cut. */
function isNear(higher: Tally, lower: Tally, { other }: Cell, short: number): boolean {
  const sum = higher.sum - lower.sum
  return higher.count - lower.count <= short && (sum <= other.sum || sameSum(higher.sum, lower.sum))
}

function compareKept({ a, b, where }: Pair, limit: number, into: Difference[]): void {
  const few = [a, b].some(cell => isBounded(cell) && cell.keys.size < limit)
  if (few)
    into.push({
      where: `${where}, keys kept of at least ${limit}`,
      a: String(a.keys.size),
      b: String(b.keys.size)
    })
}

function compareSketches({ a, b, where }: Pair, into: Difference[]): void {
  const [one, other] = [allKeys(a), allKeys(b)]
  if (one && other && Buffer.compare(one, other) !== 0)
    into.push({ where: `${where}, sketch of all keys`, a: digestOf(one), b: digestOf(other) })
  if (isBounded(a) && isBounded(b) && (one === undefined) !== (other === undefined))
    into.push({ where: `${where}, sketch`, ...(one ? { a: digestOf(one) } : { b: digestOf(other!) }) })
}

/** The sketch of all keys of a cell, held or not; `undefined` where nobody asks how many keys were cut. */
function allKeys(cell: Cell): Uint8Array | undefined {
  if (isBounded(cell) && !cell.sketch) return undefined
  const all = cell.sketch?.slice() ?? createSketch()
  for (const key of cell.keys.keys()) addToSketch(all, key)
  return all
}

function digestOf(sketch: Uint8Array): string {
  return `${sketch.filter(rank => rank > 0).length} registers, together ${sketch.reduce((sum, rank) => sum + rank, 0)}`
}

/** Sums of whole numbers are exact; others depend on the order of adding in their last digits. */
function sameSum(a: number, b: number): boolean {
  const whole = Number.isInteger(a) && Number.isInteger(b)
  return a === b || (!whole && Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)))
}

function tallyText({ count, sum }: Tally): string {
  return sum === 0 ? `count ${count}` : `count ${count}, sum ${sum}`
}
