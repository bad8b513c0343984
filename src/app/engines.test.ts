import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterAll, describe, expect, it, vi } from 'vitest'
import { alertsOptions } from '../alerts/options.ts'
import { loadConfig } from '../config/load.ts'
import { ERRORS } from '../core/errors.ts'
import type { EngineStatus } from '../core/progress.ts'
import { ENGINES, type EngineKind } from '../engines/index.ts'
import { sparkKind } from '../engines/spark/index.ts'
import { localKind } from '../engines/spark/testing/local-kind.ts'
import { memoryKind } from '../engines/testing/memory.ts'
import type { Status, Summary } from '../server/api-types.ts'
import { until } from '../sources/testing/client.ts'
import { SparkError } from '../spark/problem.ts'
import { clf } from '../../test/clf.ts'
import { sparkMissing, sparkServer } from '../../test/spark.ts'
import { startApp, type App } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'visor-app-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A folder with a log and a configuration that watches it. */
function made(name: string) {
  const own = mkdtempSync(join(folder, name))
  const log = join(own, 'access.log')
  writeFileSync(log, '')
  const file = join(own, 'visor.yaml')
  writeFileSync(
    file,
    `sources:
  web: { path: access.log, format: common, zone: UTC, poll: 10ms }
store: { path: store }
page: { port: 0 }
alerts:
  defaults: false
  rules:
    failing: { type: count, where: 'status:5xx', over: 8, window: 10m, by: client }
`
  )
  return { log, config: loadConfig({}, file).config }
}

/** So many lines of this moment. */
function lines(count: number, status: number): string {
  const line = `10.0.0.1 - - [${clf(new Date())}] "GET / HTTP/1.1" ${status} 100\n`
  return line.repeat(count)
}

function start(
  config: ReturnType<typeof made>['config'],
  kind: EngineKind,
  example: object = kind.example
): Promise<App> {
  const stdout = new Writable({ write: (_chunk, _encoding, done) => done() })
  const engine = { type: kind.name, ...kind.options.parse(example) }
  return startApp(
    { ...config, engine },
    { store: true, clock: Date.now, tick: 50, stdout, engines: [kind, ...ENGINES] }
  )
}

async function ask<T>(app: App, path: string): Promise<T> {
  const response = await fetch(`${app.address}api/${path}`)
  const answer: T = JSON.parse(await response.text())
  return answer
}

const firing = (app: App): number =>
  app.alerts.alerting.alerts().filter(({ fired, resolved }) => fired !== undefined && resolved === undefined)
    .length

/** Engines, each with how it is asked for, and whether lines can be searched. */
const KINDS: readonly {
  readonly name: string
  readonly kind: EngineKind
  readonly lines: boolean
  /** Where it says how it stands. */
  readonly engine?: object
  readonly options?: () => Promise<object>
  readonly missing?: string | undefined
}[] = [
  { name: 'that keeps no lines', kind: memoryKind, lines: false },
  ...[true, false].map(lines => ({
    name: `on Spark, with workers in this process, ${lines ? 'with' : 'without'} lines`,
    kind: localKind(lines),
    lines,
    engine: { name: 'Spark in this process', behind: { bytes: 0 } }
  })),
  {
    name: `on a real Spark${sparkMissing === undefined ? '' : `: skipped, ${sparkMissing}`}`,
    kind: sparkKind,
    lines: true,
    engine: { name: expect.stringMatching(/^Spark 4\./), cores: 2, behind: { bytes: 0 } },
    options: async () => ({ connect: (await sparkServer()).connect }),
    missing: sparkMissing
  }
]

for (const { name, kind, lines: kept, engine, options, missing } of KINDS)
  describe.skipIf(missing !== undefined)(`an engine ${name}`, () => {
    it('feeds page, reports and alerts, and all goes on after a restart', async () => {
      const { log, config } = made('feeding')
      const example = await options?.()
      let app = await start(config, kind, example)
      try {
        appendFileSync(log, lines(90, 200) + lines(5, 503))
        await until(() => app.status().counters.read === 95)
        expect(firing(app)).toBe(0)
        expect(await ask<Status>(app, 'status')).toMatchObject({ counters: { read: 95, parsed: 95 } })
        const stands = (): void => {
          if (engine) expect(app.status().engine).toMatchObject({ ...engine, batch: expect.anything() })
          else expect(app.status().engine).toBeUndefined()
        }
        await vi.waitFor(stands, 10_000)
      } finally {
        await app.stop()
      }
      app = await start(config, kind, example)
      try {
        // The position: nothing is read again. The memory of rules: five failed requests more are too many.
        appendFileSync(log, lines(5, 503))
        await until(() => firing(app) === 1)
        expect(app.status().counters.read).toBe(100)
        await vi.waitFor(async () => {
          const { metrics, timeline } = await ask<Summary>(app, 'summary?period=1h')
          const countOf = (name: string) => metrics.find(metric => metric.name === name)
          expect(countOf('requests')).toMatchObject({ count: 100 })
          expect(countOf('client')).toMatchObject({ top: [{ key: '10.0.0.1', count: 100 }] })
          expect(timeline.time.length).toBeGreaterThan(0)
        }, 10_000)
        const answer = await fetch(new URL('api/lines?where=status:503', app.address))
        expect(answer.status).toBe(kept ? 200 : 501)
        expect(await answer.json()).toEqual(
          kept
            ? { lines: Array.from({ length: 10 }, () => expect.objectContaining({ source: 'web' })) }
            : {
                code: 'NO_LINES',
                error: `the engine ${kind.name} keeps no lines`,
                remedy: ERRORS.NO_LINES.remedy
              }
        )
      } finally {
        await app.stop()
      }
    })
  })

describe('an engine whose Spark fails', () => {
  it('says so, its sources wait for it, and all is counted once it does well', async () => {
    const { log, config } = made('failing')
    let fails = true
    const kind = localKind(false, () => {
      if (fails) throw new SparkError('connection', 'sc://nowhere does not answer')
    })
    const app = await start(config, kind)
    try {
      appendFileSync(log, lines(20, 200))
      await until(() => (app.status().engine?.failure?.attempts ?? 0) > 1)
      expect(await ask<Status>(app, 'status')).toMatchObject({
        engine: { state: 'failing', failure: { message: 'sc://nowhere does not answer' } },
        sources: [{ state: 'waiting', detail: 'waiting for the engine, which fails' }]
      })
      fails = false
      await until(() => app.status().counters.read === 20)
      await until(() => app.status().engine?.failure === undefined)
    } finally {
      await app.stop()
    }
  })
})

describe('an engine that reports how it stands', () => {
  it('is in the status, and alerts when it has failed for a minute', async () => {
    const { config } = made('reporting')
    let report: ((status: EngineStatus) => void) | undefined
    const kind: EngineKind = {
      ...memoryKind,
      start: (_options, plan, sink, events, dependencies) => {
        report = status => events.engine?.(status)
        return memoryKind.start(memoryKind.options.parse({}), plan, sink, events, dependencies)
      }
    }
    const alerts = alertsOptions.parse({
      defaults: false,
      rules: { failing: { type: 'health', of: 'engine' } }
    })
    const app = await start({ ...config, alerts }, kind)
    try {
      expect(app.status().engine).toBeUndefined()
      const status: EngineStatus = { name: 'Spark', state: 'working', detail: 'counts', lag: [] }
      report?.(status)
      expect(await ask<Status>(app, 'status')).toMatchObject({ engine: status })
      const failure = { message: 'no answer', since: Date.now() - 61_000, attempts: 9 }
      report?.({ ...status, state: 'failing', failure })
      await until(() => firing(app) === 1)
      expect(app.alerts.alerting.alerts()[0]?.evaluation.summary).toMatch(
        /^Spark has failed for 1 min \d+ s, 9 attempts: no answer/
      )
      report?.(status)
      await until(() => app.alerts.alerting.alerts()[0]?.evaluation.value === 0)
    } finally {
      await app.stop()
    }
  })
})
