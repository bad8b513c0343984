import type { RejectedLine, StreamPosition } from '../../core/delivery.ts'
import type { Signal } from '../../core/signal.ts'
import { compareCells, type CellsCompared } from './cells.ts'
import type { Delivered, Difference } from './delivered.ts'
import { compareEvents } from './events.ts'

/** What was compared of one sort of things. */
export interface Category {
  /** For people, in the plural. */
  readonly name: string
  /** How many there are, in either run. */
  readonly compared: number
  /** Cells whose keys were cut in a step: their totals are equal, the keys kept within the bound. */
  readonly cut: number
  /** How many differences there are. */
  readonly different: number
  /** The first of them. */
  readonly differences: readonly Difference[]
}

export interface CompareOptions {
  /** How many keys of each metric one step carries. */
  readonly limit: number
  /** The signals of the plan, each with its own limit. */
  readonly signals: readonly Signal[]
  /** Whether both runs keep lines: else there are no events to be compared, and none that rejected lines are kept with. */
  readonly lines: { readonly a: boolean; readonly b: boolean }
  /** How many differences of each category are shown; 20 when absent. */
  readonly shown?: number
}

/**
 * In what two runs over the same input differ: nothing in all of these, where the engines are equal. Pure; symmetric but for
 * who is `a`, and the same in whatever order deliveries came and however the lines were cut into them.
 */
export function compareRuns(a: Delivered, b: Delivered, options: CompareOptions): Category[] {
  const { limit, signals, lines, shown = 20 } = options
  const limits = new Map(signals.map(signal => [signal.name, signal.limit]))
  const limitOf = (name: string): number => limits.get(name) ?? limit
  const cells = (name: string, { cells, cut, differences }: CellsCompared): Category =>
    categoryOf(name, cells, differences, shown, cut)
  return [
    cells(
      'rollup cells',
      compareCells(a.rollup, b.rollup, () => limit, true)
    ),
    cells('signal cells', compareCells(a.signals, b.signals, limitOf, false)),
    ...(lines.a && lines.b
      ? []
      : [
          cells(
            'stored signal cells',
            compareCells(
              lines.a ? a.signals : a.storedSignals,
              lines.b ? b.signals : b.storedSignals,
              limitOf,
              false
            )
          )
        ]),
    compareAll('counters', a.counters, b.counters, counts => JSON.stringify(counts), shown),
    compareAll('rejected lines', rejectedOf(a), rejectedOf(b), text => text, shown),
    ...(lines.a && lines.b ? [eventsCategory(a, b, shown)] : []),
    compareAll('positions', placesOf(a), placesOf(b), texts => texts.join(', '), shown)
  ]
}

export function areEqual(categories: readonly Category[]): boolean {
  return categories.every(({ different }) => different === 0)
}

function categoryOf(
  name: string,
  compared: number,
  all: readonly Difference[],
  shown: number,
  cut = 0
): Category {
  return { name, compared, cut, different: all.length, differences: all.slice(0, shown) }
}

function eventsCategory(a: Delivered, b: Delivered, shown: number): Category {
  const { events, different, differences } = compareEvents(a.events, b.events, shown)
  return { name: 'events', compared: events, cut: 0, different, differences }
}

/** Compares what stands under the same names. */
function compareAll<Value>(
  name: string,
  a: ReadonlyMap<string, Value>,
  b: ReadonlyMap<string, Value>,
  text: (value: Value) => string,
  shown: number
): Category {
  const names = new Set([...a.keys(), ...b.keys()])
  const differences = [...names].flatMap((where): Difference[] => {
    const [one, other] = [a, b].map(all => {
      const value = all.get(where)
      return value === undefined ? undefined : text(value)
    })
    if (one === other) return []
    return [{ where, ...(one !== undefined && { a: one }), ...(other !== undefined && { b: other }) }]
  })
  return categoryOf(name, names.size, differences, shown)
}

/** Positions by the names of their streams, whose ids may be other ones in each run; several of a name together. */
function placesOf({ positions }: Delivered): Map<string, readonly string[]> {
  const byName = Map.groupBy(positions.values(), nameOf)
  return new Map(Array.from(byName, ([name, places]) => [name, places.map(placeText).toSorted()]))
}

function nameOf({ source, name }: StreamPosition): string {
  return source === name ? name : `${source}: ${name}`
}

/**
 * All of a position in the order of its names, but which member of a consumer group it was. Why a format was chosen tells how many
 * lines had come by then.
 */
function placeText({ finished, position, format }: StreamPosition): string {
  const parts = Object.entries(position).filter(([name]) => name !== 'member')
  return JSON.stringify({
    ...Object.fromEntries(parts.toSorted(([a], [b]) => (a < b ? -1 : 1))),
    finished,
    format: format?.text
  })
}

/** Rejected lines by where they begin; several at one place are one after the other. */
function rejectedOf({ rejected, positions }: Delivered): Map<string, string> {
  const byPlace = Map.groupBy(rejected, ({ stream, offset }) => {
    const place = positions.get(stream)
    return `${place ? nameOf(place) : stream} at byte ${offset}`
  })
  return new Map(
    Array.from(byPlace, ([place, lines]) => [place, lines.map(rejectedText).toSorted().join('\n')])
  )
}

/** Each byte as a character, so that no two lines look alike. */
function rejectedText({ reason, bytes }: RejectedLine): string {
  return `${reason}: ${Buffer.from(bytes).toString('latin1')}`
}
