import * as z from 'zod'
import { anyOf, incidentKind, settings, when } from './kind.ts'

/** Nothing is written at all. */
export const silence = incidentKind({
  name: 'silence',
  summary: 'The logs fall silent: no line of anybody is written, no heartbeat either.',
  settings: {},
  example: { type: 'silence', at: '2m', for: '1m' },
  begin: () => ({ factor: 0, query: '' })
})

/** The error log says something that it never said before. */
export const message = incidentKind({
  name: 'message',
  summary: 'A new message in the error log.',
  settings: {
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
  },
  example: { type: 'message', at: '2m', message: 'AH99999: the cache is gone', level: 'error', rate: 1 },
  begin: ({ message, level, module, rate }) => ({
    rate: () => rate,
    make(visit) {
      visit.remark = true
      visit.complaint = { level, module, message }
    },
    query: anyOf('message', [message])
  })
})

const SERVER = 'Apache/2.4.66 (Debian) OpenSSL/3.0.18'

/** The server is stopped and started again. */
export const restart = incidentKind({
  name: 'restart',
  summary: 'The server restarts: the error log shows it, and nothing is served between.',
  settings: { for: when.for.prefault('5s') },
  example: { type: 'restart', at: '2m', for: '5s' },
  begin: () => ({
    factor: 0,
    begins: [
      { level: 'notice', module: 'mpm_event', message: 'AH00492: caught SIGWINCH, shutting down gracefully' }
    ],
    ends: [
      {
        level: 'notice',
        module: 'mpm_event',
        message: `AH00489: ${SERVER} configured -- resuming normal operations`
      },
      { level: 'notice', module: 'core', message: "AH00094: Command line: '/usr/sbin/apache2'" }
    ],
    query: 'message:(AH00492* OR AH00489* OR AH00094*)'
  })
})
