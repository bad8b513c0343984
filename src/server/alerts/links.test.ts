import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DAY_MS } from '../../core/time.ts'
import { guessing, sampleAlert } from '../../../test/page/sample-alerts.ts'
import type { AlertNotification } from '../../alerts/model.ts'
import { signedLinks } from './links.ts'

const NOW = Date.UTC(2026, 10, 22, 21, 47)
const SECRET = Buffer.alloc(32, 7)

const notification: AlertNotification = {
  id: 'n1',
  receiver: 'mail',
  occasion: 'fired',
  group: 'server-errors',
  thread: 'n1',
  created: NOW,
  severity: 'critical',
  title: '5xx',
  firing: [sampleAlert(NOW), guessing(NOW, '198.51.100.7')],
  resolved: []
}

const at = (now: number, secret = SECRET): ReturnType<typeof signedLinks> => signedLinks(secret, () => now)
const tokenOf = (address: string): string => address.slice(address.lastIndexOf('/') + 1)

describe('signed links', () => {
  const links = at(NOW).of(notification, 'http://127.0.0.1:7070/')

  it('lead to the page, and are the same for the same notification', () => {
    expect(links.show).toBe('http://127.0.0.1:7070/?alert=server-errors-1f2e3d4c5b6a')
    expect(links.acknowledge).toMatch(/^http:\/\/127\.0\.0\.1:7070\/act\/[\w-]+\.[\w-]+$/)
    expect(at(NOW + 5000).of(notification, 'http://127.0.0.1:7070/')).toEqual(links)
  })

  it('tell what they ask for, for a week', () => {
    const request = { alerts: notification.firing.map(({ id }) => id), until: NOW + 7 * DAY_MS }
    expect(at(NOW).read(tokenOf(links.acknowledge))).toEqual({ action: 'acknowledge', ...request })
    expect(at(NOW + 7 * DAY_MS - 1).read(tokenOf(links.silence))).toEqual({ action: 'silence', ...request })
    expect(at(NOW + 7 * DAY_MS).read(tokenOf(links.silence))).toBe('expired')
  })

  it('are short enough for mail programs, however many alerts there are', () => {
    const many = {
      ...notification,
      firing: Array.from({ length: 500 }, (_, i) => guessing(NOW, `198.51.100.${i}`))
    }
    expect(at(NOW).of(many, '').silence.length).toBeLessThan(2000)
  })

  it.each(['', '.', 'x', 'x.y', tokenOf(links.silence).slice(1), `${tokenOf(links.silence)}.x`])(
    'does not take %j',
    token => expect(at(NOW).read(token)).toBe('forged')
  )

  it('takes none of another secret, and none of which a character was changed', () => {
    const token = tokenOf(links.silence)
    expect(at(NOW, Buffer.alloc(32, 8)).read(token)).toBe('forged')
    fc.assert(
      fc.property(fc.nat(token.length - 1), fc.string({ minLength: 1, maxLength: 1 }), (i, character) => {
        const changed = token.slice(0, i) + character + token.slice(i + 1)
        expect(at(NOW).read(changed) === 'forged').toBe(changed !== token)
      }),
      { seed: 11, numRuns: 500 }
    )
  })
})
