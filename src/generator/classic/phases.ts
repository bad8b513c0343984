import type { Random } from '../random.ts'
import type { MessageOptions, SecondsRange } from './options.ts'
import { oneOf, uniform } from './draws.ts'

export type Level = 'info' | 'warn' | 'error'
type Phase = 'normal' | 'peak'

/** What each line adds to the counter of a phase; the phase ends when the counter is beyond `limit`. */
interface Course {
  readonly growth: SecondsRange
  readonly limit: number
}

const SLOW: SecondsRange = { low: 0.05, high: 0.5 }
const FAST: SecondsRange = { low: 1, high: 1.2 }

/** As long as the first Visor's phases are, in lines. */
const COURSES: Readonly<Record<Level, Readonly<Record<Phase, Course>>>> = {
  info: { normal: { growth: SLOW, limit: 50 }, peak: { growth: FAST, limit: 350 } },
  warn: { normal: { growth: SLOW, limit: 50 }, peak: { growth: FAST, limit: 250 } },
  error: { normal: { growth: { low: 0.2, high: 0.5 }, limit: 20 }, peak: { growth: FAST, limit: 150 } }
}

/** Gives the wait after each line in seconds: quiet times and peaks take turns, quiet ones first. */
export function phasedWaits(
  level: Level,
  interval: MessageOptions['interval'],
  random: Random
): () => number {
  let phase: Phase = 'normal'
  let counter = 0
  return () => {
    const wait = uniform(random, oneOf(random, interval[phase]))
    const { growth, limit } = COURSES[level][phase]
    if (counter > limit) {
      phase = phase === 'normal' ? 'peak' : 'normal'
      counter = 0
    } else counter += uniform(random, growth)
    return wait
  }
}
