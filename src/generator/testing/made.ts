import type { Kind, LogEvent } from '../../core/fields.ts'
import { SECOND, toMicros } from '../../core/time.ts'
import { compose, type Composition } from '../compose.ts'
import type { Traffic } from '../draft.ts'
import { scenarioOptions } from '../scenario.ts'

/** When test logs begin. */
export const START = toMicros(Date.UTC(2026, 0, 1))

/** A line as it was made: all its fields, and to which incident it belongs. */
export interface Made {
  readonly kind: Kind
  readonly incident: number
  readonly text: string | undefined
  readonly event: LogEvent
}

export const BOTH: ReadonlySet<Kind> = new Set(['access', 'error'])

/** The composition of a scenario as a user writes it. */
export function composed(scenario: object, seed = 1, kinds = BOTH): Composition {
  return compose(scenarioOptions.parse(scenario), { seed, start: START, kinds, zone: () => 0 })
}

/** All lines of so many seconds, the time cut at these moments (seconds) besides. */
export function madeIn(traffic: Traffic, seconds: number, cuts: readonly number[] = []): Made[] {
  const made: Made[] = []
  for (const cut of [...cuts.toSorted((a, b) => a - b), seconds])
    traffic.fill(START + Math.floor(cut * SECOND), ({ kind, time, parts, own, text, incident }) => {
      const event = Object.assign({ time, zone: 0 }, ...parts.map(part => part.fields), own)
      made.push({ kind, incident, text, event })
    })
  return made
}
