import { appendFileSync, existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { sparkMissing, startSpark, type LocalSpark } from './spark.ts'
import { Daemon } from './torture/daemon.ts'
import { checkNumbers, numberedLine } from './torture/numbers.ts'
import { visor } from './visor.ts'
import { eventually } from './watching.ts'

/** Visor on a Spark of its own, over a log of numbered lines. */
class Trial {
  readonly #log: string
  readonly config: string
  readonly store: string
  readonly daemon: Daemon
  lines = 0

  constructor(folder: string, engine: object) {
    this.#log = join(folder, 'access.log')
    this.config = join(folder, 'visor.json')
    this.store = join(folder, 'store')
    writeFileSync(this.#log, '')
    const sources = { web: { path: this.#log, format: 'common', zone: 'UTC' } }
    const settings = { sources, engine: { type: 'spark', ...engine }, store: { path: this.store } }
    writeFileSync(this.config, JSON.stringify({ ...settings, alerts: { defaults: false } }))
    this.daemon = new Daemon(['--config', this.config])
  }

  /** Also where a test fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.daemon.kill()
  }

  append(count: number): void {
    appendFileSync(this.#log, Array.from({ length: count }, () => numberedLine(this.lines++, 0)).join(''))
  }

  /** Waits until as many lines were counted as there are, for two minutes at most. */
  async read(): Promise<number> {
    const counters = await eventually(
      () => this.daemon.counters(),
      ({ read }) => read >= this.lines
    )
    return counters.read
  }
}

describe.skipIf(sparkMissing !== undefined)(
  `Visor with a Spark in trouble${sparkMissing ? ` (${sparkMissing})` : ''}`,
  () => {
    let spark: LocalSpark
    let folder = ''
    beforeAll(async () => void (spark = await startSpark({ cores: 2 })))
    afterAll(() => spark?.[Symbol.asyncDispose]())
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'visor-spark-trouble-'))
      return () => rmSync(folder, { recursive: true })
    })

    it('has each line once where the Connect server stands still within a batch, and shows that it does', async () => {
      await using trial = new Trial(folder, { connect: spark.address, batch: { timeout: '5s' } })
      const { daemon } = trial
      await daemon.start()
      trial.append(500)
      expect(await daemon.stores(500)).toBe(true)
      const server = spark.processes.get('server')?.pid ?? 0
      try {
        trial.append(20_000)
        while (spark.scripts().length === 0) await wait(2)
        process.kill(server, 'SIGSTOP')
        trial.append(500)
        const shown = await daemon.engineBecomes(({ state }) => state === 'failing')
        expect(shown?.failure?.message).toMatch(/does not answer in time|has said nothing for/)
        expect(shown?.detail).toMatch(/^asks for the same batch again/)
      } finally {
        process.kill(server, 'SIGCONT')
      }
      expect(await daemon.stores(trial.lines)).toBe(true)
      expect(await daemon.engineBecomes(({ failure }) => failure === undefined)).toBeDefined()
      await daemon.stop()
      expect((await checkNumbers([trial.store], trial.lines)).slice(0, 10)).toEqual([])
    })

    it('has each line once in the archive, killed when lines are written and their counts are not', async () => {
      const path = join(folder, 'archive')
      await using trial = new Trial(folder, { connect: spark.address, archive: { path, every: '1s' } })
      const { daemon } = trial
      await daemon.start()
      trial.append(300)
      expect(await trial.read()).toBe(300)
      let between = 0
      for (let tries = 0; between < 2 && tries < 6; tries++) {
        const known = new Set(written(path))
        trial.append(300)
        let folders: string[] = []
        while (folders.length === 0) {
          await wait(2)
          folders = written(path).filter(one => !known.has(one))
        }
        await daemon.kill()
        const counted = await countedIn(trial.store)
        if (folders.every(one => !counted.includes(one))) between++
        await daemon.start()
        expect(await trial.read()).toBe(trial.lines)
      }
      // Else nothing was tried.
      expect(between).toBe(2)
      // What waits is written before its end.
      await daemon.stop()
      const asked = [
        'query',
        '--config',
        trial.config,
        '--stats',
        'count by path',
        '--limit',
        '100000',
        '--json'
      ]
      const { exit, out, err } = await visor(asked)
      expect({ exit, err }).toEqual({ exit: 0, err: '' })
      const rows = JSON.parse(`[${out.trimEnd().replaceAll('\n', ',')}]`)
      const paths = Array.from({ length: trial.lines }, (_, i) => ({ path: `/line/${i}`, count: 1 }))
      expect(rows).toHaveLength(trial.lines)
      expect(rows).toEqual(expect.arrayContaining(paths))
    })
  }
)

/** The folders of an archive that Spark has written to their end. */
function written(path: string): string[] {
  if (!existsSync(path)) return []
  return globSync(join(path, '*', 'batch=*', '_SUCCESS')).map(one =>
    basename(dirname(one)).slice('batch='.length)
  )
}

/** What of the archive counts, by a store that is closed. */
async function countedIn(store: string): Promise<string> {
  const instance = await DuckDBInstance.create(join(store, 'visor.duckdb'))
  const connection = await instance.connect()
  const rows = await connection.runAndReadAll("select position from positions where source = ''")
  const text = rows.getRows().flat().join(' ')
  connection.closeSync()
  instance.closeSync()
  return text
}
