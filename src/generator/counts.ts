import type { Kind } from '../core/fields.ts'
import type { Draft } from './draft.ts'

/** The values that are counted of each line. */
const COUNTED = { access: ['status', 'method', 'vhost'], error: ['level', 'module'] } as const

type Counters = ReadonlyMap<string, Map<string | number, number>>

/** Counts of values of lines, by kind of log and field. */
export class Counts {
  readonly #counts = { access: countersOf(COUNTED.access), error: countersOf(COUNTED.error) }

  /** Counts a line. */
  add({ kind, parts, own }: Draft): void {
    for (const [field, counts] of this.#counts[kind]) {
      const value = own[field] ?? parts[1]?.fields[field] ?? '-'
      counts.set(value, (counts.get(value) ?? 0) + 1)
    }
  }

  /** Of a kind of log: the counts of each field's values, the largest first. */
  of(kind: Kind): Record<string, Record<string, number>> {
    const fields = Array.from(this.#counts[kind], ([field, counts]) => {
      return [field, Object.fromEntries(Array.from(counts).sort(([, a], [, b]) => b - a))] as const
    })
    return Object.fromEntries(fields)
  }
}

function countersOf(fields: readonly string[]): Counters {
  return new Map(fields.map(field => [field, new Map()]))
}
