import * as z from 'zod'
import { anyOf, incidentKind, settings, when } from './kind.ts'

/** One page answers slowly. */
export const slow = incidentKind({
  name: 'slow',
  options: z
    .strictObject({
      type: z.literal('slow'),
      ...when,
      path: settings.path('The page.').default('/search'),
      factor: z.number().min(1).max(10_000).default(20).describe('Times as long as else.'),
      share: settings.share('The share of its requests that are slow.').default(1)
    })
    .describe('One path is slow; nothing fails.'),
  example: { type: 'slow', at: '2m', path: '/search', factor: 20 },
  begin({ path, factor, share }, { random }) {
    return {
      touch(visit) {
        if (visit.page.fields['path'] !== path || random() >= share) return false
        visit.answer.duration = Math.round(visit.answer.duration * factor)
        return true
      },
      query: anyOf('path', [path])
    }
  }
})
