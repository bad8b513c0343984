import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { startTestServer, testAccess } from '../../test/page/access.ts'
import { createFake, type FakeDashboard } from '../../test/page/fake.ts'
import type { PageAccess } from './access/access.ts'
import type { Status } from './api-types.ts'
import { FEED, type FeedOptions } from './feed.ts'
import type { RunningServer } from './server.ts'

interface Running {
  readonly dashboard: FakeDashboard
  readonly server: RunningServer
  /** How often the status was asked for. */
  readonly asked: () => number
  readonly listening: () => number
}

async function start(options: Partial<FeedOptions> = {}, access?: PageAccess): Promise<Running> {
  const fake = createFake({ clock: () => 0 })
  let asked = 0
  let listening = 0
  const dashboard: FakeDashboard = {
    ...fake,
    status() {
      asked++
      return fake.status()
    },
    subscribe(listener) {
      listening++
      const end = fake.subscribe(listener)
      return () => {
        listening--
        end()
      }
    }
  }
  const server = await startTestServer({
    port: 0,
    dashboard,
    page: '.',
    feed: { ...FEED, ...options },
    ...(access && { access })
  })
  return { dashboard, server, asked: () => asked, listening: () => listening }
}

/** The messages of a feed as they come. */
async function* messages(server: RunningServer, options: RequestInit = {}): AsyncGenerator<Status> {
  const response = await fetch(`${server.address}api/live`, options)
  expect(response.headers.get('content-type')).toBe('text/event-stream')
  let text = ''
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = text
        .slice(0, end)
        .split('\n')
        .find(line => line.startsWith('data: '))
      text = text.slice(end + 2)
      if (data) yield JSON.parse(data.slice('data: '.length))
    }
  }
}

const read = async (feed: AsyncGenerator<Status>): Promise<number> =>
  (await feed.next()).value?.counters.read ?? -1

describe('live feed', () => {
  it('sends the status at once, then when it changes, serialised once for all', async () => {
    const { dashboard, server, asked } = await start({ interval: 20 })
    const [one, two] = [messages(server), messages(server)]
    expect(await Promise.all([read(one), read(two)])).toEqual([0, 0])
    const before = asked()
    dashboard.reject('x', 'a test')
    dashboard.changed()
    dashboard.changed()
    expect(await Promise.all([read(one), read(two)])).toEqual([1, 1])
    expect(asked()).toBe(before + 1)
    await server.close()
  })

  it('sends something even while nothing changes', async () => {
    const { server } = await start({ heartbeat: 20 })
    const feed = messages(server)
    expect([await read(feed), await read(feed), await read(feed)]).toEqual([0, 0, 0])
    await server.close()
  })

  it('ends its listeners when the server closes, within a second', async () => {
    const { server, listening } = await start()
    const feed = messages(server)
    await read(feed)
    const begun = performance.now()
    await server.close()
    expect(performance.now() - begun).toBeLessThan(1000)
    expect((await feed.next()).done).toBe(true)
    expect(listening()).toBe(0)
  })

  it('forgets who leaves, and listens to nothing without listeners', async () => {
    const { server, listening } = await start()
    const leaving = new AbortController()
    const feed = messages(server, { signal: leaving.signal })
    await read(feed)
    expect(listening()).toBe(1)
    leaving.abort()
    await expect(feed.next()).rejects.toThrow()
    await expect.poll(listening).toBe(0)
    await server.close()
  })

  it('ends soon for who may not listen any more, and for nobody else', async () => {
    const { access, as } = testAccess('token')
    const { server } = await start({ heartbeat: 20 }, access)
    const [ada, bob] = [as('read', 'ada'), as('read', 'bob')].map(headers => messages(server, { headers }))
    await Promise.all([read(ada!), read(bob!)])
    access.records.revokeToken('ada')
    await expect(
      (async () => {
        for await (const _ of ada!);
      })()
    ).rejects.toThrow()
    expect([await read(bob!), await read(bob!)]).toEqual([0, 0])
    await server.close()
  })

  it('takes only so many listeners', async () => {
    const { server } = await start({ listeners: 1 })
    const feed = messages(server)
    await read(feed)
    expect((await fetch(`${server.address}api/live`)).status).toBe(503)
    await server.close()
  })

  it('lets a listener go that does not read, and keeps the others', async () => {
    const { dashboard, server, listening } = await start({ interval: 1, patience: 3 })
    for (let i = 0; i < 50; i++) dashboard.reject('x'.repeat(20_000), 'a test')
    const { hostname, port } = new URL(server.address)
    const deaf = connect(Number(port), hostname).pause()
    deaf.write('GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n')
    const closed = new Promise(resolve => deaf.on('close', resolve))
    deaf.on('error', () => {})
    await expect.poll(listening).toBe(1)
    const feed = messages(server)
    for (let i = 0; i < 20; i++) {
      dashboard.changed()
      await feed.next()
    }
    deaf.resume()
    await closed
    dashboard.changed()
    expect(await read(feed)).toBe(50)
    await server.close()
  })
})
