import * as z from 'zod'
import { anyOf, incidentKind, settings, when } from './kind.ts'

/** The error log says something that it never said before. */
export const message = incidentKind({
  name: 'message',
  options: z
    .strictObject({
      type: z.literal('message'),
      ...when,
      message: z
        .string()
        .min(1)
        .regex(/^[^\r\n]*$/, 'expected one line')
        .default('AH00052: child pid 4242 exit signal Segmentation fault (11)')
        .describe('What it says.'),
      level: z
        .enum(['emerg', 'alert', 'crit', 'error', 'warn', 'notice', 'info', 'debug'])
        .default('error')
        .describe('How grave it is.'),
      module: z.string().regex(/^\w+$/).default('core').describe('Which module says it.'),
      rate: settings.rate('How often it says it.').default(1)
    })
    .describe('A new message in the error log.'),
  example: { type: 'message', at: '2m', message: 'AH99999: the cache is gone', level: 'error', rate: 1 },
  begin({ message, level, module, rate }) {
    return {
      rate: () => rate,
      make(visit) {
        visit.remark = true
        visit.complaint = { level, module, message }
      },
      query: anyOf('message', [message])
    }
  }
})
