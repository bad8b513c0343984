import * as z from 'zod'
import { oneOf } from '../random.ts'
import { complaintOf } from '../site/complaints.ts'
import { BROWSERS } from '../site/people.ts'
import { anyOf, incidentKind, settings } from './kind.ts'
import { crowdOf } from './strangers.ts'

/** One page answers slowly. */
export const slow = incidentKind({
  name: 'slow',
  summary: 'One path is slow; nothing fails.',
  settings: {
    path: settings.path('The page.').default('/search'),
    factor: z.number().min(1).max(10_000).default(20).describe('Times as long as else.'),
    share: settings.share('The share of its requests that are slow.').default(1)
  },
  example: { type: 'slow', at: '2m', path: '/search', factor: 20 },
  begin: ({ path, factor, share }, { random }) => ({
    touch(visit) {
      if (visit.page.fields['path'] !== path || random() >= share) return false
      visit.answer = { ...visit.answer, duration: Math.round(visit.answer.duration * factor) }
      return true
    },
    query: anyOf('path', [path])
  })
})

/** A burst of failing requests: of everybody's or, with clients, of some more that come, all of which fail. */
export const errors = incidentKind({
  name: 'errors',
  summary: 'Requests fail with a status of 500 and more, and the error log shows why.',
  settings: {
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
  },
  example: { type: 'errors', at: '2m', share: 0.3, status: [500, 503] },
  begin({ status, share, paths, clients, rate }, context) {
    const { site, random } = context
    const failed = `status:(${status.join(' OR ')})`
    if (clients === undefined)
      return {
        touch(visit) {
          const path = String(visit.page.fields['path'])
          if (visit.remark || (paths && !paths.includes(path)) || random() >= share) return false
          visit.answer = { status: oneOf(random, status), bytes: 512, duration: visit.answer.duration * 4 }
          visit.complaint = complaintOf(random, path)
          return true
        },
        query: paths ? `${failed} AND ${anyOf('path', paths)}` : failed
      }
    const { any, query, facts } = crowdOf(clients, BROWSERS, context)
    const pages = (paths ?? ['/cart', '/checkout']).map(path => site.catalogue.part('GET', path))
    return {
      rate: all => rate ?? all * share,
      make(visit) {
        visit.visitor = any()
        visit.page = oneOf(random, pages)
        visit.answer = {
          status: oneOf(random, status),
          bytes: 512,
          duration: 200_000 + Math.floor(random() * 400_000)
        }
        visit.complaint = complaintOf(random, String(visit.page.fields['path']))
      },
      query: `${failed} AND ${query}`,
      facts
    }
  }
})
