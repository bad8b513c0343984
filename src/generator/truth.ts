import { formatDuration } from '../core/duration.ts'
import type { Kind } from '../core/fields.ts'
import { MILLISECOND, toMillis, type Micros } from '../core/time.ts'
import type { PlannedIncident } from './compose.ts'
import type { Draft } from './draft.ts'

/** The values that are counted of each line. */
const COUNTED = { access: ['status', 'method', 'vhost'], error: ['level', 'module'] } as const

type FieldCounts = ReadonlyMap<string, Map<string | number, number>>

function countsOf(fields: readonly string[]): FieldCounts {
  return new Map(fields.map(field => [field, new Map()]))
}

/** An incident's lines in one log: how many, from when to when, and which, counted from 1, as ranges with both ends. */
interface Marked {
  lines: number
  first: Micros
  last: Micros
  readonly ranges: [number, number][]
}

/** What was really made: counts of the lines of each log, and the lines of each incident. */
export class Truth {
  readonly #incidents: readonly PlannedIncident[]
  readonly #marked: Map<Kind, Marked>[]
  readonly #counts = { access: countsOf(COUNTED.access), error: countsOf(COUNTED.error) }
  readonly #lines: Record<Kind, number> = { access: 0, error: 0 }

  constructor(incidents: readonly PlannedIncident[]) {
    this.#incidents = incidents
    this.#marked = incidents.map(() => new Map<Kind, Marked>())
  }

  /** A line that is the next of its log. */
  add(draft: Draft): void {
    const { kind, incident, time, parts, own } = draft
    for (const [field, counts] of this.#counts[kind]) {
      const value = own[field] ?? parts[1]?.fields[field] ?? '-'
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
    this.#lines[kind]++
    if (incident >= 0) this.#mark(kind, incident, time, this.#lines[kind])
  }

  /** Of a kind of log: the counts of each field's values, the largest first. */
  #countsOf(kind: Kind): Record<string, Record<string, number>> {
    const fields = Array.from(this.#counts[kind], ([field, counts]) => {
      return [field, Object.fromEntries(Array.from(counts).sort(([, a], [, b]) => b - a))] as const
    })
    return Object.fromEntries(fields)
  }

  #mark(kind: Kind, incident: number, time: Micros, line: number): void {
    const kinds = this.#marked[incident]
    if (!kinds) return
    let marked = kinds.get(kind)
    if (!marked) kinds.set(kind, (marked = { lines: 0, first: time, last: time, ranges: [] }))
    marked.lines++
    marked.last = time
    const range = marked.ranges.at(-1)
    if (range?.[1] === line - 1) range[1] = line
    else marked.ranges.push([line, line])
  }

  /**
   * The manifest's part of this: of each log the lines that are out (`written`) and the counts of values, where these are all;
   * of each incident when it was, what it did, and its lines that are out.
   */
  manifest(written: Readonly<Partial<Record<Kind, number>>>) {
    const kinds = (['access', 'error'] as const).filter(kind => written[kind] !== undefined)
    const logs = kinds.map(kind => {
      const lines = written[kind] ?? 0
      const complete = lines === this.#lines[kind]
      return [kind, { lines, complete, ...(complete && { counts: this.#countsOf(kind) }) }] as const
    })
    const incidents = this.#incidents.map(({ options, incident, from, to }, i) => {
      const made = kinds.map(kind => [kind, marksOf(this.#marked[i]?.get(kind), written[kind] ?? 0)] as const)
      const { query, facts } = incident
      return {
        ...options,
        at: formatDuration(options.at),
        for: formatDuration(options.for),
        from: iso(from),
        to: iso(to),
        query,
        ...(facts && { facts }),
        made: Object.fromEntries(made)
      }
    })
    return { logs: Object.fromEntries(logs), incidents }
  }
}

/** The marks up to the line `written`. */
function marksOf(marked: Marked | undefined, written: number) {
  if (!marked) return { lines: 0, ranges: [] }
  const ranges = marked.ranges.flatMap(([from, to]) =>
    from > written ? [] : [[from, Math.min(to, written)]]
  )
  const lines = ranges.reduce((sum, [from = 0, to = 0]) => sum + to - from + 1, 0)
  const complete = lines === marked.lines
  return { lines, first: iso(marked.first), ...(complete && { last: iso(marked.last) }), ranges }
}

/** A time as ISO 8601, to the microsecond. */
function iso(time: Micros): string {
  const micros = String(Math.floor(time % MILLISECOND)).padStart(3, '0')
  return new Date(Math.floor(toMillis(time))).toISOString().replace('Z', `${micros}Z`)
}
