const wave = (seconds: number, period: number): number => Math.sin((2 * Math.PI * seconds) / period)

/**
 * Lines per second at a moment: `base` under slow and quick waves, whose periods share no multiple soon, and a short
 * peak of about three times that every seven minutes. `seconds` counts from the start.
 */
export function demoRate(base: number): (seconds: number) => number {
  return seconds => {
    const waves = 0.3 * wave(seconds, 1130) + 0.12 * wave(seconds, 173) + 0.08 * wave(seconds, 41)
    const peak = 2 * Math.exp(-(((seconds % 420) - 300) ** 2) / 600)
    return base * (1 + waves + peak)
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
