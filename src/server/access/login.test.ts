import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestServer, testAccess } from '../../../test/page/access.ts'
import { createFake } from '../../../test/page/fake.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/time.ts'
import type { RunningServer } from '../server.ts'

const NOW = Date.UTC(2026, 10, 30, 14)

let now: number
let server: RunningServer
let access: ReturnType<typeof testAccess>

beforeEach(async () => {
  now = NOW
  access = testAccess('token', () => now)
  server = await startTestServer({
    port: 0,
    dashboard: createFake({ clock: () => now }),
    page: 'none',
    access: access.access
  })
})
afterEach(() => server.close())

const ask = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(new URL(path, server.address), { headers, redirect: 'manual' })

/** Sends a form as the page of /login does. */
const send = (
  path: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {}
): Promise<Response> =>
  fetch(new URL(path, server.address), {
    method: 'POST',
    body: new URLSearchParams(fields),
    headers: { origin: new URL(server.address).origin, ...headers },
    redirect: 'manual'
  })

/** What the browser would send back. */
function cookieOf(response: Response): { readonly cookie: string } {
  const [cookie = ''] = (response.headers.get('set-cookie') ?? '').split(';')
  return { cookie }
}

const statusWith = async (headers: Readonly<Record<string, string>>): Promise<number> =>
  (await ask('api/status', headers)).status

describe('who is not signed in', () => {
  it.each([
    ['', './login'],
    ['?alert=a%26b', './login?next=%3Falert%3Da%2526b'],
    ['reports/x.csv?y', '../login?next=reports%2Fx.csv%3Fy'],
    ['api/alerts/history', '../../login?next=api%2Falerts%2Fhistory']
  ])('is led from /%s to the login page by a browser', async (path, to) => {
    const response = await ask(path, { accept: 'text/html,*/*;q=0.8' })
    expect([response.status, response.headers.get('location')]).toEqual([303, to])
  })

  it('is told so where no browser asks', async () => {
    const response = await ask('api/status', { accept: '*/*' })
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="Visor"'])
  })
})

describe('signing in', () => {
  it('with a token begins a session, in a cookie that no script reads and no other site has sent', async () => {
    const response = await send('login', { token: ` ${access.tokenOf('act', 'ada')} `, next: '?alert=x' })
    expect([response.status, response.headers.get('location')]).toEqual([303, './?alert=x'])
    const cookie = response.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/^visor_\d+=visor_[\w-]{43}; Max-Age=604800; HttpOnly; SameSite=Lax$/)
    expect(await statusWith(cookieOf(response))).toBe(200)
    expect(await (await ask('api/caller', cookieOf(response))).json()).toEqual({
      name: 'ada',
      role: 'act',
      by: 'session'
    })
    expect(await (await ask('login', cookieOf(response))).text()).toContain(
      'ada may look, acknowledge and silence.'
    )
  })

  it('lasts a week, and no longer than the token', async () => {
    const week = cookieOf(await send('login', { token: access.tokenOf('read') }))
    const short = access.access.records.addToken({
      name: 's',
      role: 'read',
      created: NOW,
      expires: NOW + HOUR_MS
    })
    const hour = await send('login', { token: short ?? '' })
    expect(hour.headers.get('set-cookie')).toContain('Max-Age=3600;')
    expect([await statusWith(week), await statusWith(cookieOf(hour))]).toEqual([200, 200])
    now += HOUR_MS
    expect([await statusWith(week), await statusWith(cookieOf(hour))]).toEqual([200, 401])
    for (const day of [1, 2, 3, 4, 5, 6]) {
      now = NOW + day * DAY_MS
      expect(await statusWith(week)).toBe(200)
    }
    now = NOW + 7 * DAY_MS
    expect(await statusWith(week)).toBe(401)
  })

  it('ends when the token is revoked, by signing out, and by signing in as somebody else', async () => {
    const token = access.tokenOf('read', 'bob')
    const [first, second, third] = [
      cookieOf(await send('login', { token })),
      cookieOf(await send('login', { token })),
      cookieOf(await send('login', { token }))
    ]
    const out = await send('logout', {}, first)
    expect([out.status, out.headers.get('location')]).toEqual([303, './login'])
    expect(out.headers.get('set-cookie')).toMatch(/^visor_\d+=; Max-Age=0; HttpOnly; SameSite=Lax$/)
    await send('login', { token: access.tokenOf('act', 'ada') }, second)
    expect([await statusWith(first), await statusWith(second), await statusWith(third)]).toEqual([
      401, 401, 200
    ])
    access.access.records.revokeToken('bob')
    expect(await statusWith(third)).toBe(401)
  })

  it.each([
    ['no token', {}],
    ['a wrong one', { token: 'visor_x' }],
    ['a long one', { token: 'x'.repeat(1000) }]
  ])('with %s is refused with the form', async (_, fields) => {
    const response = await send('login', { ...fields, next: '"><script>' })
    expect([response.status, response.headers.get('set-cookie')]).toEqual([401, null])
    expect(response.headers.get('content-security-policy')).not.toMatch(/script-src|unsafe/)
    const text = await response.text()
    expect(text).toContain('This is no token that is good')
    expect(text).not.toContain('<script>')
    expect(text).toContain('autocomplete="current-password"')
  })

  it.each([
    ['//evil.example/', './evil.example/'],
    ['https://evil.example/', './https://evil.example/'],
    ['/\\evil.example', './evil.example'],
    ['javascript:alert(1)', './javascript:alert(1)'],
    ['../../x', './x'],
    ['a\r\nset-cookie: x=y', './aset-cookie:%20x=y'],
    ['reports/a%2Fb.csv?x=1#y', './reports/a%2Fb.csv?x=1']
  ])('leads to %s within this server only', async (next, to) => {
    const response = await send('login', { token: access.tokenOf('read'), next })
    expect(response.headers.get('location')).toBe(to)
    expect(response.headers.get('set-cookie')).not.toContain('x=y')
  })

  it('takes nothing but a small form of its own page', async () => {
    const token = access.tokenOf('read')
    const json = { 'content-type': 'application/json' }
    expect((await send('login', { token }, json)).status).toBe(415)
    expect((await send('login', { token, next: 'x'.repeat(9000) })).status).toBe(413)
    for (const headers of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' }
    ])
      expect((await send('login', { token }, headers)).status).toBe(403)
    expect((await send('logout', {}, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await ask(`login?token=${token}`)).headers.get('set-cookie')).toBeNull()
  })
})

describe('a link of the command line', () => {
  it('signs one browser in, once, by its button, as an admin for twelve hours', async () => {
    const key = access.access.once.make('root')
    const shown = await ask(`login/${key}`)
    expect([shown.status, shown.headers.get('set-cookie')]).toEqual([200, null])
    expect(await shown.text()).toContain('Sign in as root')
    const first = await send('login', { key })
    expect(first.headers.get('location')).toBe('./')
    const session = cookieOf(first)
    expect(await (await ask('api/caller', session)).json()).toEqual({
      name: 'root',
      role: 'admin',
      by: 'session'
    })
    expect((await send('login', { key })).status).toBe(403)
    expect((await ask(`login/${key}`)).status).toBe(403)
    now += 12 * HOUR_MS
    expect(await statusWith(session)).toBe(401)
  })

  it('is over after ten minutes', async () => {
    const key = access.access.once.make('root')
    now += 10 * MINUTE_MS - 1
    expect((await ask(`login/${key}`)).status).toBe(200)
    now++
    expect((await ask(`login/${key}`)).status).toBe(403)
    expect((await send('login', { key })).status).toBe(403)
  })
})

describe('wrong tokens', () => {
  it('are answered ten times a minute, and lock nobody out who has a right one', async () => {
    const statuses = []
    for (let i = 0; i < 12; i++) statuses.push((await send('login', { token: `visor_${i}` })).status)
    expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429, 429])
    const limited = await send('login', { token: 'x' })
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0)
    expect(await limited.text()).toContain('Too many wrong tokens')
    expect((await send('login', { key: 'x' })).status).toBe(429)
    expect((await send('login', { token: access.tokenOf('read') })).status).toBe(303)
  })
})
