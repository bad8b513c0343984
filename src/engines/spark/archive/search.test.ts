import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MINUTE, SECOND } from '../../../core/time.ts'
import type { EnginePlan } from '../../../counting/plan.ts'
import { parseQuery, parseStats } from '../../../query/index.ts'
import { ACCESS_FORMAT, CASES, LINES, SOURCE } from '../../../query/testing/cases.ts'
import type { Store } from '../../../store/index.ts'
import { storedLog } from '../../embedded/testing/stored.ts'
import type { WorkerTask } from '../protocol.ts'
import { archiveRows } from '../worker/archive.ts'
import { foundIn } from '../worker/search.ts'
import { RidingStream } from '../worker/streams.ts'
import { runTask } from '../worker/task.ts'
import type { KeyedLines } from '../worker/keyed.ts'
import { newest, type Asked, type Matches, type LineOrigin, type SearchJob } from './asked.ts'
import { figuresOf } from './figures.ts'

const FORMAT = `${ACCESS_FORMAT}\nerror24`
const TEXT = Object.values(LINES)
  .map(line => `${line}\n`)
  .join('')

/** The archive as Spark hands it to a worker. */
interface Archived {
  readonly origins: Record<string, LineOrigin>
  readonly lines: readonly { readonly key: string; readonly about: string }[]
}

async function archivedLog(text: string): Promise<Archived> {
  const options = { type: 'file', path: '/none' }
  const plan: EnginePlan = {
    name: '',
    sources: [{ name: SOURCE, options, known: [], zone: 'UTC', format: FORMAT }],
    window: 10 * SECOND,
    lateness: MINUTE,
    aging: true,
    country: true,
    limit: 100,
    signals: []
  }
  const data = Buffer.from(text)
  const from = { bytes: data.length }
  const segment = {
    source: SOURCE,
    stream: 's',
    name: 's',
    finished: true,
    replayable: true,
    position: { offset: 0 },
    from
  }
  const task: WorkerTask = { id: 1, name: 'test', now: 0, segments: [segment] }
  const result = await runTask(
    { plan, events: 'whole' },
    task,
    async one => new RidingStream(one, data),
    () => {}
  )
  const decoded = (cell = ''): string => Buffer.from(cell, 'base64').toString()
  const origins: Record<string, LineOrigin> = {}
  const lines = Array.from(archiveRows(task, result), row => {
    const [number, time, flags, kind, source, format, , line] = row.split('\t')
    const key = `${kind}${Object.values(origins).findIndex(one => one.format === decoded(format))}`
    const known = Object.entries(origins).find(([, one]) => one.format === decoded(format))?.[0]
    if (known === undefined)
      origins[key] = {
        source: decoded(source),
        kind: kind === 'error' ? 'error' : 'access',
        format: decoded(format)
      }
    return { key: known ?? key, about: `${time} ${number} ${flags}\t${line}\n` }
  })
  return { origins, lines }
}

let folder = ''
let store: Store
let archive: Archived
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'visor-archive-'))
  store = await storedLog(folder, SOURCE, TEXT, FORMAT)
  archive = await archivedLog(TEXT)
})
afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

function ask(asked: Asked, where: string): Matches {
  const job: SearchJob = { asked, where: parseQuery(where), origins: archive.origins }
  const given = archive.lines.map(({ key, about }): KeyedLines => ({ key, bytes: Buffer.from(about) }))
  // What executors get is JSON.
  const [found] = foundIn(given, JSON.parse(JSON.stringify(job)))
  return found!
}

describe('archived lines', () => {
  it.each(CASES)('%s', (text, passing) => {
    const texts = ask({ what: 'lines', limit: 100 }, text).lines.map(({ line }) =>
      Buffer.from(line).toString()
    )
    const found = Object.entries(LINES).filter(([, line]) => texts.includes(line))
    expect(found.map(([letter]) => letter).join('')).toBe(passing)
  })

  it('have the fields and the times that stored ones have', async () => {
    const stored = await store.lines({})
    const found = newest(ask({ what: 'lines', limit: 100 }, '').lines, 100)
    expect(
      found.map(({ time, source, line, fields }) => [time, source, Buffer.from(line).toString(), fields])
    ).toEqual(
      stored.map(({ time, source, line, fields }) => [time, source, Buffer.from(line).toString(), fields])
    )
  })

  it.each([
    ['count', ''],
    ['count', 'status:999'],
    ['count by client', 'status:*'],
    ['count by kind', ''],
    ['count by status_class', 'kind:access'],
    ['count by vhost, method', 'kind:access'],
    ['count by hour', ''],
    ['sum bytes_out by day', ''],
    ['max duration', ''],
    ['min duration by client', ''],
    ['p50 duration', 'kind:access'],
    ['p99 duration by vhost', ''],
    ['unique client', ''],
    ['unique user by kind', ''],
    ['avg status by source', 'status:<500'],
    ['count by bot', 'bot:*'],
    ['count by cookie.none', 'status:200'],
    ['count by code', 'kind:error']
  ])('%s where %s is what the store answers', async (text, where) => {
    const stats = parseStats(text)
    const { groups } = ask({ what: 'groups', by: stats.by, field: stats.field }, where)
    expect(figuresOf(groups, stats, 100)).toEqual(await store.stats({ where: parseQuery(where), stats }))
  })

  it('have the signatures that the store has', async () => {
    const found = ask({ what: 'signatures' }, '').signatures.map(one => ({ ...one, number: undefined }))
    const stored = await store.signatures({})
    expect(found.toSorted((a, b) => b.last - a.last)).toEqual(stored)
  })
})
