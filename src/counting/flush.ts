import { addKey, boundCell, addToOther, addHashToOther, type Cell } from '../core/rollup.ts'
import { hashText } from '../core/sketch.ts'
import type { CodeCounts } from './code-counts.ts'
import type { Keys } from './keys.ts'

/** What codes stand for; without a hash, nobody asks how many keys went to `other`. */
type FlushedKeys = Pick<Keys, 'name'> & Partial<Pick<Keys, 'hash'>>

/**
 * Adds the keys that codes stand for to a cell. Of more codes than `limit`, the `limit` largest become keys (of equal
 * ones those seen first), and so do those that the cell holds already; the others go to `other` by their hash, if there
 * is one, without a text made for them.
 */
export function flushCounts(counts: CodeCounts, keys: FlushedKeys, cell: Cell, limit: number): void {
  const { least, ties } = threshold(counts, limit)
  const held = least > 0 && keys.hash ? new Set(Array.from(cell.keys.keys(), hashText)) : undefined
  let left = ties
  counts.each((code, count, sum) => {
    const large = count > least || (count === least && left-- > 0)
    const hash = large ? undefined : keys.hash?.(code)
    const known = hash !== undefined && held?.has(hash) && cell.keys.has(keys.name(code))
    if (large || known) addKey(cell, keys.name(code), count, sum)
    else if (hash !== undefined) addHashToOther(cell, hash, count, sum)
    else addToOther(cell, count, sum)
  })
  // Bounding costs more than it frees while the cell is little above the limit.
  if (cell.keys.size > 2 * limit) boundCell(cell, limit)
}

/** The count of the last key within the limit, and how many keys with just that count are within it. */
function threshold(counts: CodeCounts, limit: number): { least: number; ties: number } {
  if (counts.size <= limit) return { least: 0, ties: 0 }
  const sorted = new Float64Array(counts.size)
  let n = 0
  counts.each((_code, count) => (sorted[n++] = count))
  sorted.sort()
  const least = sorted[sorted.length - limit]!
  return { least, ties: limit - (sorted.length - sorted.findLastIndex(count => count === least) - 1) }
}
