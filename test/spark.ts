/**
 * A real Spark, for tests and to play with: `node test/spark.ts [WORKERS]` starts one, prints its address, and stops it
 * on Ctrl+C. Takes Java and, the first time, Python and Maven.
 */
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defaultCache } from '../src/system/folders.ts'
import type { Fetching } from '../src/local/cache.ts'
import { findJava } from '../src/local/java.ts'
import { withLock } from '../src/local/lock.ts'
import { findSpark } from '../src/local/spark/get.ts'
import type { LocalSpark } from '../src/local/spark/spark.ts'
import { QUICK, startSpark as startLocal, type SparkOptions } from '../src/local/spark/start.ts'
import { setup, SHARED } from './spark-shared.ts'

export type { LocalSpark } from '../src/local/spark/spark.ts'

const signal = new AbortController().signal
const fetching: Fetching = { env: process.env, cache: defaultCache(process.env), signal, progress: () => {} }

/** Why no Spark can be had here; `undefined` when one can. Fetches it, which takes a while, but once only. */
export const sparkMissing = await missing()

async function missing(): Promise<string | undefined> {
  try {
    await findJava(fetching)
    await findSpark(fetching)
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** The addresses of a Spark. */
export interface SparkAddresses {
  /** Of Connect: `sc://127.0.0.1:PORT`. */
  readonly connect: string
  /** Of its pages. */
  readonly ui: string
}

/**
 * The Spark of all tests of a run, `local[2]`: who needs it first starts it, and it ends with the run. Tests have sessions of their
 * own in it, and change nothing that is the same for all sessions.
 */
export async function sparkServer(): Promise<SparkAddresses> {
  // Without the tests' runner it ends with this process.
  if (process.env[SHARED] === undefined) setup()
  const folder = process.env[SHARED] ?? ''
  const told = join(folder, 'address.json')
  return withLock(join(folder, 'lock'), { signal }, async () => {
    if (existsSync(told)) return JSON.parse(readFileSync(told, 'utf8'))
    const spark = await startLocal(
      { workers: 0, cores: 2, memory: 1536, folder, tied: false, flags: QUICK },
      fetching
    )
    const address: SparkAddresses = { connect: spark.address, ui: spark.ui }
    writeFileSync(told, JSON.stringify(address))
    return address
  })
}

/**
 * A Spark of a test's own, to kill things in: one process that does everything, or a cluster of workers. Gone once it is disposed of,
 * or with this process.
 */
export async function startSpark(options: Partial<SparkOptions> = {}): Promise<LocalSpark> {
  return startLocal({ workers: 0, cores: 1, memory: 1024, tied: true, flags: QUICK, ...options }, fetching)
}

if (import.meta.main) {
  const workers = Number(process.argv[2] ?? 0)
  await using spark = await startSpark({ workers, cores: workers === 0 ? 2 : 1, flags: [] })
  console.log(`${spark.address}\n${spark.ui}`)
  await once(process, 'SIGINT')
}
