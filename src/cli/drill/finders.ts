import type { PlannedIncident } from '../../generator/compose.ts'
import type { IncidentOptions } from '../../generator/incidents/index.ts'

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

/** The rules of which one should find an incident; none where nobody needs to. */
export function findersOf({ options: { type, rules } }: PlannedIncident): readonly string[] {
  return rules ?? FINDERS[type]
}
