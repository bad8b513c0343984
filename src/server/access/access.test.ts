import { get, type IncomingMessage } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { startTestServer, testAccess } from '../../../test/page/access.ts'
import { createFake } from '../../../test/page/fake.ts'
import { sampleAlertsService, sampleNotification } from '../../../test/page/sample-alerts.ts'
import { signedLinks } from '../alerts/links.ts'
import type { RunningServer } from '../server.ts'

const NOW = Date.UTC(2026, 10, 30, 14)
const FIRING = 'server-errors-1f2e3d4c5b6a'

let now = NOW
let server: RunningServer
const clock = (): number => now

/** A server, and who may come in there. */
async function start(mode: 'loopback' | 'token', host = '127.0.0.1') {
  now = NOW
  const access = testAccess(mode, clock)
  const links = signedLinks(Buffer.alloc(32), clock)
  const alerts = sampleAlertsService(clock, links)
  if (host !== '127.0.0.1') access.as('read', 'somebody')
  server = await startTestServer({
    host,
    port: 0,
    dashboard: createFake({ clock, alerts }),
    page: 'none',
    access: access.access
  })
  return { ...access, alerts, links }
}
afterEach(() => server.close())

async function statusOf(path: string, headers: Record<string, string> = {}): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  get(new URL(path, server.address), { headers }, resolve).on('error', reject)
  return (await promise).resume().statusCode
}

async function acknowledge(headers: Record<string, string>): Promise<Response> {
  return fetch(`${server.address}api/alerts/acknowledge`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ alert: FIRING, comment: '' })
  })
}

describe('on loopback', () => {
  it('a program reads without a token, but does not act', async () => {
    const { alerts, as } = await start('loopback')
    expect(await statusOf('api/status')).toBe(200)
    const refused = await acknowledge({})
    expect(refused.status).toBe(401)
    expect(refused.headers.get('www-authenticate')).toMatch(/^Bearer/)
    expect(await refused.json()).toMatchObject({
      code: 'SIGN_IN',
      remedy: expect.stringContaining('visor login')
    })
    expect((await acknowledge(as('read', 'bob'))).status).toBe(403)
    expect(alerts.alert(FIRING)?.acknowledged).toBeUndefined()
    expect((await acknowledge(as('act', 'ada'))).status).toBe(204)
    expect(alerts.alert(FIRING)?.acknowledged).toMatchObject({ owner: 'ada' })
  })

  it.each([
    ['x-forwarded-for', '192.0.2.1'],
    ['x-forwarded-host', 'visor.example'],
    ['x-real-ip', '192.0.2.1'],
    ['forwarded', 'for=192.0.2.1'],
    ['via', '1.1 proxy']
  ])('who comes by a proxy that says so by %s has a token', async (name, value) => {
    const { as } = await start('loopback')
    expect(await statusOf('api/status', { [name]: value })).toBe(401)
    expect(await statusOf('api/status', { [name]: value, ...as('read') })).toBe(200)
  })

  it('who sends a wrong token is turned away, though nobody needs one to read', async () => {
    await start('loopback')
    expect(await statusOf('api/status', { authorization: 'Bearer visor_x' })).toBe(401)
  })
})

describe('where a token is asked for', () => {
  it.each(['', 'assets/x.js', 'api/status', 'api/live', 'api/alerts', 'api/lines', 'mails/x', 'nothing'])(
    'nobody gets /%s without one',
    async path => {
      await start('token')
      expect(await statusOf(path)).toBe(401)
    }
  )

  it('it is good until it is revoked or expires', async () => {
    const { access, as } = await start('token')
    const token = as('read', 'ada')
    expect(await statusOf('api/status', token)).toBe(200)
    access.records.revokeToken('ada')
    expect(await statusOf('api/status', token)).toBe(401)
    const secret = access.records.addToken({ name: 'bob', role: 'read', created: NOW, expires: NOW + 1000 })
    const expiring = { authorization: `Bearer ${secret}` }
    expect(await statusOf('api/status', expiring)).toBe(200)
    now += 1000
    expect(await statusOf('api/status', expiring)).toBe(401)
  })

  it('the link of a mail needs none, and acts in the name that is filled in', async () => {
    const { alerts, links } = await start('token')
    const [alert] = alerts.answer().firing
    if (!alert) throw new Error('no alert')
    const { acknowledge: link } = links.of(sampleNotification([alert], NOW), server.address)
    const form = { owner: 'Ada', comment: 'on it' }
    expect((await fetch(link, { method: 'POST', body: new URLSearchParams(form) })).status).toBe(200)
    expect(alerts.alert(alert.id)?.acknowledged).toMatchObject(form)
    expect(await statusOf('act/forged')).toBe(403)
  })
})

describe('on another address than loopback', () => {
  const refusal = async (started: Promise<unknown>): Promise<unknown> =>
    started.then(
      () => expect.fail('it started'),
      (error: unknown) => error
    )

  it('it does not start without a token', async () => {
    await start('loopback')
    const bare = { port: 0, dashboard: createFake({ clock }), page: 'none' }
    for (const host of ['0.0.0.0', '::', '[::]', '192.0.2.1', 'visor.example'])
      expect(await refusal(startTestServer({ ...bare, host }))).toMatchObject({
        code: 'OPEN_PAGE',
        message: expect.stringContaining(host),
        remedy: expect.stringContaining('access: token')
      })
    const { access, as } = testAccess('token', clock)
    const asking = { ...bare, host: '0.0.0.0', access }
    expect(await refusal(startTestServer(asking))).toMatchObject({
      code: 'OPEN_PAGE',
      remedy: expect.stringContaining('visor token add')
    })
    access.records.addToken({ name: 'old', role: 'admin', created: NOW - 9, expires: NOW })
    expect(await refusal(startTestServer(asking))).toMatchObject({ code: 'OPEN_PAGE' })
    as('read')
    await (await startTestServer(asking)).close()
  })

  it('nobody reads without one, from this machine neither', async () => {
    const { as } = await start('token', '0.0.0.0')
    expect(await statusOf('api/status')).toBe(401)
    expect(await statusOf('api/status', as('read'))).toBe(200)
  })
})
