import { findersOf } from './finders.ts'
import { isAbout, type Fired } from './fired.ts'
import { scoreOf, spreadOf, type Score, type Spread } from './score.ts'
import type { Expected } from './tally.ts'

/** How counts and rules did at one incident. */
export interface IncidentScore extends Score {
  /** The rules of which one should find it; none where nobody needs to. */
  readonly rules: readonly string[]
  /** The one that found it first, and how long after its first line: milliseconds of the scenario. */
  readonly by?: string
  readonly after?: number
}

/** How the monitor did. Spans are in milliseconds on the wall, but where the scenario's are meant. */
export interface Result {
  /** How long the scenario went on by its own time, and how many lines it had, those before it included. */
  readonly lasting: number
  readonly lines: number
  readonly incidents: readonly IncidentScore[]
  /** Alerts that are about no incident; `at` is from the beginning of the scenario on. */
  readonly falseAlerts: readonly { readonly rule: string; readonly at: number; readonly says: string }[]
  /** How many alerts fired in all, and how quickly. */
  readonly alerts: number
  readonly lineToFiring?: Spread
  readonly firingToMessage?: Spread
}

export interface Run {
  /** When the scenario began, in milliseconds since 1970. */
  readonly begin: number
  readonly lasting: number
  readonly lines: number
}

/** The result of a run in which the monitor counted so many lines of each incident. */
export function resultOf(
  expected: readonly Expected[],
  counted: readonly number[],
  fired: readonly Fired[],
  { begin, lasting, lines }: Run
): Result {
  const spread = (of: (one: Fired) => number | undefined): Spread | undefined =>
    spreadOf(fired.flatMap(one => of(one) ?? []))
  const lineToFiring = spread(one => one.lineToFiring)
  const firingToMessage = spread(one => one.firingToMessage)
  return {
    lasting,
    lines,
    incidents: expected.map((one, i) => ({
      ...scoreOf(one, counted[i] ?? 0, begin),
      ...findingOf(one, fired)
    })),
    falseAlerts: fired
      .filter(alert => !expected.some(({ planned }) => isAbout(alert, planned)))
      .map(({ rule, at, says }) => ({ rule, at: at - begin, says })),
    alerts: fired.length,
    ...(lineToFiring && { lineToFiring }),
    ...(firingToMessage && { firingToMessage })
  }
}

function findingOf(
  { planned, first = planned.from }: Expected,
  fired: readonly Fired[]
): Pick<IncidentScore, 'rules' | 'by' | 'after'> {
  const rules = findersOf(planned)
  const [found] = fired
    .filter(alert => rules.includes(alert.rule) && isAbout(alert, planned))
    .toSorted((a, b) => a.at - b.at)
  return { rules, ...(found && { by: found.rule, after: Math.max(0, found.at - first / 1000) }) }
}

/** Whether lines were counted wrong, an incident was not found, or an alert was false. */
export function hasFailed({ incidents, falseAlerts }: Result): boolean {
  return falseAlerts.length > 0 || incidents.some(one => one.missed + one.false > 0 || isMissed(one))
}

/** Whether no rule has found an incident that one should have found. */
export function isMissed({ rules, by }: IncidentScore): boolean {
  return rules.length > 0 && by === undefined
}
