import * as z from 'zod'
import type { Incident, IncidentKind, IncidentContext } from './kind.ts'
import { errors, slow } from './requests.ts'
import { message, restart, silence } from './server.ts'
import { bruteforce, flood, scanner } from './strangers.ts'

export type { Incident } from './kind.ts'

/** All kinds of incidents. A new one is an export of a file beside, and a line here. */
export const INCIDENTS = [errors, slow, bruteforce, silence, flood, message, scanner, restart] as const

/** One incident of a scenario, of any kind. */
export const incidentOptions = z.discriminatedUnion('type', [
  errors.options,
  slow.options,
  bruteforce.options,
  silence.options,
  flood.options,
  message.options,
  scanner.options,
  restart.options
])

export type IncidentOptions = z.output<typeof incidentOptions>

/** Begins an incident as its options have it. */
export function beginIncident(options: IncidentOptions, context: IncidentContext): Incident {
  const kind: IncidentKind | undefined = INCIDENTS.find(({ name }) => name === options.type)
  if (!kind) throw new RangeError(`no kind of incident is called ${options.type}`)
  return kind.begin(options, context)
}
