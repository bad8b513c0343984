import { Flag } from '../core/batch.ts'
import type { Kind } from '../core/fields.ts'
import type { Format } from '../core/format.ts'
import type { StoredEvent } from './lines.ts'

/** A line found in the store. */
export interface StoredLine {
  /** Microseconds since 1970 UTC. */
  readonly time: number
  readonly source: string
  /** The line byte for byte as it was read, without its end. */
  readonly line: Uint8Array
  /** How the line ended: `''` where the input ended without one. */
  readonly end: '\n' | '\r\n' | ''
  /** Decoded texts and numbers; absent fields are left out. */
  readonly fields: ReadonlyMap<string, string | number>
}

/** The line of an event: kept as it was, or printed from its fields by its format. */
export function lineOf(event: StoredEvent, formatFor: (text: string, kind: Kind) => Format): StoredLine {
  const { time, zone, source, flags } = event
  const line =
    event.kept ??
    formatFor(event.format, event.kind).printRaw({
      time,
      zone,
      get: field => {
        const value = event.fields.get(field)
        return typeof value === 'object' ? value.raw : (value ?? null)
      }
    })
  const fields = new Map(
    Array.from(event.fields, ([name, value]) => [name, typeof value === 'object' ? value.text : value])
  )
  const end = flags & Flag.unterminated ? '' : flags & Flag.carriageReturn ? '\r\n' : '\n'
  return { time, source, line, end, fields }
}
