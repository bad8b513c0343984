import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { EventSchema } from './event-json.ts'
import { readLines } from './lines.ts'

const folder = mkdtempSync(join(tmpdir(), 'visor-lines-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What reading a log with this content gives. */
async function read(content: string, format?: string, schema?: EventSchema) {
  const path = join(folder, 'access.log')
  writeFileSync(path, content, 'latin1')
  let json = ''
  let rejected = ''
  const sink = {
    events: async (text: string) => void (json += text),
    rejected: async (text: string) => void (rejected += text)
  }
  const { signal } = new AbortController()
  const counters = await readLines(
    path,
    { signal, clock: () => 0, ...(format !== undefined && { format }), ...(schema && { schema }) },
    sink
  )
  const events: Record<string, unknown>[] =
    json === ''
      ? []
      : json
          .trimEnd()
          .split('\n')
          .map(line => JSON.parse(line))
  return { counters, events, rejected: rejected.replaceAll(`${path}:`, ':') }
}

const line = (path: string): string => `::1 - - [10/Oct/2026:13:55:36 -0330] "GET ${path} HTTP/1.1" 200 -`

describe('readLines', () => {
  it('names the line of each rejected one, over empty lines and any number of scans', async () => {
    const block = `${line('/a')}\n\n`.repeat(10_000)
    const { counters, events, rejected } = await read(`${block}bad\n${block}\u0000\u00ff\r\n`, 'common')
    expect(counters).toMatchObject({ read: 20_002, parsed: 20_000, rejected: 2 })
    expect(events).toHaveLength(20_000)
    expect(rejected).toBe(
      ':20001: column 1: client has no end: " " is missing: bad\n:40002: column 1: client has no end: " " is missing: \\x00\\xff\n'
    )
  })

  it('gives every distinct value right when dictionaries rotate', async () => {
    const count = 600_000
    let content = ''
    for (let i = 0; i < count; i++)
      content += `${i} - - [10/Oct/2026:13:55:36 +0000] "GET / HTTP/1.1" 200 ${i}\n`
    const { events } = await read(content, 'common')
    expect(events).toHaveLength(count)
    expect(events.every(event => event['client'] === String(event['bytes']))).toBe(true)
  })

  it('tells the zone as written, takes no field for a dash, and a last line without its end', async () => {
    const { events } = await read(line('/x?y=\\"'))
    expect(events).toEqual([
      {
        time: '2026-10-10T13:55:36-03:30',
        client: '::1',
        method: 'GET',
        path: '/x',
        query: 'y="',
        protocol: 'HTTP/1.1',
        status: 200
      }
    ])
  })

  it('calls fields as OpenTelemetry and ECS do, in their units, and keeps what they have no name for', async () => {
    const format = '%h %l %{us}T %t "%r" %>s %b "%{Referer}i" "%{X-Id}i" %{TLS}n'
    const text =
      '::1 me 1500 [10/Oct/2026:13:55:36 -0330] "GET /x HTTP/1.1" 200 5 "https://a.example/" "7" v3'
    const otel = await read(text, format, 'otel')
    expect(otel.events).toEqual([
      {
        Timestamp: '2026-10-10T13:55:36-03:30',
        Attributes: {
          'client.address': '::1',
          'visor.ident': 'me',
          'visor.duration': 0.0015,
          'http.request.method': 'GET',
          'url.path': '/x',
          'network.protocol.version': '1.1',
          'http.response.status_code': 200,
          'http.response.body.size': 5,
          'http.request.header.referer': ['https://a.example/'],
          'http.request.header.x-id': ['7'],
          'visor.note.tls': 'v3'
        }
      }
    ])
    const ecs = await read(text, format, 'ecs')
    expect(ecs.events).toEqual([
      {
        '@timestamp': '2026-10-10T13:55:36-03:30',
        'ecs.version': '9.0.0',
        'client.address': '::1',
        'visor.ident': 'me',
        'event.duration': 1_500_000,
        'http.request.method': 'GET',
        'url.path': '/x',
        'http.version': '1.1',
        'http.response.status_code': 200,
        'http.response.body.bytes': 5,
        'http.request.referrer': 'https://a.example/',
        'visor.header.x-id': '7',
        'visor.note.tls': 'v3'
      }
    ])
    const error = '[Fri Oct 10 13:55:36.123456 2026] [core:error] [pid 7] [client ::1:80] AH00124: loop'
    const { events } = await read(error, 'error 2.4', 'otel')
    expect(events).toMatchObject([
      {
        SeverityText: 'error',
        Body: 'AH00124: loop',
        Attributes: { 'process.pid': 7, 'visor.module': 'core' }
      }
    ])
  })

  it('refuses what has no known format', async () => {
    await expect(read('some\nprose\n')).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
    await expect(read('x'.repeat(200_000))).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
  })

  it('takes an empty file for no lines', async () => {
    for (const content of ['', '\n\n'])
      expect((await read(content)).counters).toMatchObject({ read: 0, parsed: 0 })
  })
})
