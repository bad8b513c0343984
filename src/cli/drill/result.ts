import { toMillis, type Millis } from '../../core/time.ts'
import type { IncidentOptions } from '../../generator/incidents/index.ts'
import { isAbout, type Fired } from './fired.ts'
import { scoreOf, spreadOf, type Spread } from './score.ts'
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
export type IncidentScore = Result['incidents'][number]

export type Result = ReturnType<typeof resultOf>

/**
 * How the monitor did that counted so many lines of each incident, in a scenario that began at `begin`. Spans are of the clock on
 * the wall, but where the scenario's are meant.
 */
export function resultOf(
  expected: readonly Expected[],
  counted: readonly number[],
  fired: readonly Fired[],
  { begin, lasting, lines }: { readonly begin: Millis; readonly lasting: Millis; readonly lines: number }
) {
  const spread = (of: (one: Fired) => Millis | undefined): Spread | undefined =>
    spreadOf(fired.flatMap(one => of(one) ?? []))
  const lineToFiring = spread(one => one.lineToFiring)
  const firingToMessage = spread(one => one.firingToMessage)
  return {
    /** How long the scenario went on by its own time, and how many lines it had, those before it included. */
    lasting,
    lines,
    incidents: expected.map((one, i) => ({
      ...scoreOf(one, counted[i] ?? 0, begin),
      ...findingOf(one, fired)
    })),
    /** Alerts that are about no incident; `at` is from the beginning of the scenario on. */
    falseAlerts: fired
      .filter(alert => !expected.some(({ planned }) => isAbout(alert, planned)))
      .map(({ rule, at, summary }) => ({ rule, at: at - begin, summary })),
    /** How many alerts fired in all, and how quickly. */
    alerts: fired.length,
    ...(lineToFiring && { lineToFiring }),
    ...(firingToMessage && { firingToMessage })
  }
}

/**
 * The rules of which one should find an incident, none where nobody needs to; the one that found it first, and how long after
 * its first line, by the scenario's clock.
 */
function findingOf({ planned, first = planned.from }: Expected, fired: readonly Fired[]) {
  const rules = planned.options.rules ?? FINDERS[planned.options.type]
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
