import type { Random } from '../random.ts'
import { weighted } from '../random.ts'
import type { Visitor } from '../site/visitors.ts'
import type { IncidentContext } from './kind.ts'

/** Those who take part in an incident. */
export interface Crowd {
  readonly members: readonly Visitor[]
  readonly clients: readonly string[]
  any(random: Random): Visitor
}

/** Strangers with these agents: as many as `clients` says, or at the addresses that it lists. */
export function crowdOf(
  clients: number | readonly string[],
  agents: readonly (readonly [string, number])[],
  { site, random }: IncidentContext
): Crowd {
  const agent = weighted(agents)
  const addresses = typeof clients === 'number' ? Array.from({ length: clients }, () => undefined) : clients
  const members = addresses.map(address => site.visitors.stranger(random, agent(random), address))
  return {
    members,
    clients: members.map(({ part }) => String(part.fields['client'])),
    any: random => members[Math.floor(random() * members.length)]!
  }
}
