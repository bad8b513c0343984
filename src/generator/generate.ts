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
  /** Lines per second, by seconds since the start. */
  readonly rate: (seconds: number) => number
  readonly random: Random
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Minutes east of UTC that a moment (milliseconds) is written with. */
  readonly zone: (now: number) => number
  readonly signal: AbortSignal
}

/** Milliseconds between two writes. */
const PACE = 50

/** Appends access and error lines to two files at the given rate until aborted; returns how many it wrote. */
export async function generate(options: GenerateOptions): Promise<{ access: number; error: number }> {
  const visit = traffic(options.random)
  const written = { access: 0, error: 0 }
  const start = options.now()
  let done = 0
  let rest = 0
  while (!options.signal.aborted) {
    const now = options.now()
    const seconds = (now - start) / 1000
    const batch = due(options.rate, done, seconds, rest)
    rest = batch.rest
    const span = seconds - done
    const texts = { access: '', error: '' }
    for (let i = 0; i < batch.lines; i++) {
      const time = Math.floor((start + 1000 * (done + (span * i) / batch.lines)) * 1000)
      const { access, error } = visit(time, options.zone(now))
      texts.access += `${options.access.format.print(access)}\n`
      written.access++
      if (!error) continue
      texts.error += `${options.error.format.print(error)}\n`
      written.error++
    }
    for (const kind of ['access', 'error'] as const)
      if (texts[kind]) appendFileSync(options[kind].path, texts[kind])
    done = seconds
    await wait(PACE, undefined, { signal: options.signal }).catch(() => {})
  }
  return written
}
