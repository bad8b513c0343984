import * as z from 'zod'
import { LOGIN } from '../site/pages.ts'
import { SCANNERS } from '../site/people.ts'
import { anyOf, crowdOf, incidentKind, settings, when } from './kind.ts'

const NAMES = ['admin', 'root', 'test', 'info', 'shop', 'webmaster']

/** Somebody tries passwords. */
export const bruteforce = incidentKind({
  name: 'bruteforce',
  options: z
    .strictObject({
      type: z.literal('bruteforce'),
      ...when,
      path: settings.path('Where passwords are asked for.').default(LOGIN),
      clients: settings.clients('How many try, or their addresses.').default(1),
      rate: settings.rate('How often they try.').default(10)
    })
    .describe('Brute force on a login: 401 again and again, with its lines in the error log.'),
  example: { type: 'bruteforce', at: '2m', clients: 1, rate: 10 },
  begin({ path, clients, rate }, context) {
    const { site, random } = context
    const crowd = crowdOf(clients, SCANNERS, context)
    const page = site.catalogue.part('POST', path)
    return {
      rate: () => rate,
      make(visit) {
        const name = NAMES[Math.floor(random() * NAMES.length)]!
        visit.visitor = crowd.any(random)
        visit.page = page
        visit.answer.status = 401
        visit.answer.bytes = 381
        visit.answer.duration = 60_000 + Math.floor(random() * 30_000)
        visit.complaint = {
          level: 'error',
          module: 'auth_basic',
          message: `AH01617: user ${name}: authentication failure for "${path}": Password Mismatch`
        }
      },
      query: `status:401 AND ${anyOf('client', crowd.clients)}`,
      facts: { clients: crowd.clients }
    }
  }
})
