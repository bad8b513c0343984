import { randomUUID } from 'node:crypto'
import type { Config } from '../config/schema.ts'
import type { EnginePlan } from '../counting/plan.ts'
import { formatsFor } from '../formats/index.ts'
import { MINUTE_MS, toMicros, type Clock } from '../core/time.ts'
import { Live, type LiveOptions } from '../live/live.ts'
import type { Past } from '../live/source.ts'
import { sourceKindOf } from '../sources/index.ts'
import type { Store, StoredPosition } from '../store/index.ts'
import { version } from '../version.ts'
import type { Signal } from '../core/signal.ts'
import type { Query } from '../query/index.ts'

/** Keys of each metric that one window carries. */
const MAX_WINDOW_KEYS = 1000

/** What the store knows of the sources from earlier runs, by name. */
export async function pastOf(config: Config, store: Store | undefined): Promise<Map<string, Earlier>> {
  const counters = await store?.counters()
  const past = Object.keys(config.sources).map(async (name): Promise<[string, Earlier]> => {
    const positions = (await store?.positions({ source: name })) ?? []
    const extent = await store?.extent({ sources: [name] })
    return [name, { counters: counters?.get(name), latest: extent?.last, positions, ...formatOf(positions) }]
  })
  return new Map(await Promise.all(past))
}

export interface Earlier extends Past {
  readonly positions: readonly StoredPosition[]
}

/** The format that an earlier run had found for a source. */
function formatOf(positions: readonly StoredPosition[]): Pick<Past, 'format' | 'kinds'> {
  const format = positions.findLast(known => known.format)?.format
  if (!format) return {}
  return { format, kinds: [...new Set(formatsFor(format.text).map(({ kind }) => kind))] }
}

/** The sources of a configuration, as they are shown. */
export function shownSources(
  { sources }: Config,
  past: ReadonlyMap<string, Earlier>
): LiveOptions['sources'] {
  return Object.entries(sources).map(([name, source]) => ({
    name,
    waitsFor: sourceKindOf(source).reads(source),
    past: past.get(name) ?? {}
  }))
}

export function liveOf(config: Config, past: ReadonlyMap<string, Earlier>, clock: Clock): Live {
  const { addresses, after } = config.privacy
  return new Live({
    version,
    sources: shownSources(config, past),
    window: toMicros(config.window),
    lateness: toMicros(config.lateness),
    limit: MAX_WINDOW_KEYS,
    // Where addresses are hidden in the course of time, lines that name them are not shown longer.
    ...(addresses && { linesFor: Math.max(after, MINUTE_MS) }),
    clock
  })
}

export function planOf(
  config: Config,
  past: ReadonlyMap<string, Earlier>,
  output: string | undefined,
  signals: readonly Signal<Query>[]
): EnginePlan {
  const sources = Object.entries(config.sources).map(([name, { format, zone, ...options }]) => {
    if (format !== undefined) formatsFor(format)
    return { name, options, format, zone, known: past.get(name)?.positions ?? [] }
  })
  return {
    name: randomUUID(),
    sources,
    window: toMicros(config.window),
    lateness: toMicros(config.lateness),
    aging: output === undefined,
    country: config.country,
    limit: MAX_WINDOW_KEYS,
    signals,
    scrub: config.privacy.scrub
  }
}
