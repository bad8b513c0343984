import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { get, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestServer, testAccess } from '../../test/page/access.ts'
import { createFake } from '../../test/page/fake.ts'
import type { RunningServer } from './server.ts'

const NOW = Date.UTC(2026, 10, 22, 21, 47)

let server: RunningServer
let folder: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'visor-page-'))
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<title>Visor</title>')
  writeFileSync(join(folder, 'assets/index-1a2b.js'), 'export {}')
  const dashboard = createFake({ clock: () => NOW })
  dashboard.traffic(1000, 600)
  server = await startTestServer({ port: 0, dashboard, page: folder })
})

afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true })
})

/** A request with a Host header of one's own, which `fetch` does not allow. */
function status(path: string, host: string): Promise<number | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  get(new URL(path, server.address), { headers: { host } }, resolve).on('error', reject)
  return promise.then(response => response.resume().statusCode)
}

const ask = (path: string, options?: RequestInit): Promise<Response> =>
  fetch(new URL(path, server.address), options)

describe('server', () => {
  it.each(['', 'api/status', 'api/live', 'api/nothing'])(
    'sends the security headers with /%s',
    async path => {
      const { headers, body } = await ask(path)
      await body?.cancel()
      const policy = headers.get('content-security-policy')
      expect(policy).toContain("default-src 'none'")
      expect(policy).toContain("frame-ancestors 'none'")
      expect(policy).not.toMatch(/unsafe|upgrade-insecure|\*/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('strict-transport-security')).toBeNull()
      expect(headers.get('access-control-allow-origin')).toBeNull()
    }
  )

  it('answers to names of this machine only', async () => {
    const port = new URL(server.address).port
    expect(await status('/api/status', `localhost:${port}`)).toBe(200)
    expect(await status('/api/status', 'rebound.example')).toBe(421)
    expect(await status('/', 'rebound.example')).toBe(421)
    expect(await status('/nothing', 'rebound.example')).toBe(421)
  })

  it.each([
    ['', 200, 'no-cache'],
    ['assets/index-1a2b.js', 200, 'public, max-age=31536000, immutable'],
    ['assets/none.js', 404, null],
    ['assets/..%2f..%2fpasswd', 404, null],
    ['api/status', 200, 'no-store'],
    ['api/summary?period=15m', 200, 'no-store'],
    ['api/summary?period=2h', 400, 'no-store'],
    ['api/summary', 400, 'no-store'],
    ['api/summary?period=15m&period=1h', 400, 'no-store'],
    ['api/count?where=path:/a*', 200, 'no-store'],
    ['api/count?where=statsu:5', 400, 'no-store'],
    ['api/lines?limit=0', 400, 'no-store'],
    ['api/stats?stats=count+by', 400, 'no-store'],
    ['api/signatures', 200, 'no-store'],
    ['api/sql?sql=select+1', 404, null]
  ])('answers /%s with %i and cache-control %s', async (path, code, caching) => {
    const response = await ask(path)
    expect(response.status).toBe(code)
    expect(response.headers.get('cache-control')).toBe(caching)
    await response.body?.cancel()
  })

  it('says what is wrong with a request', async () => {
    const response = await ask('api/summary?period=2h')
    expect(await response.json()).toEqual({ error: 'period must be one of 15m, 1h, 24h, 7d, all' })
  })

  it('takes no other method', async () => {
    expect((await ask('api/status', { method: 'POST' })).status).toBe(404)
  })

  it('gives the summary that the dashboard gives', async () => {
    const summary = await (await ask('api/summary?period=15m')).json()
    const expected = createFake({ clock: () => NOW })
    expected.traffic(1000, 600)
    expect(summary).toEqual(await expected.summary('15m'))
  })
})

describe('listening', () => {
  it('names the port that is in use', async () => {
    const port = Number(new URL(server.address).port)
    const again = startTestServer({ port, dashboard: createFake({ clock: () => NOW }), page: folder })
    await expect(again).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining(String(port))
    })
  })

  it('says that an address is not of this machine', async () => {
    const { access, as } = testAccess('token')
    as('read')
    const away = startTestServer({
      host: '192.0.2.1',
      access,
      port: 0,
      dashboard: createFake({ clock: () => NOW }),
      page: folder
    })
    await expect(away).rejects.toMatchObject({
      code: 'CONFIG',
      message: expect.stringContaining('192.0.2.1')
    })
  })

  it('says that the page is not built, and serves the rest', async () => {
    const bare = await startTestServer({
      port: 0,
      dashboard: createFake({ clock: () => NOW }),
      page: join(folder, 'none')
    })
    expect((await fetch(bare.address)).status).toBe(503)
    expect((await fetch(`${bare.address}api/status`)).status).toBe(200)
    await bare.close()
  })
})
