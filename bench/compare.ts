import { spawnSync } from 'node:child_process'
import { SECOND_MS } from '../src/core/time.ts'

/** A command to be timed, whole process. */
export interface Contender {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
}

export interface Timing {
  readonly name: string
  /** Seconds. */
  readonly min: number
  readonly median: number
  readonly max: number
}

/** Whether a program can be started here. */
export function installed(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined
}

/**
 * Times each contender `runs` times after one run that does not count, all of them in turn, so that a machine
 * whose speed drifts is as fair to the last as to the first.
 */
export function race(contenders: readonly Contender[], runs: number): Timing[] {
  const seconds = contenders.map((): number[] => [])
  for (let run = 0; run <= runs; run++)
    contenders.forEach(({ name, command, args }, i) => {
      const start = performance.now()
      const { status, error } = spawnSync(command, args, { stdio: 'ignore' })
      if (error || status !== 0) throw new Error(`${name} failed (${error?.message ?? `exit ${status}`})`)
      if (run > 0) seconds[i]?.push((performance.now() - start) / SECOND_MS)
    })
  return contenders.map(({ name }, i) => {
    const sorted = (seconds[i] ?? []).sort((a, b) => a - b)
    const [min = 0, max = 0] = [sorted[0], sorted.at(-1)]
    return { name, min, median: sorted[Math.floor(sorted.length / 2)] ?? 0, max }
  })
}

/** The timings as a table, with how many times as long as the first each took. */
export function table(timings: readonly Timing[]): string {
  const [first] = timings
  const rows = timings.map(({ name, min, median, max }) =>
    [
      name,
      min.toFixed(3),
      median.toFixed(3),
      max.toFixed(3),
      (median / (first?.median ?? 1)).toFixed(2)
    ].join(' | ')
  )
  return [
    '| command | min s | median s | max s | times the first |',
    '|---|--:|--:|--:|--:|',
    ...rows.map(row => `| ${row} |`)
  ].join('\n')
}
