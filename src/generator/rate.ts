/**
 * Lines per second at a moment: a calm wave of two minutes around `base`, a short peak of three times the rate
 * every three minutes. `seconds` counts from the start.
 */
export function demoRate(base: number): (seconds: number) => number {
  return seconds => {
    const wave = 1 + 0.35 * Math.sin((2 * Math.PI * seconds) / 120)
    const peak = seconds % 180 > 60 && seconds % 180 < 75 ? 3 : 1
    return base * wave * peak
  }
}

/**
 * How many lines are due between two moments (seconds from the start), given what was left over from before: the
 * integral of the rate, so that the count is exact over time however unevenly it is asked for.
 */
export function due(
  rate: (seconds: number) => number,
  from: number,
  to: number,
  rest: number
): { lines: number; rest: number } {
  const step = 0.01
  let sum = rest
  for (let at = from; at < to; at += step) sum += rate(at) * Math.min(step, to - at)
  const lines = Math.floor(sum)
  return { lines, rest: sum - lines }
}
