import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../core/time.ts'
import type { FakeAlertsService } from '../../../test/page/fake-alerts.ts'
import { startTestServer, testAccess } from '../../../test/page/access.ts'
import { createFake } from '../../../test/page/fake.ts'
import { sampleAlertsService } from '../../../test/page/sample-alerts.ts'
import type { Status } from '../api-types.ts'
import type { RunningServer } from '../server.ts'
import { signedLinks } from './links.ts'
import type { HistoryAnswer, MailsAnswer } from './types.ts'

const NOW = Date.UTC(2026, 10, 22, 21, 47)
const FIRING = 'server-errors-1f2e3d4c5b6a'

let service: FakeAlertsService
let server: RunningServer
let headersOfAda: Readonly<Record<string, string>>

beforeEach(async () => {
  service = sampleAlertsService(
    () => NOW,
    signedLinks(Buffer.alloc(32), () => NOW)
  )
  const { access, as } = testAccess()
  headersOfAda = as('act', 'Ada')
  server = await startTestServer({
    port: 0,
    dashboard: createFake({ clock: () => NOW, alerts: service }),
    page: 'none',
    access
  })
})
afterEach(() => server.close())

const ask = (path: string): Promise<Response> => fetch(`${server.address}api/${path}`)

async function answerTo<Answer>(path: string): Promise<Answer> {
  return JSON.parse(await (await ask(path)).text())
}

interface Reply {
  readonly status: number
  readonly body: { readonly error?: string; readonly id?: string; readonly ends?: number }
}

/** A POST as a browser would send it, with headers of one's own, which `fetch` does not allow. */
function post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>()
  const sent = request(
    `${server.address}api/${path}`,
    { method: 'POST', headers: { 'content-type': 'application/json', ...headersOfAda, ...headers } },
    response => {
      let text = ''
      response.setEncoding('utf8').on('data', part => (text += part))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text || '{}') }))
    }
  )
  sent.on('error', reject)
  sent.end(typeof body === 'string' ? body : JSON.stringify(body))
  return promise
}

const remark = { comment: 'restarting php-fpm' }

describe('what there is', () => {
  it('answers as the service does, and has the counts in the status', async () => {
    expect(await (await ask('alerts')).json()).toEqual(service.answer())
    const { alerts } = await answerTo<Status>('status')
    expect(alerts).toMatchObject({
      firing: { info: 0, warning: 1, critical: 1 },
      pending: { warning: 1 },
      worst: 'critical',
      silences: 1
    })
  })

  it('tells history, of all alerts and of one', async () => {
    const all = await answerTo('alerts/history')
    expect(all).toEqual({ transitions: service.history({ limit: 100 }) })
    const one = await answerTo<HistoryAnswer>(`alerts/history?alert=${FIRING}&limit=5`)
    expect(one.transitions.map(({ what }) => what)).toEqual(['fired'])
    expect((await ask('alerts/history?limit=0')).status).toBe(400)
    expect((await ask('alerts/history?limit=many')).status).toBe(400)
  })
})

describe('what people do', () => {
  it('acknowledges, and takes it back', async () => {
    expect((await post('alerts/acknowledge', { alert: FIRING, ...remark })).status).toBe(204)
    expect(service.alert(FIRING)?.acknowledged).toEqual({ owner: 'Ada', ...remark, at: NOW })
    expect((await post('alerts/unacknowledge', { alert: FIRING })).status).toBe(204)
    expect(service.alert(FIRING)?.acknowledged).toBeUndefined()
    expect((await post('alerts/acknowledge', { alert: 'none', ...remark })).status).toBe(404)
  })

  it('silences, and ends a silence', async () => {
    const { status, body } = await post('alerts/silence', {
      query: 'rule:server-errors',
      reason: 'deploy',
      for: HOUR_MS
    })
    expect([status, body.ends]).toEqual([201, NOW + HOUR_MS])
    expect(service.answer().firing.map(alert => alert.silence?.id)).toEqual([body.id, undefined])
    expect((await post(`alerts/silences/${body.id}/end`, {})).status).toBe(204)
    expect((await post(`alerts/silences/${body.id}/end`, {})).status).toBe(404)
    expect(service.answer().firing[0]?.silence).toBeUndefined()
  })

  it.each([
    ['no body', 'alerts/acknowledge', '', 'Body'],
    ['no JSON', 'alerts/acknowledge', '{', 'JSON'],
    ['another name', 'alerts/acknowledge', { alert: FIRING, owner: 'Bob' }, 'owner'],
    ['another type', 'alerts/acknowledge', { alert: 7 }, 'alert'],
    ['what is not known', 'alerts/acknowledge', { alert: FIRING, ...remark, force: true }, 'force'],
    ['a long comment', 'alerts/acknowledge', { alert: FIRING, comment: 'x'.repeat(501) }, 'comment'],
    ['a bad query', 'alerts/silence', { query: 'rule:(', for: HOUR_MS }, '^'],
    ['no end', 'alerts/silence', { query: 'rule:x', for: 1e15 }, 'for'],
    ['a short silence', 'alerts/silence', { query: 'rule:x', for: 1 }, 'for']
  ])('refuses %s', async (_, path, body, said) => {
    const reply = await post(path, body)
    expect(reply.status).toBe(400)
    expect(reply.body.error).toContain(said)
    expect(service.answer().silences.length).toBe(1)
  })

  it('refuses what is too large', async () => {
    expect((await post('alerts/acknowledge', { alert: 'x'.repeat(40_000) })).status).toBe(413)
  })
})

describe('other sites', () => {
  const own = (): string => new URL(server.address).host
  const acknowledge = { alert: FIRING, ...remark }

  it.each([
    ['of another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['of another port of this machine', { 'sec-fetch-site': 'same-site' }, 403],
    ['of another origin', { origin: 'http://evil.example' }, 403],
    ['of a page without origin', { origin: 'null' }, 403],
    ['of a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['of a form with text', { 'content-type': 'text/plain' }, 415],
    ['of its own page', { 'sec-fetch-site': 'same-origin', origin: 'http://proxied.example' }, 204]
  ])('a request %s is answered with the right status', async (_, headers, status) => {
    expect((await post('alerts/acknowledge', acknowledge, headers)).status).toBe(status)
    expect(service.alert(FIRING)?.acknowledged !== undefined).toBe(status === 204)
  })

  it('knows its own origin where the browser tells no more', async () => {
    const headers = (origin: string): Record<string, string> => ({ origin })
    expect((await post('alerts/acknowledge', acknowledge, headers(`http://${own()}`))).status).toBe(204)
    expect((await post('alerts/acknowledge', acknowledge, headers(`http://${own()}9`))).status).toBe(403)
  })
})

describe('the mailbox', () => {
  it('lists mails, and shows one where nothing in it can run', async () => {
    const { mails } = await answerTo<MailsAnswer>('mails')
    expect(mails).toEqual(await service.mails())
    const response = await fetch(`${server.address}mails/${mails[0]?.name}`)
    expect(await response.text()).toContain('<h1 style="color: red">Many server errors</h1>')
    const policy = response.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toMatch(/sandbox(?!.*allow-(scripts|same-origin|forms))/)
    expect(policy).not.toContain('script-src')
    expect(response.headers.get('content-type')).toContain('text/html')
    expect((await fetch(`${server.address}mails/..%2f..%2fetc%2fpasswd`)).status).toBe(404)
  })

  it('shows a mail without HTML as text', async () => {
    service.receive({ name: 'plain.eml', subject: '<b>s</b>', at: NOW, text: '<script>alert(1)</script>' })
    const text = await (await fetch(`${server.address}mails/plain.eml`)).text()
    expect(text).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
    expect(text).not.toContain('<b>s</b>')
  })
})

it('has none of this where no rules are evaluated', async () => {
  const bare = await startTestServer({ port: 0, dashboard: createFake({ clock: () => NOW }), page: 'none' })
  for (const path of ['api/alerts', 'api/mails', 'mails/x', 'act/x'])
    expect((await fetch(`${bare.address}${path}`)).status).toBe(404)
  expect(await (await fetch(`${bare.address}api/status`)).json()).not.toHaveProperty('alerts')
  await bare.close()
})
