import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Authority, hasOpenssl } from '../../sources/testing/certificates.ts'
import { SECOND_MS } from '../../core/time.ts'
import { conformsToNotifier } from '../contract.ts'
import { Refused, type Notifier } from '../kind.ts'
import { HOSTILE, HOSTILE_NOTIFICATION } from '../testing/hostile.ts'
import { NOTIFICATIONS } from '../testing/samples.ts'
import { dependenciesWithPage, dependenciesOf } from '../testing/dependencies.ts'
import { WebServer, type Answering } from '../testing/web-server.ts'
import { webhookSignature, webhookKind } from './index.ts'

const never = new AbortController().signal
const SECRET = 'sign-with-this'

function open(url: string, more: object = {}, dependencies = dependenciesOf()): Promise<Notifier> {
  return Promise.resolve(webhookKind.open(webhookKind.options.parse({ url, ...more }), dependencies))
}

describe('the contract of notifiers', () => {
  conformsToNotifier(async () => {
    const server = await WebServer.start()
    return {
      kind: webhookKind,
      options: {
        url: `${server.origin}/hook/k3y-77?token=t0ken`,
        secret: SECRET,
        headers: { Authorization: 'Bearer b3arer' }
      },
      named: `${server.origin}/…`,
      secrets: ['k3y-77', 't0ken', SECRET, 'b3arer'],
      received: () =>
        server.answer({ path: '', headers: {}, body: '' })?.status === 200
          ? server.asked.map(({ body }) => body)
          : [],
      fail: () => {
        server.answer = ({ path, headers }) => ({
          status: 502,
          text: `no ${path} for ${headers.authorization} ${JSON.stringify(headers)}`
        })
      },
      hang: () => void (server.answer = () => undefined),
      open: () => server.connections,
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]()
    }
  })
})

describe('a webhook', () => {
  it('gets the notification, its id, and a signature over time and body', async () => {
    await using server = await WebServer.start()
    const hook = await open(
      `${server.origin}/hook`,
      { secret: SECRET, headers: { 'X-Key': 'k' } },
      dependenciesWithPage()
    )
    await hook.send(NOTIFICATIONS.fired, [], never)
    const [asked] = server.asked
    const { headers, body = '', path } = asked ?? {}
    const timestamp = String(headers?.['x-visor-timestamp'])
    expect(path).toBe('/hook')
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-key': 'k',
      'x-visor-notification': NOTIFICATIONS.fired.id,
      'x-visor-signature': webhookSignature(SECRET, timestamp, body)
    })
    expect(Number(timestamp)).toBe(Math.floor(dependenciesWithPage().clock() / SECOND_MS))
    expect(JSON.parse(body)).toMatchObject({
      version: 1,
      id: NOTIFICATIONS.fired.id,
      occasion: 'fired',
      severity: 'critical',
      created: '2026-11-25T14:03:20.000Z',
      summary: expect.stringMatching(/^CRITICAL Many server errors on shop/),
      firing: [
        {
          rule: 'server-errors',
          labels: { vhost: 'shop.example.org' },
          value: 0.072,
          baseline: 0.003,
          fired: '2026-11-25T14:03:19.990Z',
          evidence: { shares: expect.arrayContaining([expect.objectContaining({ field: 'client' })]) }
        }
      ],
      resolved: [],
      links: { show: expect.stringMatching(/^https:/) }
    })
    await hook.close()
  })

  it('is signed as anybody can verify, and not without a secret', async () => {
    // printf '1764079400.{}' | openssl dgst -sha256 -hmac key
    expect(webhookSignature('key', '1764079400', '{}')).toBe(
      'sha256=c796e1e3587551b8ba60e12a970da9412d1cc69f97e2a2807e9351077748ef59'
    )
    await using server = await WebServer.start()
    const hook = await open(server.origin)
    await hook.send(NOTIFICATIONS.fired, [], never)
    expect(server.asked[0]?.headers).not.toHaveProperty('x-visor-signature')
    await hook.close()
  })

  it('gets text of a log as it is, in a body of bounded length', async () => {
    await using server = await WebServer.start()
    const hook = await open(server.origin)
    await hook.send(HOSTILE_NOTIFICATION, [], never)
    const body = server.asked[0]?.body ?? ''
    const parsed: { firing: { labels: Record<string, string> }[] } = JSON.parse(body)
    expect(parsed.firing[0]?.labels['client']).toBe(HOSTILE)
    await hook.close()
  })

  it.each<[answer: Answering, taken: boolean, final: boolean, message: string]>([
    [{ status: 204 }, true, false, ''],
    [{ status: 404, text: 'no such hook' }, false, true, '/… answered 404 Not Found; no such hook'],
    [{ status: 408 }, false, false, '/… answered 408 Request Timeout'],
    [
      { status: 429, headers: { 'Retry-After': '30' } },
      false,
      false,
      '/… answered 429 Too Many Requests; retry after 30'
    ],
    [
      { status: 503, text: 'down\r\n\u001b[31m' },
      false,
      false,
      '/… answered 503 Service Unavailable; down\\r\\n\\x1b[31m'
    ],
    [
      { status: 302, headers: { Location: '/other' } },
      false,
      false,
      '/… answered 302 Found; redirects are not followed'
    ],
    [{ status: 500, text: 'x'.repeat(100_000) }, false, false, '…']
  ])('that answered %j', async (answer, taken, final, message) => {
    await using server = await WebServer.start()
    server.answer = () => answer
    const hook = await open(`${server.origin}/hook`)
    const result: unknown = await hook.send(NOTIFICATIONS.fired, [], never).catch((error: unknown) => error)
    if (taken) expect(result).toEqual({ accepted: ['webhook'], refused: [], later: [] })
    else expect(result instanceof Error && result.message.slice(server.origin.length)).toContain(message)
    expect([result instanceof Refused, server.asked.length]).toEqual([final, 1])
    await hook.close()
  })

  it('gets a second one over the same connection, and over another when that was closed', async () => {
    await using server = await WebServer.start()
    const hook = await open(server.origin)
    await hook.send(NOTIFICATIONS.fired, [], never)
    await hook.send(NOTIFICATIONS.resolved, [], never)
    expect(server.connections).toBe(1)
    server.hangUp()
    await hook.send(NOTIFICATIONS.resolved, [], never)
    expect(server.asked).toHaveLength(3)
    await hook.close()
  })

  it('that is not there is reported', async () => {
    const server = await WebServer.start()
    const { origin } = server
    await server[Symbol.asyncDispose]()
    const hook = await open(origin)
    await expect(hook.send(NOTIFICATIONS.fired, [], never)).rejects.toThrow(
      `${origin}: connection refused (ECONNREFUSED)`
    )
    await hook.close()
  })

  it.each([
    [{ url: 'ftp://example.org' }, 'expected an address such as "https://HOST/PATH"'],
    [{ url: 'https://example.org', secret: 'short' }, 'expected at least eight characters'],
    [
      { url: 'https://example.org', headers: { 'X-A': 'a\r\nX-B: b' } },
      'expected names and values of headers'
    ]
  ])('has to be valid: %j', (options, message) => {
    expect(webhookKind.options.safeParse(options).error?.issues.map(({ message }) => message)).toEqual([
      message
    ])
  })
})

describe.skipIf(!hasOpenssl)('encryption (needs openssl)', () => {
  let authority: Authority
  beforeAll(() => void (authority = new Authority('visor test')))
  afterAll(() => authority.remove())

  it('trusts whom its options name, and nobody else', async () => {
    await using server = await WebServer.start(authority.sign('web'))
    const hook = await open(server.origin, { ca: authority.cert })
    await hook.send(NOTIFICATIONS.fired, [], never)
    const other = await open(server.origin)
    await expect(other.send(NOTIFICATIONS.fired, [], never)).rejects.toThrow(/certificate/)
    expect(server.asked).toHaveLength(1)
    await hook.close()
    await other.close()
  })
})
