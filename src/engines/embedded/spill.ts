import { addKey, boundCell, foldKey, type Cell } from '../../core/rollup.ts'
import type { Counter } from './counter.ts'

/**
 * Adds a counter's keys to a cell. When the counter holds more than `limit`, only its `limit` largest become keys
 * (of equal ones those seen first) and the others go straight to `other`, without a string kept for them.
 */
export function spill(counter: Counter, nameOf: (key: number) => string, cell: Cell, limit: number): void {
  const { least, ties } = threshold(counter, limit)
  let left = ties
  counter.each((key, count, sum) => {
    const name = nameOf(key)
    if (count > least || (count === least && left-- > 0) || cell.keys.has(name))
      addKey(cell, name, count, sum)
    else foldKey(cell, name, count, sum)
  })
  boundCell(cell, limit)
}

/** The count of the last key within the limit, and how many keys with just that count are within it. */
function threshold(counter: Counter, limit: number): { least: number; ties: number } {
  if (counter.size <= limit) return { least: 0, ties: 0 }
  const counts = new Float64Array(counter.size)
  let n = 0
  counter.each((_key, count) => (counts[n++] = count))
  counts.sort()
  const least = counts[counts.length - limit]!
  return { least, ties: limit - (counts.length - counts.findLastIndex(count => count === least) - 1) }
}
