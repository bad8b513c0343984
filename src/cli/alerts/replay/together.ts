import { setImmediate } from 'node:timers/promises'
import { SLOT, type Slot } from '../../../alerts/replay.ts'
import type { CellRows } from '../../../core/rows.ts'
import type { Signal } from '../../../core/signal.ts'
import { addCounters, NO_COUNTERS, type Counters } from '../../../core/source.ts'
import { toMicros, type Clock, type Micros } from '../../../core/time.ts'
import { windowOf } from '../../../core/window.ts'
import type { ScrubSettings } from '../../../privacy/settings.ts'
import { SignalReader } from '../../../counting/signal-reader.ts'
import type { Query } from '../../../query/index.ts'
import { readFile } from '../../../reading/file.ts'
import { NO_STATE } from '../../../scanner/index.ts'

/** A log to be replayed; `format` as configured, detected when absent. */
export interface ReplayedLog {
  readonly path: string
  readonly format?: string | undefined
}

interface LogOptions {
  readonly zone?: string | undefined
  /** What of lines is masked; secrets when absent. */
  readonly scrub?: ScrubSettings
  /** Dates lines where no line has a time. */
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** What logs came to that were replayed. */
export interface Replayed {
  readonly counters: Counters
  /** The first and the last event time; Infinity and -Infinity where there is none. */
  readonly from: Micros
  readonly to: Micros
}

/**
 * Has rules evaluated over logs, which are read together in order of event time, as they would have been watched while
 * they were written. Lines that are far behind those before them in their log come when they come.
 * @throws VisorError as `readFile` does, and the signal's reason
 */
export async function replayLogs(
  logs: readonly ReplayedLog[],
  { signals, take }: { readonly signals: readonly Signal<Query>[]; readonly take: (slot: Slot) => void },
  options: LogOptions
): Promise<Replayed> {
  const open = logs.map(log => openLog(log, signals, options))
  let from = Infinity
  try {
    for await (const slot of slotsOf(open, options.signal)) {
      from = Math.min(from, ...slot.rows.map(({ window }) => window))
      take(slot)
    }
  } finally {
    await Promise.all(open.map(log => log.close()))
  }
  const counters = open.reduce((sum, log) => addCounters(sum, log.counters()), { ...NO_COUNTERS })
  return { counters, from, to: Math.max(...open.map(({ latest }) => latest())) }
}

/** What all logs counted, slot by slot: always the one is read on that is furthest behind. */
async function* slotsOf(
  logs: readonly ReturnType<typeof openLog>[],
  signal: AbortSignal
): AsyncGenerator<Slot> {
  let waiting: CellRows[] = []
  for (let reading = logs; reading.length > 0;) {
    const behind = reading.reduce((first, log) => (log.latest() < first.latest() ? log : first))
    waiting.push(...(await behind.step()))
    reading = logs.filter(({ done }) => !done())
    const before = windowOf(Math.min(...reading.map(({ latest }) => latest())), SLOT)
    const complete = waiting.filter(({ window }) => window < before)
    waiting = waiting.filter(({ window }) => window >= before)
    const slots = Map.groupBy(complete, ({ window }) => windowOf(window, SLOT))
    for (const [from, rows] of [...slots].toSorted(([a], [b]) => a - b)) yield { from, rows }
    // A turn of the loop, in which a signal can arrive.
    await setImmediate()
    signal.throwIfAborted()
  }
}

/** Opens a log that is read piece by piece for the signals of rules. */
function openLog(
  { path, format }: ReplayedLog,
  signals: readonly Signal<Query>[],
  { zone, scrub = true, clock, signal }: LogOptions
) {
  // The log that a file is of, rotated or not: `access.log.2.gz` is of `access.log`.
  const name = path.replace(/\.gz$/, '').replace(/[.-]\d+$/, '')
  const ready = readFile(path, { format, signal })
  let reader: SignalReader | undefined
  let done = false
  return {
    done: () => done,
    /** The latest event time read; -Infinity before any. */
    latest: (): Micros => reader?.latest ?? -Infinity,
    counters: (): Readonly<Counters> => reader?.counters ?? NO_COUNTERS,
    /** Reads some more; gives what that counted. */
    step: async (): Promise<readonly CellRows[]> => {
      const { value, done: ended } = await ready.next()
      done = ended === true
      if (!value) return []
      reader ??= new SignalReader(name, signals, { choice: value.choice, scan: NO_STATE }, { zone, scrub })
      return reader.read(value.stream, { now: toMicros(clock()) }).rows
    },
    close: () => ready.return()
  }
}
