import { toMillis, type Millis } from '../../core/time.ts'
import type { PlannedIncident } from '../../generator/compose.ts'
import type { IncidentOptions } from '../../generator/incidents/index.ts'
import { isAbout, type Fired } from './fired.ts'
import { scoreOf, spreadOf, type Score, type Spread } from './score.ts'
import type { Expected } from './tally.ts'

/** The ready-made rules that know a kind of incident: one of them should find it. */
export const FINDERS: Readonly<Record<IncidentOptions['type'], readonly string[]>> = {
  errors: ['server-errors-burst', 'server-errors', 'server-errors-some'],
  slow: ['slow-page', 'slow'],
  bruteforce: ['password-guessing'],
  silence: ['source-silent'],
  flood: ['traffic'],
  message: ['server-crash', 'grave-message', 'new-error'],
  scanner: ['path-scan'],
  // A single one is no trouble.
  restart: []
}

/** How counts and rules did at one incident. */
export interface IncidentScore extends Score {
  /** The rules of which one should find it; none where nobody needs to. */
  readonly rules: readonly string[]
  /** The one that found it first, and how long after its first line, by the scenario's clock. */
  readonly by?: string
  readonly after?: Millis
}

/** How the monitor did. Spans are of the clock on the wall, but where the scenario's are meant. */
export interface Result {
  /** How long the scenario went on by its own time, and how many lines it had, those before it included. */
  readonly lasting: Millis
  readonly lines: number
  readonly incidents: readonly IncidentScore[]
  /** Alerts that are about no incident; `at` is from the beginning of the scenario on. */
  readonly falseAlerts: readonly { readonly rule: string; readonly at: Millis; readonly summary: string }[]
  /** How many alerts fired in all, and how quickly. */
  readonly alerts: number
  readonly lineToFiring?: Spread
  readonly firingToMessage?: Spread
}

export interface Run {
  /** When the scenario began. */
  readonly begin: Millis
  readonly lasting: Millis
  readonly lines: number
}

/** The result of a run in which the monitor counted so many lines of each incident. */
export function resultOf(
  expected: readonly Expected[],
  counted: readonly number[],
  fired: readonly Fired[],
  { begin, lasting, lines }: Run
): Result {
  const spread = (of: (one: Fired) => Millis | undefined): Spread | undefined =>
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
      .map(({ rule, at, summary }) => ({ rule, at: at - begin, summary })),
    alerts: fired.length,
    ...(lineToFiring && { lineToFiring }),
    ...(firingToMessage && { firingToMessage })
  }
}

/** The rules of which one should find an incident; none where nobody needs to. */
function findersOf({ options: { type, rules } }: PlannedIncident): readonly string[] {
  return rules ?? FINDERS[type]
}

function findingOf(
  { planned, first = planned.from }: Expected,
  fired: readonly Fired[]
): Pick<IncidentScore, 'rules' | 'by' | 'after'> {
  const rules = findersOf(planned)
  const [found] = fired
    .filter(alert => rules.includes(alert.rule) && isAbout(alert, planned))
    .toSorted((a, b) => a.at - b.at)
  return { rules, ...(found && { by: found.rule, after: Math.max(0, found.at - toMillis(first)) }) }
}

/** Whether lines were counted wrong, an incident was not found, or an alert was false. */
export function hasFailed({ incidents, falseAlerts }: Result): boolean {
  return falseAlerts.length > 0 || incidents.some(one => one.missed + one.false > 0 || isMissed(one))
}

/** Whether no rule has found an incident that one should have found. */
export function isMissed({ rules, by }: IncidentScore): boolean {
  return rules.length > 0 && by === undefined
}
