import { setTimeout as wait } from 'node:timers/promises'
import type { Kind } from '../core/fields.ts'
import type { Sink } from '../core/sink.ts'
import type { Micros, Millis } from '../core/time.ts'
import type { LineMaker } from './maker.ts'
import { CELL } from './pace.ts'

export interface GenerationRun {
  readonly maker: LineMaker
  readonly sinks: ReadonlyMap<Kind, Sink>
  /** When the lines begin and end; Infinity for no end. */
  readonly start: Micros
  readonly end: Micros
  /** The time up to which lines are due: that of the clock on the wall, or one that runs ahead. */
  readonly due: () => Micros
  /** Is called with the time up to which lines are out. */
  readonly out?: (time: Micros) => void
  readonly signal: AbortSignal
}

/** Between two looks at the clock. */
const POLL_INTERVAL: Millis = 10

/** Lines to be made at once, at the least and at the most, where so many are due. */
const MIN_BATCH_LINES = 2048
const MAX_BATCH_LINES = 16_384

/**
 * Makes lines as they fall due and hands them to their sinks, until the end, the limit, or the signal. While one batch is
 * written the next is made; who waits for a sink makes no lines. Resolves with the time up to which lines were made.
 * @throws what a sink could not do
 */
export async function generate(options: GenerationRun): Promise<Micros> {
  const { maker, sinks, start, end, due, out, signal } = options
  let handed: Promise<unknown> = Promise.resolve()
  let span = CELL
  let made = start
  while (made < end && !maker.full && !signal.aborted) {
    const wanted = Math.min(end, due())
    if (wanted - made < CELL && wanted < end) {
      await handed
      out?.(made)
      await wait(POLL_INTERVAL, undefined, { signal }).catch(() => {})
      continue
    }
    const to = Math.min(wanted, made + span)
    const batches = maker.make(to)
    const lines = batches.reduce((sum, batch) => sum + batch.lines.count, 0)
    if (lines < MIN_BATCH_LINES && to < wanted) span *= 2
    else if (lines > MAX_BATCH_LINES) span = Math.max(CELL, span / 2)
    made = to
    await handed
    handed = Promise.all(batches.map(async ({ kind, lines }) => sinks.get(kind)?.write(lines)))
    // Thrown at the next `await handed`.
    handed.catch(() => {})
  }
  await handed
  out?.(made)
  return made
}
