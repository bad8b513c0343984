import * as z from 'zod'
import { BROWSERS } from '../site/people.ts'
import { anyOf, crowdOf, incidentKind, settings, when } from './kind.ts'

/** Far more requests than usual. */
export const flood = incidentKind({
  name: 'flood',
  options: z
    .strictObject({
      type: z.literal('flood'),
      ...when,
      factor: z.number().min(1).max(10_000).default(10).describe('Times as many lines as else.'),
      clients: settings.clients('From how many they come, or from which addresses.').default(50),
      path: settings.path('What they ask for.').default('/')
    })
    .describe('A flood of requests for one page.'),
  example: { type: 'flood', at: '2m', factor: 10, clients: 50 },
  begin({ factor, clients, path }, context) {
    const { site, random } = context
    const crowd = crowdOf(clients, BROWSERS, context)
    const page = site.catalogue.part('GET', path)
    return {
      rate: all => all * (factor - 1),
      make(visit) {
        visit.visitor = crowd.any(random)
        visit.page = page
        visit.answer.status = 200
        visit.answer.bytes = 14_200
        visit.answer.duration = 20_000 + Math.floor(random() * 60_000)
      },
      query: anyOf('client', crowd.clients),
      facts: { clients: crowd.clients }
    }
  }
})
