import type { Kind } from '../../core/fields.ts'
import { SECOND, type Micros, type Millis } from '../../core/time.ts'
import type { PlannedIncident } from '../../generator/compose.ts'
import type { Draft } from '../../generator/draft.ts'
import { parseQuery, predicate, type Queried } from '../../query/index.ts'

/** How many bad lines of an incident are timed, at most. */
const MAX_TIMED_LINES = 10_000

/** A bad line: where it stands, and what the monitor has counted once it has counted it. */
interface Bad {
  readonly kind: Kind
  readonly line: number
  readonly count: number
  written?: Millis
}

/** What the monitor should count of one incident, by the lines themselves. */
export interface Expected {
  readonly planned: PlannedIncident
  /** Whole seconds, since access logs have no more; `to` is not among them. */
  readonly from: Micros
  readonly to: Micros
  readonly holds: (line: Queried) => boolean
  /** Lines that pass the incident's query in its time, of the incident or not. */
  count: number
  /** Bad lines that are not counted yet. */
  waiting: Bad[]
  /** From being written to being counted: of the first bad line first. */
  readonly delays: Millis[]
  bad: number
  /** When its first line was. */
  first?: Micros
}

/** What a monitor should have counted, by the lines as they are made and written. */
export class Expectations {
  readonly expected: readonly Expected[]
  readonly #lines: Record<Kind, number> = { access: 0, error: 0 }

  constructor(incidents: readonly PlannedIncident[]) {
    this.expected = incidents.map(planned => {
      const [from, to] = spanOf(planned)
      const holds = predicate(parseQuery(planned.incident.query))
      return { planned, from, to, holds, count: 0, waiting: [], delays: [], bad: 0 }
    })
  }

  /** A line that is the next of its log. */
  add(draft: Draft): void {
    const line = ++this.#lines[draft.kind]
    const second = Math.floor(draft.time / SECOND) * SECOND
    for (const [number, one] of this.expected.entries()) {
      if (draft.incident === number) one.first ??= draft.time
      if (second < one.from || second >= one.to || !one.holds(eventOf(draft))) continue
      one.count++
      if (draft.incident !== number || one.bad++ >= MAX_TIMED_LINES) continue
      one.waiting.push({ kind: draft.kind, line, count: one.count })
    }
  }

  /** The first lines of a log are out. */
  wrote(kind: Kind, lines: number, now: Millis): void {
    for (const { waiting } of this.expected)
      for (const bad of waiting) if (bad.kind === kind && bad.line <= lines) bad.written ??= now
  }

  /** The monitor has counted so much of an incident. */
  counted(one: Expected, count: number, now: Millis): void {
    const isCounted = (bad: Bad): boolean => bad.count <= count && bad.written !== undefined
    for (const { written = now } of one.waiting.filter(isCounted)) one.delays.push(now - written)
    one.waiting = one.waiting.filter(bad => !isCounted(bad))
  }
}

/** The whole seconds of an incident; of one that makes no lines those that are wholly within it. */
function spanOf({ incident, from, to }: PlannedIncident): [from: Micros, to: Micros] {
  const speaks = incident.rate ?? incident.touch ?? incident.begins
  return speaks
    ? [Math.floor(from / SECOND) * SECOND, (Math.floor(to / SECOND) + 1) * SECOND]
    : [Math.ceil(from / SECOND) * SECOND, Math.floor(to / SECOND) * SECOND]
}

function eventOf({ kind, time, parts, own }: Draft): Queried {
  return Object.assign({ time, zone: 0, kind, source: kind }, ...parts.map(part => part.fields), own)
}
