/** What metrics and signals count of lines by their plain meaning, line by line: what engines are held against. */
import type { Batch } from '../../core/batch.ts'
import type { Kind } from '../../core/fields.ts'
import type { PairedField, TargetFilter } from '../../core/metric.ts'
import { addKey, cellOf, type Rollup } from '../../core/rollup.ts'
import { keyOf, type Signal } from '../../core/signal.ts'
import { NO_COUNTERS } from '../../core/source.ts'
import { bucketOf } from '../../core/sketch.ts'
import type { Micros } from '../../core/time.ts'
import { windowOf } from '../../core/window.ts'
import { hashedPair } from '../../core/pair.ts'
import { derivationOf } from '../../derived/index.ts'
import { METRICS } from '../../metrics/index.ts'
import { predicate, type Queried, type Query } from '../../query/index.ts'
import type { FormatSlot, LineConsumer, Pipeline } from '../../reading/pipeline.ts'
import type { Scan } from '../../scanner/index.ts'

/** Takes the lines of a source one by one. */
export class PlainLines implements LineConsumer<FormatSlot> {
  readonly counters = { ...NO_COUNTERS }
  readonly events: Queried[] = []
  readonly #source: string

  constructor(source: string) {
    this.#source = source
  }

  take({ batches }: Scan, { slots }: Pipeline): void {
    for (const [i, batch] of batches.entries())
      this.events.push(...eventsOf(batch, this.#source, slots[i]?.format.kind ?? 'access'))
  }

  flush(): void {}
}

function eventsOf({ rows, time, zone, columns }: Batch, source: string, kind: Kind): Queried[] {
  return Array.from({ length: rows }, (_, row) => {
    const values = Array.from(columns, ([field, column]) => {
      const code = column.type === 'text' ? (column.codes[row] ?? 0) : 0
      const number = column.type === 'number' ? (column.values[row] ?? NaN) : NaN
      if (column.type === 'text') return [field, code === 0 ? null : column.dictionary.text(code)]
      return [field, Number.isNaN(number) ? null : number]
    })
    return { ...Object.fromEntries(values), time: time[row], zone: zone[row], source, kind }
  })
}

/** Counts a line for all metrics, in windows of `size`. */
export function countLine(event: Queried, size: Micros, into: Rollup): void {
  for (const { name, kinds, key, derive, buckets, measure, filter, pair, target } of METRICS) {
    const numbers = (fields: readonly string[]): number | undefined =>
      fields.map(field => event[field]).find(value => typeof value === 'number')
    const value = key === null ? '' : (event[key] ?? undefined)
    if (!kinds.includes(event.kind) || value === undefined) continue
    const filtered = filter && (numbers(filter.field) ?? -1)
    if (filtered !== undefined && !(filtered >= filter!.min && filtered <= (filter!.max ?? Infinity)))
      continue
    if (target && !targetPasses(target, event)) continue
    const own = buckets ? String(bucketOf(Number(value))) : derive ? derive(String(value)) : String(value)
    const text = own === undefined || !pair ? own : pairKey(pair, own, event[pair.field] ?? undefined)
    if (text === undefined) continue
    addKey(cellOf(into, windowOf(event.time, size), event.source, name), text, 1, numbers(measure) ?? 0)
  }
}

function targetPasses({ from, derive, passes }: TargetFilter, event: Queried): boolean {
  const value = typeof event[from] === 'string' ? derive(event[from]) : undefined
  return value !== undefined && passes(value)
}

function pairKey(
  { buckets, hashed }: PairedField,
  first: string,
  second: string | number | undefined
): string | undefined {
  if (hashed) {
    if (typeof second === 'string' && hashed.except(second) !== undefined) return undefined
    return hashedPair(first, typeof second === 'string' ? second : undefined)
  }
  if (second === undefined) return undefined
  return `${buckets ? bucketOf(Number(second)) : String(second)} ${first}`
}

/** What a signal counts of lines, in cells under `metric`. */
export function countSignal(
  signal: Signal<Query>,
  events: readonly Queried[],
  into: Rollup = new Map(),
  metric = signal.name
): Rollup {
  for (const event of events) {
    const key = signalKey(signal, event)
    if (key === undefined) continue
    const cell = cellOf(into, windowOf(event.time, signal.step), event.source, metric)
    addKey(cell, key, 1, Number(event[signal.measure ?? ''] ?? 0))
  }
  return into
}

/** The key that a line counts under; `undefined` where it is not counted. */
export function signalKey({ where, by, value, measure }: Signal<Query>, event: Queried): string | undefined {
  const last = value && partOf(event, value.field, value.as)
  if (!predicate(where)(event) || (value && last === undefined)) return undefined
  if (measure !== undefined && typeof event[measure] !== 'number') return undefined
  const values = by.map(field => partOf(event, field, 'text') ?? '')
  return keyOf(last === undefined ? values : [...values, last])
}

/** A field as a part of keys. */
function partOf(event: Queried, field: string, as: 'text' | 'bucket'): string | undefined {
  const derivation = derivationOf(field)
  const value = event[derivation?.from ?? field] ?? undefined
  if (value === undefined) return undefined
  if (as === 'bucket') return typeof value === 'number' ? String(bucketOf(value)) : undefined
  return derivation ? derivation.derive(String(value)) : String(value)
}
