import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFake } from '../../../test/page/fake.ts'
import { subscriptionsOf } from '../../app/subscriptions.ts'
import { openState, type StateStore } from '../../state/index.ts'
import { signedLinks } from '../alerts/links.ts'
import type { RunningServer } from '../server.ts'
import { startTestServer } from '../../../test/page/access.ts'

const NOW = Date.UTC(2026, 10, 24, 6)
const [ME, OTHER] = ['me@example.org', 'other@example.org']

let now: number
let state: StateStore
let server: RunningServer
let link: (schedule: string, address: string) => string

beforeEach(async () => {
  now = NOW
  state = openState(undefined)
  const subscriptions = subscriptionsOf(state, () => now, 'http://visor.example/')
  server = await startTestServer({
    port: 0,
    dashboard: { ...createFake({ clock: () => NOW }), subscriptions: subscriptions.server },
    page: 'none'
  })
  link = (schedule, address) =>
    subscriptions.notifiers.link!(schedule, address).replace('http://visor.example/', server.address)
})
afterEach(async () => {
  await server.close()
  state.close()
})

const off = (): string[] => state.unsubscribed().map(({ schedule, address }) => `${schedule} ${address}`)

/** As programs of mail send it (RFC 8058), which have no cookies and are no page of this server. */
async function oneClick(
  address: string,
  body: URLSearchParams | FormData | Blob = new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })
): Promise<Response> {
  return fetch(address, {
    method: 'POST',
    body,
    redirect: 'manual',
    headers: { Origin: 'https://mail.example.com' }
  })
}

function multipart(): FormData {
  const form = new FormData()
  form.set('List-Unsubscribe', 'One-Click')
  return form
}

describe('one click', () => {
  it.each([
    ['as a form', () => new URLSearchParams({ 'List-Unsubscribe': 'One-Click' })],
    ['as multipart', multipart],
    ['of another type', () => new Blob(['{}'], { type: 'application/json' })]
  ])('%s takes this address off this schedule', async (_, body) => {
    const response = await oneClick(link('daily', ME), body())
    expect([response.status, response.headers.get('set-cookie')]).toEqual([200, null])
    expect(await response.text()).toContain('me@example.org gets no more mails of the report daily')
    expect(off()).toEqual(['daily me@example.org'])
  })

  it('again and again changes nothing more', async () => {
    for (const at of [NOW, NOW + 1000, NOW + 2000]) {
      now = at
      expect((await oneClick(link('daily', ME))).status).toBe(200)
    }
    expect(state.unsubscribed()).toEqual([{ schedule: 'daily', address: ME, at: NOW }])
  })

  it('can be taken back by the button of the page alone', async () => {
    await oneClick(link('daily', ME.toUpperCase()))
    expect(off()).toEqual(['daily me@example.org'])
    const page = await (await fetch(link('daily', ME))).text()
    expect(page).toContain('Get them again')
    const response = await oneClick(link('daily', ME), new URLSearchParams({ action: 'return' }))
    expect(await response.text()).toContain('Subscribed again')
    expect(off()).toEqual([])
  })
})

describe('who only looks', () => {
  it('changes nothing: programs follow the links of mails', async () => {
    for (const method of ['GET', 'HEAD', 'OPTIONS']) await fetch(link('daily', ME), { method })
    expect(off()).toEqual([])
    const response = await fetch(link('daily', ME))
    const text = await response.text()
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('content-security-policy')).toContain("form-action 'self'")
    expect(text).toMatch(/<form method="post">[^]*<button name="action" value="leave">Unsubscribe<\/button>/)
    expect(text).not.toContain('name="owner"')
  })
})

describe('who has no link', () => {
  const forgeries = (): string[] => {
    const own = link('daily', ME)
    const [payload = '', signature = ''] = own.slice(own.lastIndexOf('/') + 1).split('.')
    const other = link('daily', OTHER)
    const otherPayload = other.slice(other.lastIndexOf('/') + 1).split('.')[0] ?? ''
    const at = `${server.address}unsubscribe/`
    const signed = signedLinks(state.secret('links'), () => now)
      .of(
        {
          id: 'n',
          receiver: 'r',
          occasion: 'fired',
          group: 'g',
          thread: 'n',
          created: NOW,
          severity: 'info',
          title: 't',
          firing: [],
          resolved: []
        },
        ''
      )
      .silence.replace('act/', '')
    return [
      `${at}${otherPayload}.${signature}`,
      `${at}${payload}`,
      `${at}${payload}.`,
      `${at}${Buffer.from(JSON.stringify(['daily', OTHER])).toString('base64url')}.x`,
      // Signed, but for another purpose.
      `${at}${signed}`
    ]
  }

  it('takes nobody off: not by the link of another, nor by one that is made up or for something else', async () => {
    for (const forged of forgeries())
      for (const response of [await oneClick(forged), await fetch(forged)])
        expect([forged, response.status]).toEqual([forged, 403])
    expect(off()).toEqual([])
  })

  it('takes nobody off by a link of which a character was changed', async () => {
    const own = link('daily', ME)
    const begin = own.lastIndexOf('/') + 1
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: begin, max: own.length - 1 }),
        fc.constantFrom('A', 'b', '7', '_'),
        async (i, letter) => {
          const changed = own.slice(0, i) + letter + own.slice(i + 1)
          if (changed !== own) expect((await oneClick(changed)).status).toBe(403)
        }
      ),
      { seed: 4, numRuns: 60 }
    )
    expect(off()).toEqual([])
  })

  it('cannot acknowledge or silence with a link of a report', async () => {
    const token = link('daily', ME).slice(link('daily', ME).lastIndexOf('/') + 1)
    expect(signedLinks(state.secret('links'), () => now).read(token)).toBe('forged')
  })

  it('has another secret elsewhere', async () => {
    const elsewhere = openState(undefined)
    const { notifiers } = subscriptionsOf(elsewhere, () => now, server.address)
    expect((await oneClick(notifiers.link!('daily', ME))).status).toBe(403)
    elsewhere.close()
    expect(off()).toEqual([])
  })
})

it('has no link where nobody could follow it', () => {
  expect(subscriptionsOf(state, () => now, undefined).notifiers).not.toHaveProperty('link')
})

it('shows hostile names as text', async () => {
  const text = await (await fetch(link('"><script>alert(1)</script>', ME))).text()
  expect(text).toContain('&lt;script&gt;')
  expect(text).not.toContain('<script')
})
