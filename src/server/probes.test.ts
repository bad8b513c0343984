import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFake } from '../../test/page/fake.ts'
import type { RunningServer } from './server.ts'
import { startTestServer } from '../../test/page/access.ts'

let server: RunningServer
let missing: Record<string, string> = {}

beforeAll(async () => {
  const probes = {
    parts: ['sources', 'store'],
    readiness: () => missing,
    metrics: async (listeners: number) => ({
      text: `visor_page_listeners ${listeners}\n`,
      type: 'text/plain; version=0.0.4'
    })
  }
  const dashboard = { ...createFake({ clock: () => 0 }), probes }
  server = await startTestServer({ port: 0, dashboard, page: 'none' })
})
afterAll(() => server.close())

const ask = (path: string, accept?: string, method = 'GET'): Promise<Response> =>
  fetch(new URL(path, server.address), { method, ...(accept !== undefined && { headers: { accept } }) })

describe('probes', () => {
  it('say that Visor is alive', async () => {
    const answer = await ask('health')
    expect(answer.headers.get('cache-control')).toBe('no-store')
    expect(await answer.json()).toEqual({ status: 'alive', text: 'Visor is alive.' })
    expect((await ask('health', '*/*', 'HEAD')).status).toBe(200)
  })

  it('say that it is ready, or which part is not, as JSON and in words', async () => {
    const ready = await ask('ready')
    expect(ready.status).toBe(200)
    expect(await ready.json()).toMatchObject({ status: 'ready', parts: { sources: 'ready', store: 'ready' } })
    missing = { store: 'the store cannot be written' }
    const not = await ask('ready')
    expect(not.status).toBe(503)
    expect(await not.json()).toEqual({
      status: 'not ready',
      text: 'Visor is not ready: the store cannot be written.',
      parts: { sources: 'ready', store: 'the store cannot be written' }
    })
    const words = await ask('ready', 'text/plain')
    expect([words.status, words.headers.get('content-type')]).toEqual([503, 'text/plain; charset=utf-8'])
    expect(await words.text()).toBe('Visor is not ready: the store cannot be written.\n')
    expect((await ask('ready', '*/*', 'HEAD')).status).toBe(503)
  })

  it('give the metrics of Visor itself, with how many pages are open', async () => {
    const page = await ask('api/live')
    const answer = await ask('metrics')
    expect(answer.headers.get('content-type')).toContain('version=0.0.4')
    expect(await answer.text()).toBe('visor_page_listeners 1\n')
    await page.body?.cancel()
  })
})
