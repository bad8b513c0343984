/** Pearson's statistic of counts against the shares they should have; shares need not add up to anything. */
export function chiSquare(counts: readonly number[], shares: readonly number[]): number {
  const scale = sum(counts) / sum(shares)
  return sum(counts.map((count, i) => (count - shares[i]! * scale) ** 2 / (shares[i]! * scale)))
}

/** The sum of all numbers. */
export function sum(all: readonly number[]): number {
  return all.reduce((a, b) => a + b, 0)
}
