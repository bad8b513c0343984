import * as z from 'zod'
import { oneOf, weighted } from '../random.ts'
import { missing } from '../site/complaints.ts'
import { BROWSERS, PROBES, SCANNERS } from '../site/people.ts'
import type { Visitor } from '../site/visitors.ts'
import { anyOf, incidentKind, settings, type Incident, type IncidentContext } from './kind.ts'

/** Strangers who take part in an incident: a draw of one, and what finds their lines. */
interface Crowd extends Required<Pick<Incident, 'query' | 'facts'>> {
  readonly any: () => Visitor
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
  const all = members.map(({ part }) => String(part.fields['client']))
  return { any: () => oneOf(random, members), query: anyOf('client', all), facts: { clients: all } }
}

/** Far more requests than usual. */
export const flood = incidentKind({
  name: 'flood',
  summary: 'A flood of requests for one page.',
  settings: {
    factor: z.number().min(1).max(10_000).default(10).describe('Times as many lines as else.'),
    clients: settings.clients('From how many they come, or from which addresses.').default(50),
    path: settings.path('What they ask for.').default('/')
  },
  example: { type: 'flood', at: '2m', factor: 10, clients: 50 },
  begin({ factor, clients, path }, context) {
    const { site, random } = context
    const { any, ...found } = crowdOf(clients, BROWSERS, context)
    const page = site.catalogue.part('GET', path)
    return {
      rate: all => all * (factor - 1),
      make(visit) {
        visit.visitor = any()
        visit.page = page
        visit.answer = { status: 200, bytes: 14_200, duration: 20_000 + Math.floor(random() * 60_000) }
      },
      ...found
    }
  }
})

const FOLDERS = ['', '/shop', '/old', '/test', '/api', '/v2', '/~admin', '/public']

/** Somebody looks for a way in, through one path after another. */
export const scanner = incidentKind({
  name: 'scanner',
  summary: 'A scanner asks for many paths that are not there.',
  settings: {
    clients: settings.clients('How many scan, or their addresses.').default(1),
    rate: settings.rate('How much they ask.').default(20)
  },
  example: { type: 'scanner', at: '2m', rate: 20 },
  begin({ clients, rate }, context) {
    const { site, random } = context
    const { any, query, facts } = crowdOf(clients, SCANNERS, context)
    const pages = FOLDERS.flatMap(folder => PROBES.map(path => site.catalogue.part('GET', folder + path)))
    let asked = 0
    return {
      rate: () => rate,
      make(visit) {
        visit.visitor = any()
        visit.page = pages[asked++ % pages.length]!
        visit.answer = { status: 404, bytes: 1_245, duration: 500 + Math.floor(random() * 600) }
        visit.complaint = missing(String(visit.page.fields['path']))
      },
      query: `status:404 AND ${query}`,
      facts
    }
  }
})

const NAMES = ['admin', 'root', 'test', 'info', 'shop', 'webmaster']

/** Somebody tries passwords. */
export const bruteforce = incidentKind({
  name: 'bruteforce',
  summary: 'Brute force on a login: 401 again and again, with its lines in the error log.',
  settings: {
    path: settings.path('Where passwords are asked for.').default('/login'),
    clients: settings.clients('How many try, or their addresses.').default(1),
    rate: settings.rate('How often they try.').default(10)
  },
  example: { type: 'bruteforce', at: '2m', clients: 1, rate: 10 },
  begin({ path, clients, rate }, context) {
    const { site, random } = context
    const { any, query, facts } = crowdOf(clients, SCANNERS, context)
    const page = site.catalogue.part('POST', path)
    return {
      rate: () => rate,
      make(visit) {
        const message = `AH01617: user ${oneOf(random, NAMES)}: authentication failure for "${path}": Password Mismatch`
        visit.visitor = any()
        visit.page = page
        visit.answer = { status: 401, bytes: 381, duration: 60_000 + Math.floor(random() * 30_000) }
        visit.complaint = { level: 'error', module: 'auth_basic', message }
      },
      query: `status:401 AND ${query}`,
      facts
    }
  }
})
