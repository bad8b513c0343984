import { setTimeout } from 'node:timers/promises'
import type { DeliverySink, StreamPosition } from '../../core/delivery.ts'
import { errorOf } from '../../core/errors.ts'
import type { EngineStatus, SourceProblem } from '../../core/progress.ts'
import { MINUTE_MS, SECOND_MS, type Clock, type Millis } from '../../core/time.ts'
import type { EnginePlan } from '../../counting/plan.ts'
import { ingest } from '../embedded/ingest.ts'
import type { Engine, EngineEvents, EngineKind, EngineOptions } from '../kind.ts'
import { Delivered } from './delivered.ts'

/** An engine with its options, to be run over the same input as another one. */
export interface Contender {
  /** For people. */
  readonly name: string
  readonly lines: boolean
  start(
    this: void,
    plan: EnginePlan,
    sink: DeliverySink,
    events: EngineEvents,
    clock: Clock
  ): Engine | Promise<Engine>
}

/** Where the input ends. */
export interface InputEnd {
  /** How much is done, and of how much, in some unit. */
  progress(positions: Iterable<StreamPosition>): { readonly done: number; readonly total: number }
  /** Whether nothing is left to be read; `problems` are those of sources. */
  reached(positions: Iterable<StreamPosition>, problems: Iterable<SourceProblem>): boolean
}

export interface RunOptions {
  /** When the run begins, by its own clock. */
  readonly now: Millis
  readonly end: InputEnd
  readonly signal: AbortSignal
  /** How long nothing may come before it is given up. */
  readonly patience: Millis
  readonly onProgress?: (done: number, total: number, status: EngineStatus | undefined) => void
}

/** What a run came to. */
export interface Ran {
  readonly delivered: Delivered
  /** What kept streams from being read, each once. */
  readonly problems: readonly SourceProblem[]
  /** Whether all of the input was read: else nothing came for as long as it was waited. */
  readonly complete: boolean
  readonly took: Millis
}

/** How many times slower than time the clock of a run goes. */
const SLOWER = 10
/** The clock begins a moment after a whole minute: no line that is written in seconds lies on a bound that goes with it. */
const AFTER_MINUTE: Millis = 1

/**
 * The clock of a run. What is counted depends on it where lines are old or ahead of it, so two runs must not have another: it
 * begins at a whole minute, and for ten minutes it stays within that minute, in which nothing is counted otherwise. It does not
 * stand still because lines that may go on wait for it.
 */
export function slowClock(now: Millis, passed: Clock): Clock {
  const began = passed()
  const start = Math.floor(now / MINUTE_MS) * MINUTE_MS + AFTER_MINUTE
  return () => start + (passed() - began) / SLOWER
}

/** An engine of some kind. */
export function contenderOf(kind: EngineKind, options: EngineOptions): Contender {
  return {
    name: kind.name,
    lines: kind.keeps(options).lines,
    start: (plan, sink, events, clock) =>
      kind.start(options, plan, sink, events, { clock, identity: 'visor parity' })
  }
}

/** The embedded engine in this thread, since its own threads have no clock but that of the machine. */
export const EMBEDDED: Contender = {
  name: 'embedded',
  lines: true,
  start(plan, sink, events, clock) {
    const stop = new AbortController()
    const ended = ingest(
      plan,
      sink,
      message => {
        if (message.type === 'progress') events.progress(message.progress)
        else if (message.type === 'problem') events.problem(message.problem)
        else if (message.type === 'failed') events.failed(errorOf(message.error))
      },
      { clock, random: Math.random, fineClock: clock },
      stop.signal
    ).catch((error: Error) => events.failed(error))
    return { ended, stop: () => (stop.abort(), ended) }
  }
}

/** How often it is looked whether all is read. */
const LOOK: Millis = 50

/**
 * Runs an engine until it has read all there is.
 * @throws what the engine failed with, and the signal's reason
 */
export async function runToEnd(
  { start }: Contender,
  plan: EnginePlan,
  { now, end, signal, patience, onProgress }: RunOptions
): Promise<Ran> {
  const began = performance.now()
  const delivered = new Delivered(plan.signals)
  const problems = new Map<string, SourceProblem>()
  const failures: Error[] = []
  let heard = began
  let status: EngineStatus | undefined
  const sink: DeliverySink = {
    write: delivery => {
      delivered.add(delivery)
      heard = performance.now()
      return Promise.resolve()
    }
  }
  const events: EngineEvents = {
    progress: progress => delivered.report(progress),
    state: () => {},
    problem: problem => void problems.set(`${problem.source} ${problem.name} ${problem.message}`, problem),
    engine: latest => void (status = latest),
    failed: error => void failures.push(error)
  }
  const engine = await start(
    plan,
    sink,
    events,
    slowClock(now, () => performance.now())
  )
  const { positions } = delivered
  const ended = (): boolean => end.reached(positions.values(), problems.values())
  try {
    while (!ended() && failures.length === 0 && performance.now() - heard < patience) {
      const { done, total } = end.progress(positions.values())
      onProgress?.(done, total, status)
      await setTimeout(LOOK, undefined, { signal })
    }
  } finally {
    await engine.stop()
  }
  if (failures[0]) throw failures[0]
  return { delivered, problems: [...problems.values()], complete: ended(), took: performance.now() - began }
}

/** How long an engine may take to begin, or to try again: more than any of them waits between two tries. */
export const PATIENCE: Millis = 90 * SECOND_MS
