import { join } from 'node:path'
import { configOf } from '../config/load.ts'
import type { Config } from '../config/schema.ts'
import type { Kind } from '../core/fields.ts'
import type { Sink } from '../core/sink.ts'
import { toMicros, toMillis, type Clock, type Micros, type Millis } from '../core/time.ts'
import { zoneOffsets } from '../core/zone.ts'
import { formatFor } from '../formats/index.ts'
import { cellStart, compose, type Composition } from '../generator/compose.ts'
import type { Draft } from '../generator/draft.ts'
import { generate } from '../generator/generate.ts'
import { LineMaker } from '../generator/maker.ts'
import type { Scenario } from '../generator/scenario.ts'
import { localZone } from '../scanner/zone.ts'
import { openSink } from '../sinks/index.ts'
import type { Context } from './context.ts'

const KINDS = ['access', 'error'] as const

/** The formats of logs that Visor makes for itself. */
const FORMATS = {
  /** What Debian calls vhost_combined, with bytes as the page likes them and the time each request took. */
  access: '%v:%p %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D',
  error: 'error24'
} as const

/** Minutes east of UTC at a time, in the zone that logs are written and read in, or in another. */
export function offsetsOf(zone = localZone()): (time: Micros) => number {
  const offset = zoneOffsets(zone)
  return time => offset(toMillis(time))
}

/** Where the logs are that Visor makes for itself: how one is read, and how it is written. */
export interface MadeUpPlace {
  source(kind: Kind): Readonly<Record<string, unknown>>
  target(kind: Kind): string
}

/** As files of a folder. */
export function filesIn(folder: string): MadeUpPlace {
  const target = (kind: Kind): string => join(folder, `${kind}.log`)
  return { source: kind => ({ path: target(kind) }), target }
}

/** As topics of a Kafka broker. */
export function topicsOf(broker: string): MadeUpPlace {
  return {
    source: kind => ({ type: 'kafka', brokers: [broker], topics: [kind] }),
    target: kind => `kafka://${broker}/${kind}`
  }
}

/** Watches the logs that `openLogs` writes at the same place; all that is kept is in the folder. */
export function madeUpConfig(
  folder: string,
  place: MadeUpPlace,
  settings: {
    readonly page: Pick<Config['page'], 'host' | 'port'> & Partial<Pick<Config['page'], 'access'>>
    readonly receivers?: unknown
    readonly engine?: unknown
  }
): Config {
  const sources = Object.fromEntries(
    KINDS.map(kind => [kind, { ...place.source(kind), format: FORMATS[kind] }])
  )
  return configOf({ ...settings, sources, store: { path: 'store', retention: '1d' } }, folder, {})
}

/** The lines of both logs of a scenario. */
export function madeUpTraffic(scenario: Scenario, seed: number, start: Micros): Composition {
  return compose(scenario, { seed, start, zone: offsetsOf(), kinds: new Set(KINDS) })
}

/** A span of time. */
interface Span {
  readonly from: Millis
  readonly to: Millis
  /** Up to when lines are due. */
  readonly due: Clock
  /** Is called with the time up to which lines are out. */
  readonly out?: (time: Millis) => void
}

/** Is given each line, in the order of each log, and then how many lines of a log are out. */
interface Tally {
  add(draft: Draft): void
  wrote(kind: Kind, lines: number, now: Millis): void
}

export type LogWriter = Awaited<ReturnType<typeof openLogs>>

/** Opens the logs that traffic is written to, span by span. */
export async function openLogs(
  place: MadeUpPlace,
  { traffic }: Composition,
  { signal, stdout }: Pick<Context, 'signal' | 'stdout'>,
  tally?: Tally
) {
  const sinks = new Map<Kind, Sink>()
  for (const kind of KINDS) {
    const sink = await openSink(place.target(kind), {}, { signal, clock: Date.now, stdout })
    sinks.set(kind, tally ? observed(sink, lines => tally.wrote(kind, lines, performance.now())) : sink)
  }
  const open = [...sinks.values()]
  const logs = KINDS.map(kind => ({ kind, format: formatFor(FORMATS[kind]), framed: false }))
  const truth = tally && { truth: tally }
  const maker = new LineMaker({ traffic, logs, limit: Infinity, zone: offsetsOf(), ...truth })
  return {
    /** How many lines are out. */
    written: (): number => open.reduce((sum, { written }) => sum + written, 0),
    /** Writes the lines of a span, which goes on where the one before ended, as they fall due. */
    write: async ({ from, to, due, out }: Span): Promise<void> => {
      const [start, end] = [cellStart(toMicros(from)), cellStart(toMicros(to))]
      const report = (time: Micros): void => out?.(toMillis(time))
      await generate({ maker, sinks, start, end, due: () => toMicros(due()), out: report, signal })
      signal.throwIfAborted()
    },
    close: async (): Promise<void> => {
      await Promise.all(open.map(sink => sink.close()))
    }
  }
}

/** The sink; `wrote` is called with how many lines are out, after each write. */
function observed(sink: Sink, wrote: (lines: number) => void): Sink {
  return {
    name: sink.name,
    framed: sink.framed,
    get written() {
      return sink.written
    },
    async write(lines) {
      await sink.write(lines)
      wrote(sink.written)
    },
    async close() {
      await sink.close()
      wrote(sink.written)
    }
  }
}
