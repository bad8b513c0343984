import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { gzipSync } from 'node:zlib'
import { ownFolder } from './folder.ts'
import { visor } from './visor.ts'
import { eventually, startWatching } from './watching.ts'

/** Lines a second apart. */
const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => {
    const time = new Date(Date.UTC(2026, 9, 10, 13, 0, from + i)).toUTCString()
    const [, day, month, year, clock] = time.split(' ')
    return `10.0.0.1 - - [${day}/${month}/${year}:${clock} +0000] "GET /${from + i} HTTP/1.1" 200 5 "-" "-"\n`
  }).join('')

const folder = mkdtempSync(join(tmpdir(), 'visor-audit-'))
const [log, store] = [join(folder, 'access.log'), join(folder, 'store')]
afterAll(() => rmSync(folder, { recursive: true }))

/** All that is written, with the line that follows no format. */
const BYTES = numbered(0, 170).length + 'of no format\n'.length

const audit = async (...args: string[]) => {
  const { exit: code, out } = await visor(['audit', '--store', store, '--json', ...args])
  const { sources } = JSON.parse(out)
  return { code, ...sources[0] }
}

const sources = async () => {
  const { out } = await visor(['sources', '--store', store, '--json'])
  return JSON.parse(out).sources[0]
}

/** What was found beside the Visor that ran. */
const beside: { audit?: unknown; sources?: unknown } = {}

beforeAll(async () => {
  writeFileSync(log, numbered(0, 100))
  const { visor: running, status } = await startWatching([log, '--store', store])
  const read = (lines: number) => eventually(status, ({ counters }) => counters.read === lines)
  await read(100)
  appendFileSync(log, `${numbered(100, 150)}of no format\n`)
  await read(151)
  renameSync(log, `${log}.1`)
  writeFileSync(log, numbered(150, 170))
  await read(171)
  writeFileSync(`${log}.1.gz`, gzipSync(readFileSync(`${log}.1`)))
  rmSync(`${log}.1`)
  // What is read is counted at once, and stored a moment later.
  beside.sources = await eventually(sources, ({ read }) => read === BYTES)
  beside.audit = await audit(log)
  await running.stop('SIGTERM')
})

it('finds nothing where all was read, rotated and compressed, beside a Visor that runs', () => {
  expect(beside.audit).toMatchObject({
    code: 0,
    source: log,
    whole: true,
    pieces: expect.arrayContaining([
      { path: `${log}.1.gz`, state: 'read' },
      { path: log, state: 'read' }
    ]),
    lines: { due: 170, rejected: 1, waiting: 0, before: 0 },
    rejectedFound: 1,
    missing: { count: 0 },
    double: { count: 0 }
  })
  expect(beside.sources).toMatchObject({ unit: 'bytes', read: BYTES, lost: 0 })
})

it('finds what the store lacks and where that stands, without a Visor, and tells what waits apart', async () => {
  const before = readFileSync(log)
  onTestFinished(() => writeFileSync(log, before))
  const lines = before.toString().split('\n')
  const added = lines[16]!.replace('GET /166', 'GET /never')
  writeFileSync(log, [...lines.slice(0, 17), added, ...lines.slice(17)].join('\n'))
  appendFileSync(log, numbered(170, 175))
  const { code, missing, lines: counts } = await audit(log)
  expect(missing).toEqual({ count: 1, sample: [{ file: log, line: 18, text: added }] })
  expect([code, counts.waiting]).toEqual([1, 6])
})

it('finds pieces that nobody ever read, and says where there is no such log', async () => {
  const { err, exit: code } = await visor(['audit', '--store', store, join(folder, 'none.log')])
  expect([code, err]).toEqual([1, expect.stringContaining('there is no file')])
  writeFileSync(`${log}.2`, numbered(500, 510))
  onTestFinished(() => rmSync(`${log}.2`))
  const { code: never, pieces } = await audit()
  expect([never, pieces]).toEqual([1, expect.arrayContaining([{ path: `${log}.2`, state: 'never' }])])
})

it('tells apart what is older than the store keeps, and what cannot be read; compares hours where lines are not kept', async () => {
  const own = ownFolder('audit')
  const [path, kept, config] = [join(own, 'web.log'), join(own, 'store'), join(own, 'visor.yaml')]
  // Two an hour, for three days.
  const lines = Array.from({ length: 144 }, (_, i) => numbered(i * 1800, i * 1800 + 1))
  writeFileSync(path, lines.join(''))
  writeFileSync(
    config,
    `sources: { web: { path: ${path} } }\nstore: { path: ${kept}, retention: 1d }\npage: { port: 0 }\n`
  )
  const audited = async () => {
    const { exit, out } = await visor(['audit', '--config', config, '--json'])
    return { exit, ...JSON.parse(out).sources[0] }
  }
  const { visor: running, status } = await startWatching(['--config', config])
  await eventually(status, ({ store }) => store.rows === lines.length)
  await running.stop('SIGTERM')
  expect(await audited()).toMatchObject({ exit: 0, whole: true, lines: { old: 95, due: 49 } })

  writeFileSync(`${path}.2.gz`, gzipSync(lines.join('')).subarray(0, 700))
  const damaged = await audited()
  rmSync(`${path}.2.gz`)
  expect(damaged).toMatchObject({
    exit: 1,
    whole: false,
    pieces: expect.arrayContaining([
      { path: `${path}.2.gz`, state: { unreadable: expect.stringContaining('web.log.2.gz') } }
    ])
  })

  // As an engine leaves it that keeps no lines.
  const database = await DuckDBInstance.create(join(kept, 'visor.duckdb'))
  const connection = await database.connect()
  await connection.run("update state set engine = 'counting', lines = false; delete from events")
  connection.closeSync()
  database.closeSync()
  expect(await audited()).toMatchObject({ exit: 0, whole: true, counts: { missing: 0, hours: [] } })
  const before = readFileSync(path, 'utf8')
  writeFileSync(path, before.replace(lines[142]!, lines[140]!))
  expect(await audited()).toMatchObject({
    exit: 1,
    whole: false,
    counts: { missing: 1, hours: [{ time: Date.UTC(2026, 9, 13, 11), logged: 3, counted: 2 }] }
  })
})
