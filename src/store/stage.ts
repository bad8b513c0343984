import type { Delivery, EventRows, RejectedLine, StreamPosition } from '../core/delivery.ts'
import type { Rollup } from '../core/rollup.ts'
import { addRows } from '../core/rows.ts'
import { addCounters, NO_COUNTERS, type Counters } from '../core/source.ts'
import { entryOf, bytesKey, type Codes, type Entry, type Mappings } from './dictionaries.ts'
import { codesOf, type FreshNames, type StoreNumbering } from './numbering.ts'
import { LINE_FIELD } from './schema.ts'

/** What waits for the next commit: deliveries merged, and their texts turned into the store's codes. */
export interface Staged {
  readonly names: FreshNames
  readonly entries: Entry[]
  readonly events: StagedEvents[]
  readonly rollup: Rollup
  readonly signals: Rollup
  readonly positions: Map<string, StreamPosition>
  readonly counters: Map<string, Counters>
  readonly rejected: StagedRejection[]
  rows: number
}

export interface StagedEvents extends Pick<EventRows, 'rows' | 'time' | 'zone' | 'flags'> {
  readonly source: number
  readonly format: number
  /** By the number of the field: its values, or its codes in the store. */
  readonly columns: ReadonlyMap<number, Float64Array | Uint32Array>
}

export interface StagedRejection extends RejectedLine, Pick<StreamPosition, 'source' | 'name'> {}

export function nothingStaged(): Staged {
  return {
    names: [],
    entries: [],
    events: [],
    rollup: new Map(),
    signals: new Map(),
    positions: new Map(),
    counters: new Map(),
    rejected: [],
    rows: 0
  }
}

/**
 * Adds a delivery to what waits. `mappings` are those of its sender. The delivery's code arrays are changed.
 * RangeError as `DeliverySink.write` has it; nothing of the delivery is added then.
 */
export function stage(into: Staged, delivery: Delivery, numbering: StoreNumbering, mappings: Mappings): void {
  const rejected = delivery.rejected.map(line => stageRejected(line, delivery.positions))
  const staged = delivery.events.map(events => stageEvents(into, events, numbering, mappings))
  for (const events of staged) {
    into.events.push(events)
    into.rows += events.rows
  }
  into.rejected.push(...rejected)
  addRows(into.rollup, delivery.rollup)
  addRows(into.signals, delivery.signals)
  for (const position of delivery.positions) into.positions.set(position.stream, position)
  for (const { source, ...counters } of delivery.counters)
    into.counters.set(source, addCounters(into.counters.get(source) ?? { ...NO_COUNTERS }, counters))
}

function stageRejected(line: RejectedLine, positions: readonly StreamPosition[]): StagedRejection {
  const position = positions.find(({ stream }) => stream === line.stream)
  if (!position) throw new RangeError(`a rejected line is of stream ${line.stream}, which has no position`)
  return { ...line, source: position.source, name: position.name }
}

function stageEvents(
  into: Staged,
  events: EventRows,
  numbering: StoreNumbering,
  mappings: Mappings
): StagedEvents {
  const { names } = numbering
  const columns = new Map<number, Float64Array | Uint32Array>()
  for (const [name, values] of events.numbers) columns.set(names.field('number', name, into.names), values)
  for (const [name, column] of events.texts) {
    const field = names.field('text', name, into.names)
    const codes = codesOf(numbering, field)
    const codeOf = (bytes: Uint8Array): number => {
      const key = bytesKey(bytes)
      // The same bytes can stand for another text where they are escaped in another way.
      const own = events.escapes !== 'apache' && key.includes('\\')
      const known = own ? undefined : codes.find(key)
      if (known !== undefined) return known
      const code = own ? codes.another() : codes.add(key)
      into.entries.push(entryOf(field, code, bytes, key, events.escapes))
      return code
    }
    columns.set(field, mappings.translate(field, column, codeOf))
  }
  if (events.kept.size > 0) columns.set(LINE_FIELD, stageKept(into, events, codesOf(numbering, LINE_FIELD)))
  return {
    source: names.source(events.source, into.names),
    format: names.format(events.kind, events.format, into.names),
    rows: events.rows,
    time: events.time,
    zone: events.zone,
    flags: events.flags,
    columns
  }
}

function stageKept(into: Staged, events: EventRows, codes: Codes): Uint32Array {
  const column = new Uint32Array(events.rows)
  for (const [row, line] of events.kept) {
    column[row] = codes.another()
    into.entries.push(entryOf(LINE_FIELD, column[row], line, bytesKey(line)))
  }
  return column
}
