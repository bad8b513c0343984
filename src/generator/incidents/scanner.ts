import * as z from 'zod'
import { missing } from '../site/complaints.ts'

import { PROBES, SCANNERS } from '../site/people.ts'
import { anyOf, crowdOf, incidentKind, settings, when } from './kind.ts'

const FOLDERS = ['', '/shop', '/old', '/test', '/api', '/v2', '/~admin', '/public']

/** Somebody looks for a way in, through one path after another. */
export const scanner = incidentKind({
  name: 'scanner',
  options: z
    .strictObject({
      type: z.literal('scanner'),
      ...when,
      clients: settings.clients('How many scan, or their addresses.').default(1),
      rate: settings.rate('How much they ask.').default(20)
    })
    .describe('A scanner asks for many paths that are not there.'),
  example: { type: 'scanner', at: '2m', rate: 20 },
  begin({ clients, rate }, context) {
    const { site, random } = context
    const crowd = crowdOf(clients, SCANNERS, context)
    const pages = FOLDERS.flatMap(folder => PROBES.map(path => site.catalogue.part('GET', folder + path)))
    let asked = 0
    return {
      rate: () => rate,
      make(visit) {
        visit.visitor = crowd.any(random)
        visit.page = pages[asked++ % pages.length]!
        visit.answer.status = 404
        visit.answer.bytes = 1_245
        visit.answer.duration = 500 + Math.floor(random() * 600)
        visit.complaint = missing(String(visit.page.fields['path']))
      },
      query: `status:404 AND ${anyOf('client', crowd.clients)}`,
      facts: { clients: crowd.clients }
    }
  }
})
