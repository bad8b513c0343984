import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from './port.ts'
import { startWatching, type Watching } from './watching.ts'

const installed = spawnSync('prometheus', ['--version']).status === 0

interface Answer {
  readonly data?: {
    readonly result: readonly {
      readonly metric: { readonly outcome?: string }
      readonly value: [number, string]
    }[]
  }
}

describe.skipIf(!installed)('a real Prometheus (needs prometheus)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'visor-prometheus-'))
  let watching: Watching
  let prometheus: ChildProcess
  let port = 0

  beforeAll(async () => {
    const log = join(folder, 'access.log')
    copyFileSync('test/samples/combined.log', log)
    watching = await startWatching([log, '--store', join(folder, 'store')])
    port = await freePort()
    const config = join(folder, 'prometheus.yml')
    const target = new URL(watching.address).host
    writeFileSync(
      config,
      `scrape_configs: [{ job_name: visor, scrape_interval: 1s, static_configs: [{ targets: ["${target}"] }] }]\n`
    )
    const options = [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'tsdb')}`,
      `--web.listen-address=127.0.0.1:${port}`
    ]
    prometheus = spawn('prometheus', options, { stdio: 'ignore' })
  })

  afterAll(async () => {
    const ended = once(prometheus, 'exit')
    prometheus.kill()
    await ended
    await watching.visor.stop('SIGTERM')
    rmSync(folder, { recursive: true })
  })

  /** The values that a query has, by its label `outcome`; empty while Prometheus is not there. */
  async function ask(query: string): Promise<Map<string, number>> {
    const url = `http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`
    const answer: Answer = await fetch(url).then(
      async response => JSON.parse(await response.text()),
      () => ({})
    )
    const found = answer.data?.result ?? []
    return new Map(found.map(({ metric, value }) => [metric.outcome ?? '', Number(value[1])]))
  }

  it('scrapes all of it, and has the lines as Visor counts them', async () => {
    let lines = new Map<string, number>()
    while (((lines = await ask('visor_lines_total')).get('parsed') ?? 0) === 0) await wait(100)
    const { counters } = await watching.status()
    const { parsed, rejected, late } = counters
    expect(Object.fromEntries(lines)).toEqual({ parsed, rejected, late })
    expect(await ask('up')).toEqual(new Map([['', 1]]))
    expect(await ask('visor_ready')).toEqual(new Map([['', 1]]))
    expect((await ask('process_resident_memory_bytes')).get('')).toBeGreaterThan(1e6)
  })
})
