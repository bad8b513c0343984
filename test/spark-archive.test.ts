import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NO_DELIVERY, type Delivery } from '../src/core/delivery.ts'
import { DAY_MS, MINUTE, SECOND } from '../src/core/time.ts'
import type { TaskInput } from '../src/engines/spark/cluster.ts'
import { ParquetArchive } from '../src/engines/spark/archive/archive.ts'
import { manifestOf } from '../src/engines/spark/archive/manifest.ts'
import { ArchiveSearch } from '../src/engines/spark/archive/search.ts'
import { ArchivingSink } from '../src/engines/spark/archive/sink.ts'
import { Workers } from '../src/engines/spark/workers.ts'
import { parseQuery, parseStats } from '../src/query/index.ts'
import { sparkMissing, sparkServer } from './spark.ts'

const { signal } = new AbortController()
const LINES_A_BATCH = 40

let folder = ''
let workers: Workers

const line = (i: number): string =>
  `192.0.2.${i % 5} - - [0${1 + (i % 3)}/Jan/2026:0${i % 7}:00:00 +0000] "GET /p/${i % 11}?q=${i} HTTP/1.1" ${200 + (i % 3) * 100} ${i}`

/** One task of `LINES_A_BATCH` lines, one of them rejected. */
function taskOf(batch: number): TaskInput {
  const lines = Array.from({ length: LINES_A_BATCH }, (_, i) => (i === 7 ? 'broken' : line(batch * 100 + i)))
  const data = Buffer.from(lines.map(text => `${text}\n`).join(''))
  const segment = {
    source: 'web',
    stream: 's',
    name: 's',
    finished: false,
    replayable: true,
    position: { offset: 0 },
    from: { bytes: data.length }
  }
  return { task: { id: 0, name: `test.${batch}`, now: Date.UTC(2026, 0, 4), segments: [segment] }, data }
}

/** A store that keeps nothing but the positions of deliveries, and fails when it is told to. */
class Positions {
  known: { id: string; name: string; position: Delivery['positions'][number]['position'] }[] = []
  failing = false
  async write({ positions }: Delivery): Promise<void> {
    if (this.failing) throw new Error('the store is gone')
    for (const { stream: id, name, position } of positions)
      this.known = [...this.known.filter(one => one.id !== id), { id, name, position }]
  }
}

function archiveAt(path: string, store: Positions, run: string, now = Date.now()): ParquetArchive {
  const plan = {
    name: '',
    sources: [{ name: 'web', options: { type: 'file' }, known: [], zone: 'UTC', format: 'common' }],
    window: 10 * SECOND,
    lateness: MINUTE,
    aging: true,
    country: false,
    limit: 100,
    signals: []
  }
  const job = { plan, events: 'whole' as const }
  const options = { path, run, job, retention: 30 * DAY_MS, clock: () => now, workers: async () => workers }
  return new ParquetArchive(options, manifestOf(store.known))
}

function searchAt(path: string, store: Positions): ArchiveSearch {
  return new ArchiveSearch({
    path,
    manifest: async () => manifestOf(store.known),
    workers: async () => workers,
    close: async () => {}
  })
}

async function writeBatch(archive: ParquetArchive, store: Positions, batch: number): Promise<void> {
  const sink = new ArchivingSink(store, archive, 1, Date.now)
  const one = { ...NO_DELIVERY }
  await sink.expect(one, { tasks: [taskOf(batch)], lines: LINES_A_BATCH })
  await sink.write(one)
}

describe.skipIf(sparkMissing !== undefined)(
  `an archive of lines${sparkMissing ? `: ${sparkMissing}` : ''}`,
  () => {
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'visor-spark-archive-'))
      const { connect } = await sparkServer()
      workers = await Workers.open({ connect, purpose: 'tests of archives', signal })
    })
    afterAll(() => {
      workers?.close()
      rmSync(folder, { recursive: true, force: true })
    })

    it('has each line once, though a batch was written that was never committed', async () => {
      const path = join(folder, 'once')
      const store = new Positions()
      await writeBatch(archiveAt(path, store, 'first'), store, 0)
      store.failing = true
      // As if Visor were killed when the lines are written and their counts are not.
      await expect(writeBatch(archiveAt(path, store, 'second'), store, 1)).rejects.toThrow(
        'the store is gone'
      )
      store.failing = false
      await writeBatch(archiveAt(path, store, 'third'), store, 1)
      const search = searchAt(path, store)
      const stats = await search.stats({ stats: parseStats('count by query') })
      expect(stats).toHaveLength(2 * (LINES_A_BATCH - 1))
      expect(stats.every(({ value }) => value === 1)).toBe(true)
      expect(await search.stats({})).toEqual([{ keys: [], value: 2 * (LINES_A_BATCH - 1) }])
    })

    it('finds lines by query, time and source', async () => {
      const path = join(folder, 'found')
      const store = new Positions()
      await writeBatch(archiveAt(path, store, 'run'), store, 0)
      const search = searchAt(path, store)
      const all = Array.from({ length: LINES_A_BATCH }, (_, i) => i).filter(i => i !== 7)
      const day = (i: number): number => Date.UTC(2026, 0, i) * 1000
      const found = await search.lines({
        where: parseQuery('status:300'),
        from: day(2),
        to: day(3),
        limit: 5
      })
      const wanted = all.filter(i => i % 3 === 1).toSorted((a, b) => (b % 7) - (a % 7) || b - a)
      expect(found.map(one => Buffer.from(one.line).toString())).toEqual(wanted.slice(0, 5).map(line))
      expect(await search.lines({ sources: ['other'] })).toEqual([])
      expect(await search.lines({ where: parseQuery('kind:error') })).toEqual([])
      const counts = await search.count({ by: 'day', sources: ['web'] })
      expect(counts.map(({ count }) => count)).toEqual(
        [0, 1, 2].map(rest => all.filter(i => i % 3 === rest).length)
      )
    })

    it('puts small batches together, drops old ones, and loses none', async () => {
      const path = join(folder, 'many')
      const store = new Positions()
      const archive = archiveAt(path, store, 'run')
      for (let batch = 0; batch < 12; batch++) await writeBatch(archive, store, batch)
      expect(manifestOf(store.known).segments.map(({ level }) => level)).toEqual([1, 0, 0])
      expect(await searchAt(path, store).stats({})).toEqual([{ keys: [], value: 12 * (LINES_A_BATCH - 1) }])
      const later = archiveAt(path, store, 'later', Date.now() + 40 * DAY_MS)
      await writeBatch(later, store, 12)
      expect(await searchAt(path, store).stats({})).toEqual([{ keys: [], value: LINES_A_BATCH - 1 }])
    })

    it('gives a search up when its asker goes', async () => {
      const path = join(folder, 'given-up')
      const store = new Positions()
      await writeBatch(archiveAt(path, store, 'run'), store, 0)
      const stop = new AbortController()
      const searching = searchAt(path, store).stats({}, { signal: stop.signal })
      stop.abort(new Error('gone'))
      await expect(searching).rejects.toThrow('gone')
      expect(await searchAt(path, store).stats({})).toEqual([{ keys: [], value: LINES_A_BATCH - 1 }])
    })
  }
)
