import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { seeded, type Random } from '../../src/generator/random.ts'
import { linesOf } from '../../src/sinks/contract.ts'
import { openSink } from '../../src/sinks/index.ts'
import { startBroker, type Broker } from '../kafka.ts'
import { startSpark, type LocalSpark } from '../spark.ts'
import { Daemon } from './daemon.ts'
import type { Verdict } from './files.ts'
import { checkNumbers, numberedLine } from './numbers.ts'

const patience = AbortSignal.timeout(3_600_000)

/** What is done to it, and how often it was. */
const TROUBLES = ['visor', 'server', 'executor', 'worker', 'broker'] as const
type Trouble = (typeof TROUBLES)[number]

interface Tortured {
  readonly daemon: Daemon
  readonly spark: LocalSpark
  readonly broker: Broker
  readonly random: Random
}

/**
 * Writes numbered lines to a topic and to a log for so long (milliseconds), while Visor, the Connect server, executors, the worker's
 * processes and the broker are killed one after the other. `workers` of a cluster; none is one process that does all. Where Spark is
 * gone, the page says so.
 */
export async function tortureSpark(seed: number, lasting: number, workers: number): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'visor-torture-'))
  await using broker = await startBroker()
  await using spark = await startSpark({ workers, cores: workers === 0 ? 2 : 1 })
  await broker.createTopic('logs', 4)
  const [log, store] = [join(folder, 'access.log'), join(folder, 'store')]
  writeFileSync(log, '')
  const daemon = new Daemon(['--config', configured(folder, log, store, broker, spark)])
  await daemon.start()
  const tortured = { daemon, spark, broker, random: seeded(seed + 1) }
  const ended = new AbortController()
  const done: Record<string, number> = {}
  const wrong: string[] = []
  const torture = async (): Promise<void> => {
    for (let i = 0; !ended.signal.aborted; i++) {
      await wait(1000 + tortured.random() * 4000)
      const trouble = TROUBLES[(i + seed) % TROUBLES.length]!
      if (ended.signal.aborted) return
      done[trouble] = (done[trouble] ?? 0) + 1
      const hidden = await make(trouble, tortured)
      if (hidden !== undefined) wrong.push(`${trouble}: ${hidden}`)
    }
  }
  const torturing = torture()
  const lines = await produce(`kafka://${broker.address}/logs`, log, seeded(seed), lasting)
  ended.abort()
  await torturing
  if (!(await daemon.stores(lines))) wrong.push('not all lines were stored')
  const said = await daemon.stop()
  wrong.push(...(await checkNumbers([store], lines)))
  if (/\berror\b/i.test(said)) wrong.push(said)
  rmSync(folder, { recursive: true })
  return { lines, kills: daemon.kills, done, wrong }
}

function configured(folder: string, log: string, store: string, broker: Broker, spark: LocalSpark): string {
  const file = join(folder, 'visor.json')
  const config = {
    sources: {
      web: { path: log, format: 'common', zone: 'UTC' },
      logs: { type: 'kafka', brokers: [broker.address], topics: ['logs'], format: 'common', zone: 'UTC' }
    },
    engine: { type: 'spark', connect: spark.address, batch: { timeout: '30s' } },
    store: { path: store },
    alerts: { defaults: false }
  }
  writeFileSync(file, JSON.stringify(config))
  return file
}

/** Makes trouble, and ends it; what should have been seen of it meanwhile and was not. */
async function make(
  trouble: Trouble,
  { daemon, spark, broker, random }: Tortured
): Promise<string | undefined> {
  if (trouble === 'visor') {
    await daemon.kill()
    await wait(random() * 1000)
    await daemon.start()
  } else if (trouble === 'server') {
    await spark.kill('server')
    const shown = await daemon.engineBecomes(({ failure }) => failure !== undefined)
    await spark.start('server')
    await spark.answers(patience)
    if (!shown) return 'the page never showed that Spark is gone'
  } else if (trouble === 'executor') {
    if (spark.setup.workers > 0) kill(spark.executors(), random)
  } else if (trouble === 'worker') {
    for (let tries = 0; spark.scripts().length === 0 && tries < 500; tries++) await wait(10)
    kill(spark.scripts(), random)
  } else {
    await (random() < 0.5 ? broker.kill() : broker.stop())
    await wait(random() * 2000)
    await broker.start()
  }
  return undefined
}

/** Kills one of some processes, if there is any: perhaps it has ended by itself by now. */
function kill(processes: readonly { readonly pid: number }[], random: Random): void {
  const one = processes[Math.floor(random() * processes.length)]
  try {
    if (one) process.kill(one.pid, 'SIGKILL')
  } catch {}
}

/** Sends lines to a topic and appends others to a log; returns how many. */
async function produce(target: string, log: string, random: Random, lasting: number): Promise<number> {
  const dependencies = { signal: new AbortController().signal, clock: Date.now, stdout: process.stdout }
  const sink = await openSink(target, {}, dependencies)
  let lines = 0
  const some = (): string[] =>
    Array.from({ length: 1 + Math.floor(random() * 300) }, () =>
      numberedLine(lines++, Math.floor(random() * 60)).trimEnd()
    )
  for (const began = performance.now(); performance.now() - began < lasting;) {
    const texts = some()
    await sink.write(
      linesOf(
        texts,
        texts.map(() => String(Math.floor(random() * 50)))
      )
    )
    appendFileSync(log, `${some().join('\n')}\n`)
    await wait(random() * 100)
  }
  await sink.close()
  return lines
}
