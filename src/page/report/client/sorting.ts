/** What a cell is sorted by; `undefined` for what is unknown. */
export type SortKey = number | string | undefined

/** Numbers by size, before texts by their letters; what is unknown is last, however it is sorted. */
export function compareKeys(a: SortKey, b: SortKey, descending: boolean): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : compareTexts(a, b)
  return descending ? -order : order
}

const collator = new Intl.Collator('en', { numeric: true })

function compareTexts(a: number | string, b: number | string): number {
  if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1
  return collator.compare(String(a), String(b))
}

/** Items by their keys; equal ones stay as they were. */
export function sortedBy<Item>(
  items: readonly Item[],
  keys: readonly SortKey[],
  compare: (a: SortKey, b: SortKey) => number
): Item[] {
  return items
    .map((item, i) => ({ item, key: keys[i] }))
    .sort((a, b) => compare(a.key, b.key))
    .map(({ item }) => item)
}
