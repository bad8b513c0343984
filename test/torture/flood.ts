import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { linesOf } from '../../src/sinks/contract.ts'
import { openTarget } from '../../src/sinks/kafka/testing/open.ts'
import { startBroker, type Broker } from '../kafka.ts'
import { startSpark, type LocalSpark } from '../spark.ts'
import { Daemon } from './daemon.ts'
import type { Verdict } from './files.ts'
import { numberedLine } from './numbers.ts'

const FLOOD = 20
/** Lines of one write. */
const BATCH_LINES = 2000
/** The most of one batch: small, so that also a quick machine works the flood off in several that can be looked at. */
const BATCH_SIZE = '2MiB'
/** Between two looks at how Visor does, in milliseconds. */
const LOOK = 200
/** The most memory, in MiB: of Visor, of one worker, and of Spark's own process, whose heap is `HEAP`. */
const HEAP = 1024
const MOST = { visor: 700, worker: 400, spark: HEAP + 900 }

type Memory = Record<keyof typeof MOST, number>

interface Look {
  readonly at: number
  readonly lag: number
  readonly catchUp: number | undefined
}

/**
 * Sends so many lines a second to a topic for a while, then twenty times as many, for so long (milliseconds) each: Visor on Spark
 * must work all of it off, with its lag shown to fall, and with bounded memory on both sides.
 */
export async function tortureFlood(rate: number, calm: number, flood: number): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'visor-torture-'))
  await using broker = await startBroker()
  await using spark = await startSpark({ cores: 2, memory: HEAP })
  await broker.createTopic('logs', 4)
  const daemon = new Daemon(['--config', configured(folder, broker, spark)])
  await daemon.start()
  const ready = await daemon.engineBecomes(({ state }) => state === 'waiting')
  const looks: Look[] = []
  const memory: Memory = { visor: 0, worker: 0, spark: 0 }
  const ended = new AbortController()
  const looking = look(daemon, spark, looks, memory, ended.signal)
  const usual = await produce(broker, rate, calm)
  const lines = usual + (await produce(broker, FLOOD * rate, flood))
  const over = performance.now()
  const worked = await workedOff(daemon, lines)
  ended.abort()
  await looking
  const { read, parsed, rejected, late } = await daemon.counters()
  await daemon.stop()
  rmSync(folder, { recursive: true })
  const wrong = [
    ...(ready ? [] : ['Spark never was ready']),
    ...(worked ? [] : ['not all was read within five minutes']),
    ...(read === lines && parsed === lines
      ? []
      : [`of ${lines} lines ${read} were read: ${parsed} parsed, ${rejected} rejected, ${late} late`]),
    ...wrongIn(looks, over, rate),
    ...(['visor', 'worker', 'spark'] as const).flatMap(name =>
      memory[name] > MOST[name] ? [`${name} took ${memory[name]} MiB`] : []
    )
  ]
  const peak = Math.max(...looks.map(({ lag }) => lag))
  return {
    lines,
    kills: 0,
    done: { ...memory, peak, workedOff: Math.round(performance.now() - over) },
    wrong
  }
}

function configured(folder: string, { address }: Broker, spark: LocalSpark): string {
  const file = join(folder, 'visor.json')
  const logs = { type: 'kafka', brokers: [address], topics: ['logs'], format: 'common', zone: 'UTC' }
  const engine = { type: 'spark', connect: spark.address, lines: false, batch: { maxBytes: BATCH_SIZE } }
  writeFileSync(file, JSON.stringify({ sources: { logs }, engine, store: { path: join(folder, 'store') } }))
  return file
}

/** Sends lines as evenly as it can; returns how many. */
async function produce({ address }: Broker, rate: number, lasting: number): Promise<number> {
  const sink = await openTarget(`kafka://${address}/logs?compression=zstd`)
  let lines = 0
  let made = 0
  let batch = linesOf([])
  for (const began = performance.now(); performance.now() - began < lasting;) {
    if (performance.now() - made > 500) {
      made = performance.now()
      const texts = Array.from({ length: BATCH_LINES }, (_, i) => numberedLine(i, 0).trimEnd())
      batch = linesOf(
        texts,
        texts.map((_, i) => String(i % 50))
      )
    }
    await sink.write(batch)
    lines += batch.count
    await wait(Math.max(0, began + (lines / rate) * 1000 - performance.now()))
  }
  await sink.close()
  return lines
}

/** Looks again and again at the lag that is shown, and at what is taken of memory. */
async function look(
  daemon: Daemon,
  spark: LocalSpark,
  looks: Look[],
  memory: Memory,
  signal: AbortSignal
): Promise<void> {
  const add = (name: keyof Memory, pid: number | undefined): void => {
    memory[name] = Math.max(memory[name], pid === undefined ? 0 : memoryOf(pid))
  }
  while (!signal.aborted) {
    const status = await daemon.engine()
    if (status)
      looks.push({ at: performance.now(), lag: status.behind?.messages ?? 0, catchUp: status.catchUp })
    add('visor', daemon.pid)
    add('spark', spark.processes.get('server')?.pid)
    for (const { pid } of spark.scripts()) add('worker', pid)
    await wait(LOOK, undefined, { signal }).catch(() => {})
  }
}

/** The memory of a process, in MiB; 0 where it is gone, or the system does not tell. */
function memoryOf(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Math.round(Number(kilobytes ?? 0) / 1024)
  } catch {
    return 0
  }
}

/** Waits until all lines were read and none wait, for five minutes at most. */
async function workedOff(daemon: Daemon, lines: number): Promise<boolean> {
  for (let tries = 0; tries < 3000; tries++) {
    const [{ read }, engine] = await Promise.all([daemon.counters(), daemon.engine()])
    if (read >= lines && engine?.behind?.messages === 0) return true
    await wait(100)
  }
  return false
}

/** What is wrong with the lag that was shown: it must be seen, say when it will be gone, and fall once the flood is over. */
function wrongIn(looks: readonly Look[], over: number, rate: number): string[] {
  const peak = Math.max(...looks.map(({ lag }) => lag))
  const after = looks.filter(({ at }) => at > over)
  const [first, second] = [after.slice(0, after.length / 2), after.slice(after.length / 2)]
  const most = (some: readonly Look[]): number => Math.max(0, ...some.map(({ lag }) => lag))
  return [
    ...(peak > rate ? [] : [`a lag of ${peak} is no flood`]),
    ...(most(second) < most(first) || most(first) === 0
      ? []
      : [`the lag did not fall: ${after.map(({ lag }) => lag).join(' ')}`]),
    ...(looks.some(({ catchUp }) => catchUp !== undefined) ? [] : ['nothing said when the lag would be gone'])
  ]
}
