import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { SECOND_MS, type Millis } from '../core/time.ts'
import { makeFolder } from '../system/folders.ts'
import { isListening } from '../system/port.ts'
import type { Fetching } from './cache.ts'
import { startBroker, type LocalBroker } from './kafka.ts'
import { withLock } from './lock.ts'
import { endGroup } from './process-id.ts'
import { groupsIn } from './process.ts'
import { executorsOf } from './spark/look.ts'
import type { LocalSpark } from './spark/spark.ts'
import { startSpark, type SparkOptions } from './spark/start.ts'

/** What is kept in mind of a Spark that runs on when the command that started it has ended. */
export interface KeptSpark {
  readonly version: string
  /** `sc://127.0.0.1:PORT`, with the token where there is one. */
  readonly connect: string
  readonly port: number
  readonly ui: string
  /** Worker processes; 0 for one process that does everything. */
  readonly workers: number
  readonly cores: number
  /** In MiB. */
  readonly memory: number
  /** How many processes there are when all is well. */
  readonly processes: number
  /** The address of the broker beside it. */
  readonly kafka?: string
  /** The folder with the logs of all of them. */
  readonly logs: string
}

/** How it does at the moment. */
export interface KeptStatus extends KeptSpark {
  /** Whether Connect can be asked. */
  readonly answers: boolean
  readonly running: number
  /** Those that Spark's pages tell of; absent without an answer. */
  readonly executors?: number
  readonly totalCores?: number
  /** The kits that Visor has sent, by their hash. */
  readonly kits: readonly string[]
}

export interface KeptOptions extends Omit<SparkOptions, 'folder' | 'flags'> {
  /** The port of a broker beside it, 0 for any free one; none when absent. */
  readonly kafka?: number
}

/** The Spark that runs, whether it did before, and how to wait for its end and to end it. */
export interface KeptRun {
  readonly kept: KeptSpark
  /** Absent where it ran before. */
  readonly own?: { readonly spark: LocalSpark; readonly broker: LocalBroker | undefined }
}

const PATIENCE: Millis = 10 * SECOND_MS
const [SPARK, KAFKA, FILE] = ['spark', 'kafka', 'spark.json']

/**
 * Starts the Spark of a folder, or finds that it runs. What is left of one that has crashed is ended and removed before; but
 * a broker that still runs beside it stays with its topics, and Spark comes back where it was.
 * @throws VisorError LOCAL, PORT_IN_USE
 */
export async function startKept(
  folder: string,
  { kafka, ...options }: KeptOptions,
  fetching: Fetching
): Promise<KeptRun> {
  return alone(folder, fetching.signal, async () => {
    const before = await lookAtKept(folder, fetching.signal)
    if (before?.answers && before.running === before.processes) return { kept: before }
    const spark = join(folder, SPARK)
    const stays = before?.kafka !== undefined && groupsIn(join(folder, KAFKA)).length > 0
    await (stays ? remove(spark, groupsIn(spark)) : clear(folder))
    if (!stays) makeFolder(folder)
    const { tied, port = before?.port } = options
    try {
      const place = { folder: join(folder, KAFKA), ...(kafka && { port: kafka }) }
      const broker =
        kafka === undefined || stays
          ? undefined
          : await startBroker({ ...place, partitions: 2, tied }, fetching)
      const where = { folder: spark, ...(port !== undefined && { port }) }
      const started = await startSpark({ ...options, ...where }, fetching)
      const kept = describe(started, stays ? before.kafka : broker?.address)
      writeFileSync(join(folder, FILE), JSON.stringify(kept, null, 2), { mode: 0o600 })
      return { kept, own: { spark: started, broker } }
    } catch (error) {
      if (!stays) await clear(folder)
      throw error
    }
  })
}

/** What is known of the Spark of a folder; `undefined` when none was started, or it was ended in order. */
export async function lookAtKept(folder: string, signal: AbortSignal): Promise<KeptStatus | undefined> {
  const file = join(folder, FILE)
  if (!existsSync(file)) return undefined
  const kept: KeptSpark = JSON.parse(readFileSync(file, 'utf8'))
  const running = runningIn(folder).length
  const answers = running > 0 && (await isListening(kept.port))
  const executors = answers ? await executorsOf(kept.ui, signal) : undefined
  const kits = globSync(join(folder, SPARK, 'tmp', '**', 'kit-*.tar.gz')).map(path =>
    basename(path, '.tar.gz')
  )
  return {
    ...kept,
    answers,
    running,
    ...(executors && {
      executors: executors.length,
      totalCores: executors.reduce((sum, { cores }) => sum + cores, 0)
    }),
    kits: [...new Set(kits)]
  }
}

/** Ends the Spark of a folder, whatever is left of it, and removes the folder; gives how many processes it ended. */
export async function stopKept(folder: string, signal: AbortSignal): Promise<number> {
  return existsSync(folder) ? alone(folder, signal, () => clear(folder)) : 0
}

function describe({ setup, address, ui, roles }: LocalSpark, kafka: string | undefined): KeptSpark {
  const { version, port, workers, cores, memory, folder } = setup
  const processes = roles.length + (kafka === undefined ? 0 : 1)
  return {
    version,
    connect: address,
    port,
    ui,
    workers,
    cores,
    memory,
    processes,
    ...(kafka !== undefined && { kafka }),
    logs: folder
  }
}

async function alone<T>(folder: string, signal: AbortSignal, act: () => Promise<T>): Promise<T> {
  makeFolder(dirname(folder))
  return withLock(`${folder}.lock`, { signal }, act)
}

/** The processes of a folder, those that others lean on first. */
function runningIn(folder: string) {
  return [KAFKA, SPARK].flatMap(name => groupsIn(join(folder, name)))
}

function clear(folder: string): Promise<number> {
  return remove(folder, runningIn(folder))
}

/** Ends processes, the last first, and removes the folder that they use; gives how many there were. */
async function remove(folder: string, running: ReturnType<typeof runningIn>): Promise<number> {
  for (const id of running.toReversed()) await endGroup(id, PATIENCE)
  rmSync(folder, { recursive: true, force: true })
  return running.length
}
