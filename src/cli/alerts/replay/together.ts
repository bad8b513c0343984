import { setImmediate } from 'node:timers/promises'
import { SLOT, type Slot } from '../../../alerts/replay.ts'
import type { CellRows } from '../../../core/rows.ts'
import type { Signal } from '../../../core/signal.ts'
import { addCounters, NO_COUNTERS, type Counters } from '../../../core/source.ts'
import type { Clock, Micros } from '../../../core/time.ts'
import { windowOf } from '../../../core/window.ts'
import type { Query } from '../../../query/index.ts'
import { Log } from './log.ts'

/** A log to be replayed; `format` as configured, detected when absent. */
export interface ReplayedLog {
  readonly path: string
  readonly format?: string | undefined
}

export interface LogOptions {
  readonly zone?: string | undefined
  /** Dates lines where no line has a time. */
  readonly clock: Clock
  readonly signal: AbortSignal
}

/**
 * Reads logs together in order of event time, as they would have been watched while they were written: always the one on
 * that is furthest behind.
 */
class Together {
  /** The last event time that was read, -Infinity before any. */
  latest: Micros = -Infinity
  readonly #logs: readonly Log[]
  readonly #signal: AbortSignal
  #waiting: CellRows[] = []

  /** @throws VisorError FILE_MISSING, FILE_UNREADABLE, FORMAT */
  constructor(logs: readonly ReplayedLog[], signals: readonly Signal<Query>[], options: LogOptions) {
    this.#signal = options.signal
    this.#logs = logs.map(log => new Log(log, logOf(log.path), signals, options))
  }

  get counters(): Counters {
    return this.#logs.reduce((sum, { counters }) => addCounters(sum, counters), { ...NO_COUNTERS })
  }

  /**
   * What was counted, slot by slot. Lines that are far behind those before them in their log come when they come.
   * @throws VisorError FORMAT_UNKNOWN, FILE_UNREADABLE, and the signal's reason
   */
  async *slots(): AsyncGenerator<Slot> {
    for (let log = this.#behind(); log; log = this.#behind()) {
      this.#waiting.push(...(await log.step()))
      this.latest = Math.max(this.latest, log.latest)
      yield* this.#read(Math.min(...this.#reading().map(({ latest }) => latest)))
      // A turn of the loop, in which a signal can arrive.
      await setImmediate()
      this.#signal.throwIfAborted()
    }
    yield* this.#read(Infinity)
  }

  async close(): Promise<void> {
    await Promise.all(this.#logs.map(log => log.close()))
  }

  #reading(): readonly Log[] {
    return this.#logs.filter(({ done }) => !done)
  }

  #behind(): Log | undefined {
    return this.#reading().toSorted((a, b) => (a.latest < b.latest ? -1 : 1))[0]
  }

  /** The slots that are over at an event time. */
  *#read(time: Micros): Generator<Slot> {
    const before = windowOf(time, SLOT)
    const complete = this.#waiting.filter(({ window }) => window < before)
    this.#waiting = this.#waiting.filter(({ window }) => window >= before)
    const slots = Map.groupBy(complete, ({ window }) => windowOf(window, SLOT))
    for (const [from, rows] of [...slots].toSorted(([a], [b]) => a - b)) yield { from, rows }
  }
}

/** The log that a file is of, rotated or not: `access.log.2.gz` is of `access.log`. */
function logOf(path: string): string {
  return path.replace(/\.gz$/, '').replace(/[.-]\d+$/, '')
}

/** What logs came to that were replayed. */
export interface Replayed {
  readonly counters: Counters
  /** The first and the last event time; Infinity and -Infinity where there is none. */
  readonly from: Micros
  readonly to: Micros
}

/** Has rules evaluated over logs. @throws VisorError as `readFile` does, and the signal's reason */
export async function replayLogs(
  logs: readonly ReplayedLog[],
  { signals, take }: { readonly signals: readonly Signal<Query>[]; readonly take: (slot: Slot) => void },
  options: LogOptions
): Promise<Replayed> {
  const together = new Together(logs, signals, options)
  let from = Infinity
  try {
    for await (const slot of together.slots()) {
      from = Math.min(from, ...slot.rows.map(({ window }) => window))
      take(slot)
    }
  } finally {
    await together.close()
  }
  return { counters: together.counters, from, to: together.latest }
}
