import * as z from 'zod'
import { incidentKind, when } from './kind.ts'

const SERVER = 'Apache/2.4.66 (Debian) OpenSSL/3.0.18'

/** The server is stopped and started again. */
export const restart = incidentKind({
  name: 'restart',
  options: z
    .strictObject({ type: z.literal('restart'), ...when, for: when.for.prefault('5s') })
    .describe('The server restarts: the error log shows it, and nothing is served between.'),
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
