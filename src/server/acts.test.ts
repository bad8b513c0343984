import { afterEach, beforeEach, expect, it } from 'vitest'
import { testAccess } from '../../test/page/access.ts'
import { createFake, type FakeDashboard } from '../../test/page/fake.ts'
import { sampleAlertsService } from '../../test/page/sample-alerts.ts'
import { signedLinks } from './alerts/links.ts'
import { startServer, type RunningServer } from './server.ts'

const clock = (): number => Date.UTC(2026, 10, 30)

let server: RunningServer
let fake: FakeDashboard
let as: ReturnType<typeof testAccess>['as']
beforeEach(async () => {
  const alerts = sampleAlertsService(clock, signedLinks(Buffer.alloc(32), clock))
  fake = createFake({ clock, alerts })
  const access = testAccess('token', clock)
  as = access.as
  server = await startServer({ port: 0, dashboard: fake, page: 'none', access: access.access })
})
afterEach(() => server.close())

async function acknowledge(headers: Record<string, string>): Promise<number> {
  const body = JSON.stringify({ alert: 'secret-id', comment: '' })
  const json = { 'content-type': 'application/json' }
  const path = `${server.address}api/alerts/acknowledge`
  return (await fetch(path, { method: 'POST', headers: { ...json, ...headers }, body })).status
}

/** What is in the log once what was gathered is written down. */
function noted() {
  fake.acts.close()
  return fake.acts.list(999)
}

it('has the acts that were refused, the same as one, with who and from where', async () => {
  const reader = as('read', 'rita')
  for (const wrong of [{}, {}, { authorization: 'Bearer visor_wrong' }]) await acknowledge(wrong)
  expect(await acknowledge(reader)).toBe(403)
  const unknown = { name: '', from: '127.0.0.1', result: 'refused', why: 'no token that is good' }
  expect(noted()).toMatchObject([
    { name: 'rita', role: 'read', by: 'token', from: '127.0.0.1', result: 'refused', why: 'not allowed' },
    { ...unknown, what: 'POST /api/alerts/acknowledge', times: 3 }
  ])
  expect(JSON.stringify(noted())).not.toContain('visor_wrong')
})

it('has forged links, and wrong tokens of those who only read; not who comes without one', async () => {
  for (const path of ['', 'api/status', 'nothing']) await fetch(`${server.address}${path}`)
  expect(noted()).toEqual([])
  await fetch(`${server.address}api/status`, { headers: { authorization: 'Bearer visor_wrong' } })
  await fetch(`${server.address}act/forged`, { method: 'POST', body: new URLSearchParams({ owner: 'eve' }) })
  expect(noted().map(({ what }) => what)).toEqual(['POST /act/:token', 'GET /api/status'])
})

it('has who signs in and out, and who could not', async () => {
  const signIn = (token: string): Promise<Response> =>
    fetch(`${server.address}login`, {
      method: 'POST',
      body: new URLSearchParams({ token }),
      redirect: 'manual'
    })
  const { authorization } = as('act', 'ada')
  await signIn('visor_wrong')
  const signedIn = await signIn(authorization.replace('Bearer ', ''))
  const cookie = signedIn.headers.get('set-cookie')?.split(';', 1)[0] ?? ''
  await fetch(`${server.address}logout`, { method: 'POST', headers: { cookie }, redirect: 'manual' })
  expect(noted().map(({ what, name, result }) => [what, name, result])).toEqual([
    ['sign in', '', 'refused'],
    ['sign out', 'ada', 'done'],
    ['sign in', 'ada', 'done']
  ])
  expect(JSON.stringify(noted())).not.toMatch(/visor_/)
})

it('is bounded while somebody tries again and again in different ways', () => {
  for (let i = 0; i < 1000; i++) fake.acts.refuse(`192.0.2.${i}`, { what: 'sign in' })
  const all = noted()
  expect(all.length).toBe(101)
  expect(all.find(({ from }) => from === 'many addresses')?.times).toBe(900)
})

it('is read with a role', async () => {
  fake.acts.record({ name: 'ada', role: 'act', from: '::1', by: 'session' }, { what: 'silence' })
  expect((await fetch(`${server.address}api/acts`)).status).toBe(401)
  const answer = await fetch(`${server.address}api/acts`, { headers: as('read') })
  expect(await answer.json()).toMatchObject({ acts: [{ name: 'ada', what: 'silence', result: 'done' }] })
})
