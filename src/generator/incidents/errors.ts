import * as z from 'zod'
import { BROWSERS } from '../site/people.ts'
import { complaintOf } from '../site/complaints.ts'
import type { Visit } from '../site/visit.ts'
import { anyOf, crowdOf, incidentKind, settings, when, type Incident, type IncidentContext } from './kind.ts'

const options = z
  .strictObject({
    type: z.literal('errors'),
    ...when,
    status: z.array(z.int().min(500).max(599)).min(1).default([500, 503]).describe('How requests fail.'),
    share: settings
      .share('The share of requests that fail; without clients, of those of everybody.')
      .default(0.3),
    paths: z
      .array(settings.path('A path.'))
      .min(1)
      .optional()
      .describe('The pages that fail; all when absent.'),
    clients: settings
      .clients('Those whose requests fail, and who ask besides everybody else: how many, or their addresses.')
      .optional(),
    rate: settings.rate('How much those clients ask; the share of all lines when absent.').optional()
  })
  .describe('Requests fail with a status of 500 and more, and the error log shows why.')

type Options = z.output<typeof options>

/** A burst of failing requests. */
export const errors = incidentKind({
  name: 'errors',
  options,
  example: { type: 'errors', at: '2m', share: 0.3, status: [500, 503] },
  begin: (options, context) =>
    options.clients === undefined ? among(options, context) : from(options, context)
})

/** Requests of everybody fail. */
function among({ status, share, paths }: Options, { random }: IncidentContext): Incident {
  return {
    touch(visit) {
      const path = String(visit.page.fields['path'])
      if (visit.remark || (paths && !paths.includes(path)) || random() >= share) return false
      fail(visit, path)
      return true
    },
    query: queryOf(status, { ...(paths && { path: paths }) })
  }

  function fail(visit: Visit, path: string): void {
    visit.answer.status = status[Math.floor(random() * status.length)]!
    visit.answer.bytes = 512
    visit.answer.duration *= 4
    visit.complaint = complaintOf(random, path)
  }
}

/** Some clients more come, and all of theirs fails. */
function from({ status, share, paths, clients = 1, rate }: Options, context: IncidentContext): Incident {
  const { site, random } = context
  const crowd = crowdOf(clients, BROWSERS, context)
  const pages = (paths ?? ['/cart', '/checkout']).map(path => site.catalogue.part('GET', path))
  return {
    rate: all => rate ?? all * share,
    make(visit) {
      visit.visitor = crowd.any(random)
      visit.page = pages[Math.floor(random() * pages.length)]!
      visit.answer.status = status[Math.floor(random() * status.length)]!
      visit.answer.bytes = 512
      visit.answer.duration = 200_000 + Math.floor(random() * 400_000)
      visit.complaint = complaintOf(random, String(visit.page.fields['path']))
    },
    query: queryOf(status, { client: crowd.clients }),
    facts: { clients: crowd.clients }
  }
}

function queryOf(status: readonly number[], texts: Readonly<Record<string, readonly string[]>>): string {
  return [
    `status:(${status.join(' OR ')})`,
    ...Object.entries(texts).map(([field, all]) => anyOf(field, all))
  ].join(' AND ')
}
