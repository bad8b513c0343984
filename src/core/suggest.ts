/**
 * What may be meant by a mistyped word, to go behind a message: `; did you mean "page"?`, the word between two `quote`. Where none
 * is near, `otherwise` in its place, or nothing.
 */
export function didYouMean(word: string, candidates: readonly string[], quote = '', otherwise = ''): string {
  const near = nearest(word, candidates)
  const advice = near === undefined ? otherwise : `did you mean ${quote}${near}${quote}?`
  return advice && `; ${advice}`
}

/** The candidate that is most like a mistyped word, or `undefined` when none is near. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3))
  const near = candidates
    .map(candidate => ({ candidate, distance: distanceOf(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance)
  return near[0]?.candidate
}

/** Optimal string alignment: the fewest insertions, deletions, replacements and swaps of neighbours. */
function distanceOf(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Infinity
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    rows.push(row)
    for (let j = 1; j <= b.length; j++) {
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row.push(
        Math.min(
          at(i - 1, j) + 1,
          at(i, j - 1) + 1,
          at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1),
          swapped ? at(i - 2, j - 2) + 1 : Infinity
        )
      )
    }
  }
  return at(a.length, b.length)
}
