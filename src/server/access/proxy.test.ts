import { get, type IncomingMessage } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { startTestServer, testAccess } from '../../../test/page/access.ts'
import { createFake } from '../../../test/page/fake.ts'
import type { RunningServer } from '../server.ts'
import type { PageProxy } from './proxy.ts'

const NOW = Date.UTC(2026, 10, 30, 14)
const URL_OF_PAGE = 'https://visor.example/logs/'

let count = 0
let server: RunningServer
let access: ReturnType<typeof testAccess>
afterEach(() => server.close())

async function start(proxy: Partial<PageProxy> = {}): Promise<void> {
  access = testAccess('token', () => NOW)
  server = await startTestServer({
    port: 0,
    url: URL_OF_PAGE,
    dashboard: createFake({ clock: () => NOW }),
    page: 'none',
    access: {
      ...access.access,
      url: URL_OF_PAGE,
      proxy: {
        trusted: ['127.0.0.1', '10.0.0.0/8'],
        user: 'Remote-User',
        groups: 'Remote-Groups',
        role: 'read',
        roles: { act: ['@ops', 'bob'], admin: ['ada'] },
        ...proxy
      }
    }
  })
}

type Headers = Readonly<Record<string, string>>
const ask = (path: string, headers: Headers): Promise<Response> =>
  fetch(new URL(path, server.address), { headers, redirect: 'manual' })
const callerWith = async (headers: Headers): Promise<unknown> => {
  const response = await ask('api/caller', headers)
  return response.ok ? response.json() : response.status
}

describe('whom a proxy has signed in', () => {
  it.each([
    [{ 'remote-user': 'eve' }, 'read'],
    [{ 'remote-user': 'bob' }, 'act'],
    [{ 'remote-user': 'eve', 'remote-groups': 'dev, ops' }, 'act'],
    [{ 'remote-user': 'ada', 'remote-groups': 'ops' }, 'admin'],
    [{ 'remote-user': '@ops' }, 'read'],
    [{ 'remote-user': 'eve', 'remote-groups': '@ops,ada' }, 'read']
  ] as const)('%o has the role %s', async (headers, role) => {
    await start()
    expect(await callerWith(headers)).toEqual({ name: headers['remote-user'], role, by: 'proxy' })
  })

  it('may have names of any letters', async () => {
    await start()
    expect(await callerWith({ 'remote-user': Buffer.from('Zoë').toString('latin1') })).toMatchObject({
      name: 'Zoë'
    })
  })

  it('is nobody where no user is named, or the header is another one', async () => {
    await start()
    for (const headers of [
      {},
      { 'remote-user': ' ' },
      { 'x-remote-user': 'ada' },
      { 'remote-groups': 'ops' }
    ])
      expect(await callerWith(headers)).toBe(401)
  })

  it('is nobody where two are named, one by the client perhaps', async () => {
    await start()
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    get(new URL('api/caller', server.address), { headers: { 'remote-user': ['eve', 'bob'] } }, resolve).on(
      'error',
      reject
    )
    expect((await promise).resume().statusCode).toBe(401)
  })

  it('is not believed from other addresses', async () => {
    await start({ trusted: ['10.0.0.0/8'] })
    expect(await callerWith({ 'remote-user': 'ada' })).toBe(401)
    expect(await callerWith({ 'remote-user': 'ada', 'x-forwarded-for': '10.1.2.3' })).toBe(401)
    expect(await callerWith({ 'remote-user': 'ada', ...access.as('read', 'bob') })).toMatchObject({
      name: 'bob'
    })
  })

  it('is believed with the token of the proxy alone, where it has one, which lets nobody in by itself', async () => {
    await start({ token: 'nginx' })
    const token = access.as('admin', 'nginx')
    expect(await callerWith({ 'remote-user': 'ada' })).toBe(401)
    expect(await callerWith({ 'remote-user': 'ada', ...access.as('admin', 'other') })).toMatchObject({
      name: 'other'
    })
    expect(await callerWith({ 'remote-user': 'bob', ...token })).toEqual({
      name: 'bob',
      role: 'act',
      by: 'proxy'
    })
    expect(await callerWith(token)).toBe(401)
  })
})

describe('what a trusted proxy speaks for', () => {
  const signIn = (headers: Headers): Promise<Response> =>
    fetch(`${server.address}login`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ token: access.tokenOf('read', `r${count++}`) }),
      redirect: 'manual'
    })

  it('is the scheme and host that a browser knows: for cookies, and for the guard against other sites', async () => {
    await start()
    const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'visor.lan' }
    const response = await signIn({ ...forwarded, origin: 'https://visor.lan' })
    expect([response.status, response.headers.get('location')]).toEqual([303, './'])
    expect(response.headers.get('set-cookie')).toContain('; Secure;')
    expect((await signIn({ ...forwarded, origin: 'https://evil.example' })).status).toBe(403)
    expect((await signIn({ origin: 'https://visor.example' })).status).toBe(303)
  })

  it('is not believed of others', async () => {
    await start({ trusted: ['10.0.0.0/8'] })
    expect(
      (await signIn({ 'x-forwarded-host': 'evil.example', origin: 'https://evil.example' })).status
    ).toBe(403)
  })

  it('is the address of whoever tries wrong tokens: nobody is locked out by another one behind the same proxy', async () => {
    await start()
    const wrong = async (address: string): Promise<number> =>
      (
        await fetch(`${server.address}login`, {
          method: 'POST',
          headers: { 'x-forwarded-for': address },
          body: new URLSearchParams({ token: 'x' })
        })
      ).status
    for (let i = 0; i < 10; i++) await wrong('192.0.2.1')
    expect([await wrong('192.0.2.1'), await wrong('192.0.2.2')]).toEqual([429, 401])
  })
})

it('answers below the path of the proxy, whether that is passed on or not', async () => {
  await start()
  for (const path of ['api/caller', 'logs/api/caller', 'logs/login'])
    expect((await ask(path, { 'remote-user': 'ada' })).status).toBe(200)
  const page = await ask('logs/reports/x', { accept: 'text/html' })
  expect([page.status, page.headers.get('location')]).toEqual([303, '../login?next=reports%2Fx'])
  expect((await ask('logsapi/caller', { 'remote-user': 'ada' })).status).toBe(404)
})
