/** Paths of a small chart: the line through its values, and what is below it. */
export interface Outline {
  readonly line: string
  readonly area: string
}

export interface Size {
  readonly width: number
  readonly height: number
}

/**
 * The values a unit of width apart, the last one at the right edge, up to `top` at the upper edge; with gaps where a value is
 * `null`.
 */
export function outline(values: readonly (number | null)[], top: number, { width, height }: Size): Outline {
  const start = width - values.length
  const y = (value: number): string => (height - 1 - (value / top) * (height - 4)).toFixed(1)
  const line: string[] = []
  const area: string[] = []
  let from = 0
  for (const [i, value] of [...values, null].entries()) {
    if (value !== null) continue
    const run = values.slice(from, i).map((one, at) => `${start + from + at} ${y(one ?? 0)}`)
    // A single value is a line of its own width.
    if (run.length > 0) {
      const path = `M${run.join('L')}h1`
      line.push(path)
      area.push(`${path}V${height}H${start + from}Z`)
    }
    from = i + 1
  }
  return { line: line.join(''), area: area.join('') }
}
