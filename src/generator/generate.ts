import { appendFileSync } from 'node:fs'
import { setTimeout as wait } from 'node:timers/promises'
import type { Format } from '../core/format.ts'
import type { Random } from './random.ts'
import { due } from './rate.ts'
import { traffic } from './traffic.ts'

export interface GenerateOptions {
  /** Where the lines go, and how they look. */
  readonly access: { path: string; format: Format }
  readonly error: { path: string; format: Format }
  /** How far back in the past the lines begin, in milliseconds: those are written at once. */
  readonly history: number
  /** Lines per second, by seconds since the beginning of the history. */
  readonly rate: (seconds: number) => number
  readonly random: Random
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Minutes east of UTC that a moment (milliseconds) is written with. */
  readonly zone: (at: number) => number
  readonly signal: AbortSignal
}

/** Milliseconds between two writes, and seconds that one write covers at most while it catches up. */
const PACE = 50
const PIECE = 60

/** Appends access and error lines to two files at the given rate until aborted; returns how many it wrote. */
export async function generate(options: GenerateOptions): Promise<{ access: number; error: number }> {
  const visit = traffic(options.random)
  const written = { access: 0, error: 0 }
  const start = options.now() - options.history
  let done = 0
  let rest = 0
  while (!options.signal.aborted) {
    const seconds = (options.now() - start) / 1000
    const to = Math.min(seconds, done + PIECE)
    const texts = { access: '', error: '' }
    for (let from = done; from < to; from += 1) {
      const span = Math.min(1, to - from)
      const batch = due(options.rate, from, from + span, rest)
      rest = batch.rest
      for (let i = 0; i < batch.lines; i++) {
        const at = start + 1000 * (from + (span * i) / batch.lines)
        const { access, error } = visit(Math.floor(at * 1000), options.zone(at))
        texts.access += `${options.access.format.print(access)}\n`
        written.access++
        if (!error) continue
        texts.error += `${options.error.format.print(error)}\n`
        written.error++
      }
    }
    for (const kind of ['access', 'error'] as const)
      if (texts[kind]) appendFileSync(options[kind].path, texts[kind])
    done = to
    await wait(to < seconds ? 0 : PACE, undefined, { signal: options.signal }).catch(() => {})
  }
  return written
}
