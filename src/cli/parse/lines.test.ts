import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { readLines } from './lines.ts'

const folder = mkdtempSync(join(tmpdir(), 'visor-lines-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** What reading a log with this content gives. */
async function read(content: string, format?: string) {
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
    { signal, clock: () => 0, ...(format !== undefined && { format }) },
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

  it('refuses what has no known format', async () => {
    await expect(read('some\nprose\n')).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
    await expect(read('x'.repeat(200_000))).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
  })

  it('takes an empty file for no lines', async () => {
    for (const content of ['', '\n\n'])
      expect((await read(content)).counters).toMatchObject({ read: 0, parsed: 0 })
  })
})
