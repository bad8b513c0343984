import { VisorError } from '../../src/core/errors.ts'
import { EVERYTHING, predicate, type Queried } from '../../src/query/index.ts'
import { derivationOf } from '../../src/derived/index.ts'
import { DAY, HOUR, MINUTE } from '../../src/core/time.ts'
import type { AskedStore, LineFilter } from '../../src/store/index.ts'

/** A line with its fields, and as it was written. */
export interface FakeLine {
  readonly text: string
  readonly event: Queried
}

const STEPS = { minute: MINUTE, hour: HOUR, day: DAY } as const

/**
 * Answers questions about made-up lines, plainly: by the predicate of each query; none where a `countingEngine` keeps
 * no lines.
 */
export function fakeStore(lines: readonly FakeLine[], countingEngine?: string): AskedStore {
  const found = ({
    where = EVERYTHING,
    from = -Infinity,
    to = Infinity,
    sources
  }: LineFilter = {}): FakeLine[] => {
    if (countingEngine !== undefined)
      throw new VisorError('NO_LINES', `the engine ${countingEngine} keeps no lines`)
    const passes = predicate(where)
    return lines
      .filter(({ event }) => event.time >= from && event.time < to)
      .filter(({ event }) => sources?.includes(event.source) ?? true)
      .filter(({ event }) => passes(event))
      .toSorted((a, b) => b.event.time - a.event.time)
  }
  return {
    streams: async () => [],
    digests: async () => ({ digests: new Uint8Array(), next: undefined }),
    lines: async query =>
      found(query)
        .slice(0, query?.limit ?? 100)
        .map(({ text, event }) => ({
          time: event.time,
          source: event.source,
          line: new TextEncoder().encode(text),
          end: '\n',
          fields: new Map(Object.entries(event).filter(isTold))
        })),
    count: async query =>
      grouped(found(query), line => line.event.time - (line.event.time % STEPS[query?.by ?? 'hour']))
        .map(([time, lines]) => ({ time, count: lines.length }))
        .toSorted((a, b) => a.time - b.time),
    stats: async query =>
      grouped(found(query), line => valueOf(line.event, query?.stats?.by[0] ?? ''))
        .map(([key, lines]) => ({ keys: [key], value: lines.length }))
        .toSorted((a, b) => b.value - a.value)
        .slice(0, query?.limit ?? 100),
    signatures: async query => {
      const errors = found(query).filter(({ event }) => event.kind === 'error')
      return grouped(errors, line => String(valueOf(line.event, 'signature'))).map(([signature, lines]) => {
        const times = lines.map(({ event }) => event.time)
        const event = lines[0]?.event
        const shown = {
          signature,
          level: String(event?.['level']),
          example: String(event?.['message']),
          count: lines.length
        }
        return { ...shown, first: Math.min(...times), last: Math.max(...times) }
      })
    },
    rejected: async () => [],
    versions: async () => [],
    readings: async () => ({ reasons: [], counters: undefined }),
    period: async () => ({ cells: [], timeline: [], cut: 0 }),
    sql: async () => ({ columns: [], rows: [], more: false }),
    extent: async () => {
      const times = lines.map(({ event }) => event.time)
      return times.length > 0 ? { first: Math.min(...times), last: Math.max(...times) } : undefined
    }
  }
}

function isTold(field: [string, string | number | null]): field is [string, string | number] {
  return field[1] !== null
}

function valueOf(event: Queried, name: string): string | number | null {
  const derivation = derivationOf(name)
  const base = event[derivation?.from ?? name] ?? null
  return derivation && typeof base === 'string' ? (derivation.derive(base) ?? null) : base
}

function grouped<Key>(lines: readonly FakeLine[], keyOf: (line: FakeLine) => Key): [Key, FakeLine[]][] {
  return [...Map.groupBy(lines, keyOf)]
}
