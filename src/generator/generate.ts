import { setTimeout as wait } from 'node:timers/promises'
import type { Kind } from '../core/fields.ts'
import type { Format } from '../core/format.ts'
import type { Sink } from '../core/sink.ts'
import type { Draft, Traffic } from './draft.ts'
import { CELL } from './pace.ts'
import { PrintedLog } from './printed.ts'

/** One log: how its lines look, and where they go. */
export interface LogOutput {
  readonly kind: Kind
  readonly format: Format
  readonly sink: Sink
}

export interface GenerateOptions {
  readonly traffic: Traffic
  readonly outputs: readonly LogOutput[]
  /** When the lines begin and end, in microseconds since 1970; Infinity for no end. */
  readonly start: number
  readonly end: number
  /** How many lines the first log gets at most. */
  readonly limit: number
  /** The time up to which lines are due, in microseconds since 1970: the clock on the wall, or one that runs ahead. */
  readonly due: () => number
  /** Minutes east of UTC that a time is written with. */
  readonly zone: (time: number) => number
  readonly signal: AbortSignal
  /** Is told of each line, in the order of each log. */
  readonly truth?: { add(draft: Draft): void }
}

/** Milliseconds between two looks at the clock. */
const PACE = 10

/** Lines to be made at once, at the least and at the most, where so many are due. */
const LEAST = 2048
const MOST = 16_384

/**
 * Makes lines as they fall due and hands them to their sinks, until the end, the limit, or the signal. While one batch is
 * written the next is made; who waits for a sink makes no lines. Resolves with the time up to which lines were made.
 * @throws what a sink could not do
 */
export async function generate(options: GenerateOptions): Promise<number> {
  const { traffic, outputs, start, end, due, zone, signal } = options
  const logs = outputs.map(({ kind, format, sink }) => {
    return { kind, sink, printed: new PrintedLog(format, traffic.roles[kind], zone, sink.framed) }
  })
  const take = new Taking(new Map(logs.map(({ kind, printed }) => [kind, printed])), options)
  let handed: Promise<unknown> = Promise.resolve()
  let span = CELL
  let made = start
  while (made < end && !take.full && !signal.aborted) {
    const wanted = Math.min(end, due())
    if (wanted - made < CELL && wanted < end) {
      await wait(PACE, undefined, { signal }).catch(() => {})
      continue
    }
    const to = Math.min(wanted, made + span)
    const lines = take.until(to)
    if (lines < LEAST && to < wanted) span *= 2
    else if (lines > MOST) span = Math.max(CELL, span / 2)
    made = to
    await handed
    handed = Promise.all(logs.map(({ sink, printed }) => sink.write(printed.take())))
    // Told at the next `await handed`.
    handed.catch(() => {})
  }
  await handed
  return made
}

/** Takes lines from the traffic up to a limit, prints them, and tells the truth of them. */
class Taking {
  readonly #logs: ReadonlyMap<Kind, PrintedLog>
  readonly #options: GenerateOptions
  readonly #first: Kind | undefined
  #lines = 0
  #counted = 0
  /** Whether the first log has all lines that it should. */
  full = false

  constructor(logs: ReadonlyMap<Kind, PrintedLog>, options: GenerateOptions) {
    this.#logs = logs
    this.#options = options
    this.#first = options.outputs[0]?.kind
  }

  /** Takes what there is up to a time; returns how many lines. */
  until(to: number): number {
    const before = this.#lines
    this.#options.traffic.fill(to, this.#take)
    return this.#lines - before
  }

  readonly #take = (draft: Draft): void => {
    if (draft.kind === this.#first && !this.full) this.full = this.#counted++ === this.#options.limit
    const log = this.full ? undefined : this.#logs.get(draft.kind)
    if (!log) return
    log.add(draft)
    this.#lines++
    this.#options.truth?.add(draft)
  }
}
