import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Delivery, StreamPosition } from '../core/delivery.ts'
import type { SourceProblem, Progress } from '../core/progress.ts'
import { mergeRollup, totalOf, type Rollup } from '../core/rollup.ts'
import { addRows } from '../core/rows.ts'
import { signalMetric, type Signal } from '../core/signal.ts'
import { addCounters, NO_COUNTERS, type KnownStream } from '../core/source.ts'
import { HOUR, MINUTE, SECOND } from '../core/time.ts'
import { parseQuery, type Query } from '../query/index.ts'
import { fileOptions } from '../sources/file/options.ts'
import { until } from '../sources/testing/client.ts'
import type { EnginePlan } from '../counting/plan.ts'
import type { Engine, EngineKind } from './kind.ts'
import { contenderOf } from './parity/run.ts'
import { differencesOf, filesOf, heldAgainst } from './parity/testing/held-against.ts'
import { INPUTS } from './parity/testing/inputs.ts'

/** What an alert rule has counted in these tests: failed requests by client. */
const FAILED: Signal<Query> = {
  name: 'failed',
  where: parseQuery('status:>=500'),
  by: ['client'],
  step: SECOND,
  fine: HOUR,
  back: HOUR,
  limit: 1000,
  lines: 0
}

/** Lines of the last seconds, one in ten of a request that failed. */
function made(from: number, to: number): string {
  return Array.from({ length: to - from }, (_, i) => {
    const n = from + i
    const time = new Date(Date.now() - 5000)
      .toUTCString()
      .replace(/^\w+, (\d+) (\w+) (\d+) (\S+) GMT$/, '$1/$2/$3:$4')
    return `10.0.0.${n % 7} - - [${time} +0000] "GET /${n % 13} HTTP/1.1" ${n % 10 === 0 ? 503 : 200} ${n}\n`
  }).join('')
}

/** One run of an engine over a folder of logs, with all that it delivered and reported. */
class EngineRun {
  readonly deliveries: Delivery[] = []
  readonly steps: Progress[] = []
  readonly problems: SourceProblem[] = []
  readonly failures: Error[] = []
  readonly plan: EnginePlan
  #engine: Engine | undefined

  constructor(path: string, known: readonly KnownStream[] = []) {
    const options = { type: 'file', ...fileOptions.parse({ path, poll: '10ms' }) }
    this.plan = {
      name: 'contract',
      sources: [{ name: 'web', options, known, zone: 'UTC' }],
      window: 10 * SECOND,
      lateness: MINUTE,
      aging: true,
      country: true,
      limit: 1000,
      signals: [FAILED]
    }
  }

  async start(kind: EngineKind, write?: (delivery: Delivery) => Promise<void>): Promise<this> {
    const sink = {
      write: write ?? (async (delivery: Delivery) => void this.deliveries.push(delivery))
    }
    const events = {
      progress: (step: Progress) => void this.steps.push(step),
      state: () => {},
      problem: (problem: SourceProblem) => void this.problems.push(problem),
      failed: (error: Error) => void this.failures.push(error)
    }
    // What an engine is started with crosses threads and processes.
    const [options, plan] = structuredClone([kind.options.parse(kind.example), this.plan] as const)
    this.#engine = await kind.start(options, plan, sink, events, { clock: Date.now, identity: 'contract' })
    return this
  }

  async stop(): Promise<void> {
    await this.#engine?.stop()
    await this.#engine?.ended
  }

  get ended(): Promise<void> {
    return this.#engine?.ended ?? Promise.resolve()
  }

  get counters() {
    const all = this.deliveries.flatMap(({ counters }) => counters)
    return all.reduce((sum, counters) => addCounters(sum, counters), { ...NO_COUNTERS })
  }

  get rollup(): Rollup {
    return this.deliveries.reduce((sum, { rollup }) => addRows(sum, rollup), new Map())
  }

  /** The positions that are durable. */
  get known(): KnownStream[] {
    const last = new Map<string, StreamPosition>()
    for (const { positions } of this.deliveries) for (const one of positions) last.set(one.stream, one)
    return Array.from(last.values(), ({ stream, name, position, format }) => ({
      id: stream,
      name,
      position,
      ...(format && { format })
    }))
  }
}

/** How many lines a metric counts, all keys together. */
function counted(rollup: Rollup, metric: string): number {
  const cells = [...rollup.values()].filter(cell => cell.metric === metric)
  return cells.reduce((sum, cell) => sum + totalOf(cell).count, 0)
}

/**
 * What every kind of engine must do. `compared` is what is held against the embedded engine: all but for engines that are made
 * simple on purpose.
 */
export function conformsToEngine(
  kind: EngineKind,
  compared: (category: string) => boolean = () => true
): void {
  const folder = mkdtempSync(join(tmpdir(), 'visor-engine-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  let files = 0
  const file = (text: string): string => {
    const path = join(folder, `${files++}.log`)
    writeFileSync(path, text)
    return path
  }

  describe(`the engine ${kind.name}`, () => {
    it('counts every line once, and its counters balance', async () => {
      const path = file(`${made(0, 500)}no line of a log\n`)
      const run = await new EngineRun(path).start(kind)
      await until(() => run.counters.read === 501)
      appendFileSync(path, made(500, 1000))
      await until(() => run.counters.read === 1001)
      await run.stop()
      const { read, parsed, rejected, late, bytes } = run.counters
      expect({ read, rejected, parsed: parsed + late }).toEqual({ read: 1001, rejected: 1, parsed: 1000 })
      expect(bytes).toBe(run.known[0]?.position.offset)
      expect(counted(run.rollup, 'requests')).toBe(1000)
      expect(counted(run.rollup, 'client')).toBe(1000)
      expect(run.failures).toEqual([])
    })

    it('keeps lines or the counts of signals, as it declares', async () => {
      const run = await new EngineRun(file(made(0, 200))).start(kind)
      await until(() => run.counters.read === 200)
      await run.stop()
      const rows = run.deliveries.flatMap(({ events }) => events).reduce((sum, { rows }) => sum + rows, 0)
      const signals = run.deliveries.reduce((sum, { signals }) => addRows(sum, signals), new Map())
      expect({ rows, signals: counted(signals, signalMetric(FAILED)) }).toEqual(
        kind.keeps(kind.options.parse(kind.example)).lines
          ? { rows: 200, signals: 0 }
          : { rows: 0, signals: 20 }
      )
    })

    it('gives what rules ask for at once, by the names of their signals', async () => {
      const run = await new EngineRun(file(made(0, 200))).start(kind, () => new Promise(() => {}))
      const signals = (): Rollup =>
        run.steps.reduce(
          (sum, step) => mergeRollup(sum, addRows(new Map(), step.signals?.rows ?? [])),
          new Map()
        )
      await until(() => counted(signals(), 'failed') === 20)
      expect(run.steps.reduce((sum, { counters }) => sum + counters.read, 0)).toBe(200)
      void run.stop()
    })

    it('goes on where the last durable delivery ended', async () => {
      const path = file(made(0, 300))
      const first = await new EngineRun(path).start(kind)
      await until(() => first.counters.read === 300)
      await first.stop()
      appendFileSync(path, made(300, 400))
      const second = await new EngineRun(path, first.known).start(kind)
      await until(() => second.counters.read === 100)
      await second.stop()
      expect(second.counters.read).toBe(100)
      expect(second.known[0]?.format).toEqual(first.known[0]?.format)
    })

    it('reports what keeps a source from being read, and goes on', async () => {
      const path = join(folder, 'missing', 'access.log')
      const run = await new EngineRun(path).start(kind)
      await until(() => run.problems.length > 0)
      expect(run.problems[0]).toMatchObject({ source: 'web' })
      expect(run.failures).toEqual([])
      await run.stop()
    })

    it('ends with its failure where a delivery cannot be stored', async () => {
      const run = await new EngineRun(file(made(0, 10))).start(kind, () =>
        Promise.reject(new Error('the disk is full'))
      )
      await until(() => run.failures.length > 0)
      expect(run.failures[0]?.message).toContain('the disk is full')
      await run.ended
    })

    it.each(INPUTS)('counts what the embedded engine counts: $name', async input => {
      using files = filesOf(input)
      const options = { type: kind.name, ...kind.options.parse(kind.example) }
      const { categories, lines } = await heldAgainst(contenderOf(kind, options), {
        sources: files.sources,
        aging: false
      })
      expect(differencesOf(categories.filter(({ name }) => compared(name)))).toEqual([])
      expect(lines).toBeGreaterThan(0)
    })

    it('declares a delay, and options that its example follows', () => {
      const options = kind.options.parse(kind.example)
      expect(kind.delay(options)).toBeGreaterThanOrEqual(0)
      expect(structuredClone(options)).toEqual(options)
    })
  })
}
