import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { numberedLine } from '../../../test/torture/numbers.ts'
import { seeded } from '../../generator/random.ts'
import { fileOptions } from '../../sources/file/options.ts'
import { tcpOptions } from '../../sources/tcp/index.ts'
import { dial, until } from '../../sources/testing/client.ts'
import { SparkError } from '../../spark/problem.ts'
import type { TaskInput } from './cluster.ts'
import { LocalCluster } from './testing/local-cluster.ts'
import { Delivered, SparkRun } from './testing/spark-run.ts'

const folder = mkdtempSync(join(tmpdir(), 'visor-spark-engine-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
const file = (text = ''): string => {
  const path = join(folder, `${files++}.log`)
  writeFileSync(path, text)
  return path
}
const fileSource = (path: string, name = 'web') => ({
  name,
  options: { type: 'file', ...fileOptions.parse({ path, poll: '10ms' }) }
})
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => numberedLine(from + i, 0)).join('')
/** What the metric `path` has when each number was counted once. */
const once = (below: number): [string, number][] =>
  Array.from({ length: below }, (_, i): [string, number] => [`/line/${i}`, 1])
const sorted = (keys: Map<string, number>): [string, number][] =>
  [...keys].toSorted(([a], [b]) => Number(a.slice(6)) - Number(b.slice(6)))
const unreachable = (): SparkError => new SparkError('connection', 'sc://nowhere does not answer')
const broken = (): SparkError => new SparkError('task', 'sc://here: a worker ended with status 1: no memory')

describe('an engine whose Spark fails', () => {
  it('asks for the same batch again until it is answered, says so meanwhile, and counts each line once', async () => {
    const delivered = new Delivered()
    let fails = true
    let cluster: LocalCluster | undefined
    const run = new SparkRun([fileSource(file(lines(0, 100)))], delivered, job => {
      cluster = new LocalCluster(job, tasks => {
        if (fails && reads(tasks, '/line/')) throw unreachable()
      })
      return cluster
    })
    const { failure, detail } = await run.state('failing')
    expect(failure).toMatchObject({ message: 'sc://nowhere does not answer' })
    expect(detail).toContain('asks for the same batch again')
    await until(() => (run.status?.failure?.attempts ?? 0) > 3)
    // It is Spark's, and none of each source; but what waits is the source's own.
    expect(run.problems).toEqual([])
    await until(() => run.states.at(-1)?.pending === lines(0, 100).length)
    expect(delivered.deliveries).toEqual([])
    fails = false
    await until(() => delivered.counters.read === 100)
    await until(() => run.status?.failure === undefined)
    await until(() => run.states.at(-1)?.pending === 0)
    await run.stop()
    const [, first, second] = cluster?.asked ?? []
    expect(second).toEqual(first)
    expect(sorted(delivered.keysOf('path'))).toEqual(once(100))
    expect(cluster?.closed).toBe(true)
  })

  it('says that Spark is gone though no lines come, and that it is there again', async () => {
    let gone = false
    const run = new SparkRun([fileSource(file())], new Delivered(), job => {
      return new LocalCluster(job, () => {
        if (gone) throw unreachable()
      })
    })
    await run.state('waiting')
    gone = true
    expect(await run.state('failing')).toMatchObject({ failure: { message: 'sc://nowhere does not answer' } })
    gone = false
    await until(() => run.status?.state === 'waiting')
    await run.stop()
  })

  it('finds what of a batch fails: the rest goes on, and it is told where that is, until it can be read', async () => {
    const delivered = new Delivered()
    const good = file(lines(0, 50))
    const bad = file(lines(50, 60))
    let poison = true
    const run = new SparkRun(
      [fileSource(good, 'good'), fileSource(bad, 'bad')],
      delivered,
      job =>
        new LocalCluster(job, tasks => {
          if (poison && reads(tasks, '/line/55?')) throw broken()
        })
    )
    await until(() => delivered.counters.read === 50)
    const { length } = lines(50, 60)
    const problem = await until(() => run.problems[0])
    expect(problem.message).toMatch(`bytes 0 to ${length - 1} cannot be read on Spark, tried alone `)
    expect(problem).toMatchObject({ source: 'bad', name: bad })
    appendFileSync(good, lines(60, 70))
    appendFileSync(bad, lines(70, 75))
    await until(() => delivered.counters.read === 60)
    poison = false
    await until(() => delivered.counters.read === 75)
    await run.stop()
    expect(sorted(delivered.keysOf('path'))).toEqual(once(75))
  })

  it('takes one batch that fails in Spark, and what is wrong with Spark, for what they are', async () => {
    const delivered = new Delivered()
    let asked = 0
    const run = new SparkRun(
      [fileSource(file(lines(0, 20)))],
      delivered,
      job =>
        new LocalCluster(job, () => {
          if (asked++ < 6) throw broken()
        })
    )
    await until(() => delivered.counters.read === 20)
    await run.stop()
    expect(run.problems).toEqual([])
    expect(sorted(delivered.keysOf('path'))).toEqual(once(20))
  })

  it('stops at once where all can be read again, and goes on there', async () => {
    const delivered = new Delivered()
    const path = file(lines(0, 30))
    const run = new SparkRun(
      [fileSource(path)],
      delivered,
      job => new LocalCluster(job, () => Promise.reject(unreachable()))
    )
    await run.state('failing')
    await run.stop()
    expect(delivered.deliveries).toEqual([])
    const next = new SparkRun([fileSource(path)], delivered, job => new LocalCluster(job))
    await until(() => delivered.counters.read === 30)
    await next.stop()
    expect(sorted(delivered.keysOf('path'))).toEqual(once(30))
  })

  it('reads out what cannot be read again before it stops, once Spark answers', async () => {
    const delivered = new Delivered()
    let fails = true
    const options = { type: 'tcp', ...tcpOptions.parse({ listen: '127.0.0.1:0' }) }
    const run = new SparkRun(
      [{ name: 'net', options, format: 'common' }],
      delivered,
      job =>
        new LocalCluster(job, () => {
          if (fails) throw unreachable()
        })
    )
    const socket = await dial(await until(() => run.address))
    socket.end(lines(0, 40))
    await run.state('failing')
    const stopped = run.stop()
    await setTimeout(300)
    fails = false
    await stopped
    expect(sorted(delivered.keysOf('path'))).toEqual(once(40))
  })

  it('counts each line once whatever fails when, and however often it is killed', async () => {
    const random = seeded(14)
    const delivered = new Delivered()
    const paths = [file(), file(), file()]
    let written = 0
    for (let life = 0; life < 12; life++) {
      // A life ends with the deliveries that it came to: what is under way then is lost, as with a kill.
      let alive = true
      const mine = new Delivered()
      mine.deliveries.push(...delivered.deliveries)
      const run = new SparkRun(
        paths.map((path, i) => fileSource(path, `web ${i}`)),
        mine,
        job =>
          new LocalCluster(job, async () => {
            await setTimeout(random() * 20)
            if (random() < 0.3) throw random() < 0.5 ? unreachable() : broken()
          }),
        { write: () => (alive ? setTimeout(random() * 10) : new Promise(() => {})) }
      )
      for (let part = 0; part < 5; part++) {
        const count = Math.floor(random() * 200)
        const path = paths[Math.floor(random() * paths.length)]!
        appendFileSync(path, lines(written, (written += count)))
        await setTimeout(random() * 60)
      }
      delivered.deliveries.splice(0, Infinity, ...mine.deliveries)
      alive = false
      void run.stop()
    }
    const last = new SparkRun(
      paths.map((path, i) => fileSource(path, `web ${i}`)),
      delivered,
      job => new LocalCluster(job)
    )
    await until(() => delivered.counters.read >= written)
    await last.stop()
    expect(sorted(delivered.keysOf('path'))).toEqual(once(written))
  })
})

describe('a burst', () => {
  it('of which the first lines come a moment before the others is one batch', async () => {
    const delivered = new Delivered()
    const options = { type: 'tcp', ...tcpOptions.parse({ listen: '127.0.0.1:0' }) }
    const run = new SparkRun([{ name: 'web', options }], delivered, job => new LocalCluster(job))
    const socket = await dial(await until(() => run.address))
    // On a busy machine a moment may be long: those bursts show nothing.
    let [bursts, whole, written] = [0, 0, 0]
    while (bursts < 10) {
      // So that the pause between two batches is over.
      await setTimeout(50)
      const { length } = delivered.deliveries
      const began = performance.now()
      socket.write(lines(written, written + 1))
      await setTimeout(12)
      const took = performance.now() - began
      socket.write(lines(written + 1, (written += 2)))
      await until(() => delivered.counters.read === written)
      if (took > 16) continue
      bursts++
      if (delivered.deliveries.length === length + 1) whole++
    }
    socket.end()
    await run.stop()
    expect(whole).toBeGreaterThan(7)
  })
})

function reads(tasks: readonly TaskInput[], text: string): boolean {
  return tasks.some(({ data }) => Buffer.from(data).includes(text))
}

describe('a flood', () => {
  it('is worked off in batches that grow, within bounds, and nothing is skipped', async () => {
    const delivered = new Delivered()
    const path = file()
    const sizes: number[] = []
    const run = new SparkRun(
      [fileSource(path)],
      delivered,
      job =>
        new LocalCluster(job, async tasks => {
          sizes.push(tasks.reduce((sum, { data }) => sum + data.length, 0))
          await setTimeout(60)
        }),
      { batch: { longest: 10_000, maxBytes: 8 << 20 } }
    )
    appendFileSync(path, lines(0, 100))
    await until(() => delivered.counters.read === 100)
    const text = lines(100, 100_100)
    for (let i = 0; i < 3; i++) appendFileSync(path, text)
    await until(() => delivered.counters.read === 300_100)
    expect(Math.max(...sizes)).toBeGreaterThan(4 << 20)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(8 << 20)
    await run.stop()
    expect(run.failures).toEqual([])
  })
})
