import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import type { FastifyInstance } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { subscriptionsOf } from '../src/app/subscriptions.ts'
import type { Role } from '../src/core/caller.ts'
import { MINUTE_MS } from '../src/core/time.ts'
import { signedLinks } from '../src/server/alerts/links.ts'
import type { Needs } from '../src/server/access/access.ts'
import { createFeed } from '../src/server/feed.ts'
import { pageServer } from '../src/server/server.ts'
import { openState } from '../src/state/index.ts'
import { publicQuestions } from '../src/store/index.ts'
import { testAccess } from './page/access.ts'
import { createFake } from './page/fake.ts'
import { sampleAlertsService } from './page/sample-alerts.ts'

/*
 * Every endpoint that the code has, by Fastify's own list, against what it needs by this table: a new one fails here until it is
 * thought about.
 */
const NEEDED: Readonly<Record<string, Needs>> = {
  'GET /health': 'nothing',
  'HEAD /health': 'nothing',
  'GET /ready': 'nothing',
  'HEAD /ready': 'nothing',
  'GET /login': 'nothing',
  'GET /login/:key': 'nothing',
  'POST /login': 'nothing',
  'POST /logout': 'nothing',
  'GET /act/:token': 'link',
  'POST /act/:token': 'link',
  'GET /unsubscribe/:token': 'link',
  'POST /unsubscribe/:token': 'link',
  'GET /*': 'read',
  'GET /metrics': 'read',
  'GET /mails/:name': 'read',
  'GET /reports/:file': 'read',
  ...Object.fromEntries(publicQuestions('page').map(name => [`GET /api/${name}`, 'read' as const])),
  'GET /api/acts': 'read',
  'GET /api/alerts': 'read',
  'GET /api/alerts/history': 'read',
  'GET /api/caller': 'read',
  'GET /api/live': 'read',
  'GET /api/mails': 'read',
  'GET /api/reports': 'read',
  'GET /api/sources': 'read',
  'GET /api/status': 'read',
  'GET /api/summary': 'read',
  'POST /api/alerts/acknowledge': 'act',
  'POST /api/alerts/unacknowledge': 'act',
  'POST /api/alerts/silence': 'act',
  'POST /api/alerts/silences/:id/end': 'act'
}

const NOW = Date.UTC(2026, 10, 30, 14)
const ROLES: readonly Role[] = ['read', 'act', 'admin']

let now = NOW
const clock = (): number => now
const access = testAccess('token', clock)
const state = openState(undefined)
const alerts = sampleAlertsService(clock, signedLinks(Buffer.alloc(32), clock))
const tokens = Object.fromEntries(ROLES.map(role => [role, access.tokenOf(role)]))
const expired = access.access.records.addToken({
  name: 'expired',
  role: 'admin',
  created: NOW,
  expires: NOW + 1
})
const revoked = access.tokenOf('admin', 'revoked')
access.access.records.revokeToken('revoked')

const page = mkdtempSync(join(tmpdir(), 'visor-endpoints-'))
mkdirSync(join(page, 'assets'))
writeFileSync(join(page, 'index.html'), '<title>Visor</title>')

const dashboard = {
  ...createFake({ clock, alerts }),
  sources: async () => ({ sources: [] }),
  acts: { record: () => {}, refuse: () => {}, list: () => [] },
  subscriptions: subscriptionsOf(state, clock, 'http://visor.example/').server,
  probes: { parts: [], readiness: () => ({}), metrics: async () => ({ text: '', type: 'text/plain' }) },
  reports: {
    answer: () => ({ schedules: [], runs: [] }),
    document: () => undefined,
    drawn: async () => ''
  }
}
const feed = createFeed(dashboard)
const server: FastifyInstance = await pageServer(
  { host: '127.0.0.1', dashboard, page, access: access.access },
  feed
)
await server.ready()

/** Fastify's list, in which what begins alike stands below its beginning. */
function routesOf(tree: string): string[] {
  const above: string[] = []
  return tree.split('\n').flatMap(line => {
    const {
      depth = '',
      path = '',
      methods = ''
    } = /^(?<depth>(?:[│ ] {3})*)[├└]── (?<path>.*?) \((?<methods>[A-Z, ]+)\)$/.exec(line)?.groups ?? {}
    const level = depth.length / 4
    above.splice(level, Infinity, `${above[level - 1] ?? ''}${path}`)
    const whole = (above[level] ?? '').replace(/^\/?/, '/')
    return methods === '' ? [] : methods.split(', ').map(method => `${method} ${whole}`)
  })
}
const routes = routesOf(server.printRoutes({ commonPrefix: false }))

let port = 0
beforeAll(async () => {
  port = Number(new URL(await server.listen({ host: '127.0.0.1', port: 0 })).port)
  now = NOW + MINUTE_MS
})
afterAll(async () => {
  await server.close()
  state.close()
  rmSync(page, { recursive: true })
})

interface Sent {
  readonly headers?: OutgoingHttpHeaders
  readonly body?: string
  readonly query?: string
}

/** Sends a request to an endpoint, with something in the place of its parameters. */
async function send(route: string, { headers = {}, body, query = '' }: Sent = {}): Promise<IncomingMessage> {
  const [method = '', path = ''] = route.split(' ')
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const sent = request(
    {
      port,
      host: '127.0.0.1',
      method,
      path: `${path.replace(/:\w+/, 'x').replace('*', '')}${query}`,
      agent: false,
      headers: { ...(method === 'POST' && { 'content-type': typeFor(route) }), ...headers }
    },
    resolve
  )
  sent.on('error', reject).end(body)
  const response = await promise
  if (path === '/api/live' && response.statusCode === 200) response.destroy()
  return response
}

/** What the endpoint takes. */
function typeFor(route: string): string {
  return route.includes('/api/') ? 'application/json' : 'application/x-www-form-urlencoded'
}

async function statusOf(route: string, sent?: Sent): Promise<number | undefined> {
  return (await send(route, sent)).resume().statusCode
}

const bearing = (token: string | undefined): OutgoingHttpHeaders => ({ authorization: `Bearer ${token}` })
const rightFor = (route: string): OutgoingHttpHeaders =>
  bearing(tokens[NEEDED[route] ?? ''] ?? tokens['admin'])
const needing = (...what: readonly Needs[]): string[] =>
  routes.filter(route => what.includes(NEEDED[route] ?? 'admin'))
const acts = routes.filter(route => route.startsWith('POST'))

it('knows what each endpoint needs, and no endpoint that there is not', () => {
  expect(routes.toSorted()).toEqual(Object.keys(NEEDED).sort())
})

it('cannot have an endpoint that does not say what it needs', async () => {
  const bare = await pageServer({ host: '127.0.0.1', dashboard, page, access: access.access }, feed)
  expect(() => bare.get('/api/new', () => 1)).toThrow('does not say what it needs')
  await bare.close()
})

describe('each endpoint', () => {
  it.each(needing('read', 'act', 'admin'))(
    '%s is closed without a token, and with one that is not good',
    async route => {
      for (const headers of [
        {},
        bearing(expired),
        bearing(revoked),
        bearing('visor_x'),
        { authorization: 'Bearer ' },
        { authorization: `Basic ${Buffer.from(`x:${tokens['admin']}`).toString('base64')}` },
        { cookie: `visor_${port}=${tokens['admin']}` },
        { 'remote-user': 'admin', 'x-forwarded-for': '127.0.0.1' }
      ])
        expect(await statusOf(route, { headers })).toBe(401)
    }
  )

  it.each(needing('act', 'admin'))('%s is closed for a lower role', async route => {
    expect(await statusOf(route, { headers: bearing(tokens['read']), body: '{}' })).toBe(403)
  })

  it.each(needing('read', 'act', 'admin'))('%s is open for the right role', async route => {
    const status = await statusOf(route, {
      headers: rightFor(route),
      ...(acts.includes(route) && { body: '{}' })
    })
    expect(status).toBeOneOf([200, 201, 204, 400, 404])
  })

  it.each(needing('link'))('%s is closed to a link that Visor has not made, whoever asks', async route => {
    for (const headers of [{}, bearing(tokens['admin'])]) expect(await statusOf(route, { headers })).toBe(403)
  })

  it.each(needing('nothing'))('%s asks for no token', async route => {
    const headers = route === 'POST /logout' ? {} : { 'x-forwarded-for': '192.0.2.1' }
    expect(await statusOf(route, { headers })).toBe(
      { 'POST /login': 401, 'POST /logout': 303, 'GET /login/:key': 403 }[route] ?? 200
    )
  })

  it.each(acts)('%s takes no large body, whoever sends it', async route => {
    const body = 'x'.repeat(40_000)
    const status = await statusOf(route, { headers: rightFor(route), body })
    expect(status).toBe(413)
  })

  it.each(routes)('%s takes no large header or address', async route => {
    const long = 'x'.repeat(140_000)
    const headers = rightFor(route)
    expect(await statusOf(route, { headers: { ...headers, cookie: long } })).toBe(431)
    expect(await statusOf(route, { headers, query: `?x=${long}` })).toBe(431)
  })

  it.each(routes)('%s answers what is malformed with what is wrong, and does not fail', async route => {
    const headers = rightFor(route)
    for (const query of [
      '?%',
      '?%ff=%fe',
      '?period[]=1&where=(&limit=x&limit=y',
      `?where=${'('.repeat(5000)}`,
      '?__proto__=1'
    ])
      expect(await statusOf(route, { headers, query })).toBeLessThan(500)
    if (!acts.includes(route)) return
    for (const body of ['', '{', '[]', 'null', '"x"', '{"__proto__":{"role":"admin"}}', '\0', '%ff=%'])
      for (const type of [
        'application/json',
        'application/x-www-form-urlencoded',
        'text/plain',
        'x',
        'multipart/form-data'
      ])
        expect(await statusOf(route, { headers: { ...headers, 'content-type': type }, body })).toBeLessThan(
          500
        )
  })

  it.each(routes)('%s does not answer to names that are not its own', async route => {
    for (const host of [
      'evil.example',
      'localhost.evil.example',
      '127.0.0.1@evil.example',
      '[::ffff:7f00:1].evil'
    ])
      expect(await statusOf(route, { headers: { ...rightFor(route), host } })).toBeOneOf([421, 400])
  })

  it.each(routes)('%s does nothing for another site, and gives it nothing to read', async route => {
    const [needs, isAct] = [NEEDED[route], acts.includes(route)]
    for (const foreign of [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site', origin: `http://127.0.0.1:${port}` },
      { 'sec-fetch-site': 'same-site' }
    ]) {
      const response = await send(route, { headers: { ...rightFor(route), ...foreign } })
      expect(response.headers['access-control-allow-origin']).toBeUndefined()
      expect(response.headers['content-security-policy']).toContain("default-src 'none'")
      expect(response.headers['cross-origin-resource-policy']).toBe('same-origin')
      if (isAct && needs !== 'link') expect(response.statusCode).toBe(403)
      response.resume()
    }
  })

  it.each(routes)('%s takes no other method', async route => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'PROPFIND'])
      expect(
        await statusOf(route.replace(/^[A-Z]+/, method), { headers: bearing(tokens['admin']) })
      ).toBeOneOf([404, 405])
  })
})

it('tells nobody without a token what is there: what is not there is answered alike', async () => {
  const answers = await Promise.all(
    ['/api/status', '/api/nothing', '/nothing', '/assets/x.js', '/.git/config', '/index.html'].map(
      async path => {
        const response = await send(`GET ${path}`)
        return [response.statusCode, await text(response)]
      }
    )
  )
  expect(new Set(answers.map(answer => JSON.stringify(answer))).size).toBe(1)
})

it('has silenced and acknowledged nothing by all that', () => {
  const { silences, firing } = alerts.answer()
  expect([silences.length, firing.some(({ acknowledged }) => acknowledged)]).toEqual([1, false])
})
