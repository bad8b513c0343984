import type { Alert, AlertNotification } from '../../alerts/model.ts'
import { FIRING, lineOf, NOTIFICATIONS, NOW } from './samples.ts'

/** What somebody may ask for who wants to be read. */
export const HOSTILE = [
  '"><script>alert(1)</script><img src=x onerror=alert(2)>',
  '\r\nBcc: victim@example.org\r\n\r\nbody',
  '=cmd|calc <!channel> <@U1> @everyone @here <https://evil.example|login> [login](https://evil.example)',
  '``` *bold* _it_ ~no~ :boom: ${HOME} $(id) %0a <%= it %> {{ x }}',
  'nul\0 esc\u001b[31m bell\u0007 bidi\u202egnp.exe\u2066 zero\u200bwidth half\ud800 tail'
].join(' ')

/** An alert in which all that comes of a log is hostile, and some of it long. */
export const HOSTILE_ALERT: Alert = {
  ...FIRING,
  labels: { client: HOSTILE, vhost: '', path: `/${'"<'.repeat(50_000)}` },
  evaluation: { ...FIRING.evaluation, summary: `first seen: ${HOSTILE}` },
  acknowledged: { owner: HOSTILE, comment: HOSTILE, at: NOW },
  evidence: {
    lines: Array.from({ length: 5 }, () => lineOf(`${HOSTILE} ${'"<'.repeat(50_000)}`)),
    errors: Array.from({ length: 5 }, () => lineOf(`${HOSTILE} ${'&'.repeat(100_000)}`, 'error')),
    shares: ['client', 'path', 'agent'].map(field => ({
      field,
      value: HOSTILE,
      now: 0.9,
      before: 0,
      count: 9
    }))
  }
}

export const HOSTILE_NOTIFICATION: AlertNotification = {
  ...NOTIFICATIONS.fired,
  id: 'n-hostile',
  thread: 'n-hostile',
  title: `New error ${HOSTILE} ${'x'.repeat(100_000)}`,
  firing: Array.from({ length: 30 }, () => HOSTILE_ALERT),
  resolved: Array.from({ length: 30 }, () => ({
    ...HOSTILE_ALERT,
    phase: 'resolved' as const,
    resolved: NOW
  })),
  held: { count: 30, titles: Array.from({ length: 20 }, () => HOSTILE) }
}
