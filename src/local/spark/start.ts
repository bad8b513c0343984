import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeFolder, type Environment } from '../../system/folders.ts'
import { MINUTE_MS, type Millis } from '../../core/time.ts'
import { parseSparkAddress } from '../../spark/address.ts'
import { sql } from '../../spark/relation.ts'
import { SparkSession } from '../../spark/session.ts'
import { freePort, requireFreePort } from '../../system/port.ts'
import { cached, type Fetching } from '../cache.ts'
import { findJava } from '../java.ts'
import type { SparkSetup, SparkSize } from './command.ts'
import { findSpark, type SparkHome } from './get.ts'
import { LocalSpark } from './spark.ts'

/** How a Spark is started on this machine. */
export interface SparkOptions extends SparkSize {
  /** The port of Connect; a free one when not given. */
  readonly port?: number
  /** What clients must know to be let in. */
  readonly token?: string
  /** Where its files are; a new temporary folder when not given. */
  readonly folder?: string
  /** It ends with this process, in whatever way that does. */
  readonly tied: boolean
  /** More flags of Java. */
  readonly flags?: readonly string[]
}

const ARCHIVE = 'classes.jsa'
/** Flags of Java: a start is quicker with them, work is slower. */
export const QUICK = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC']
/** Writing them takes Java some ten seconds of work. */
const PATIENCE: Millis = 5 * MINUTE_MS
/** What batches do, so that the first real one finds its classes. */
const REHEARSAL = "SELECT TRANSFORM(id) USING 'cat' AS (id INT) FROM range(0, 4, 1, 2) DISTRIBUTE BY id"

/**
 * Starts a Spark with Connect, which is fetched when there is none; resolves when it answers and has all of its executors.
 * @throws VisorError LOCAL, PORT_IN_USE
 */
export async function startSpark(options: SparkOptions, fetching: Fetching): Promise<LocalSpark> {
  if (options.port !== undefined) await requireFreePort(options.port, 'Spark')
  const java = await findJava(fetching)
  const found = await findSpark(fetching)
  const classes = await classFlags(found, java, fetching, (folder, flags) =>
    launch({ workers: 0, cores: 2, memory: 1024, folder, flags, tied: true }, found, java, fetching)
  )
  const flags = [...classes, ...(options.flags ?? [])]
  return launch({ ...options, flags }, found, java, fetching)
}

/**
 * The flag that gives Java Spark's classes as they are in memory, which halves the work of a start; none where Java could not write
 * them. They are written once for each Java and each Spark, by one that `start` starts for it.
 */
async function classFlags(
  { home, version, connector }: SparkHome,
  java: string,
  fetching: Fetching,
  start: (folder: string, flags: readonly string[]) => Promise<LocalSpark>
): Promise<string[]> {
  const key = createHash('sha256')
    .update(JSON.stringify([java, home, version, connector]))
    .digest('hex')
  const place = await cached(`spark-classes-${key.slice(0, 12)}`, fetching, async folder => {
    fetching.progress('preparing Spark for quicker starts (once only)')
    const flags = [`-XX:ArchiveClassesAtExit=${join(folder, ARCHIVE)}`, ...QUICK]
    await using spark = await start(join(folder, 'spark'), flags)
    const session = await SparkSession.open(parseSparkAddress(spark.address), { name: 'rehearsal' })
    await session.query(sql(REHEARSAL), { signal: fetching.signal })
    session.close()
    await spark.stop('server', PATIENCE)
  })
  const archive = join(place, ARCHIVE)
  return existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`] : []
}

async function launch(
  { token, tied, ...options }: SparkOptions,
  found: SparkHome,
  java: string,
  { env, signal }: Fetching
): Promise<LocalSpark> {
  const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'visor-spark-'))
  for (const name of ['tmp', 'warehouse']) makeFolder(join(folder, name))
  const setup: SparkSetup = {
    flags: [],
    ...options,
    ...found,
    folder,
    port: options.port ?? (await freePort()),
    uiPort: await freePort(),
    masterPort: await freePort(),
    masterUiPort: await freePort()
  }
  const start = { java, env: environment(setup, token, env), tied, ...(token !== undefined && { token }) }
  const spark = new LocalSpark(setup, start)
  try {
    for (const role of spark.roles) await spark.start(role)
    await spark.answers(signal)
    return spark
  } catch (error) {
    await spark.kill()
    throw error
  }
}

/** A Spark's processes see nothing of a Spark that is configured elsewhere on this machine. */
function environment(
  { home, folder }: SparkSetup,
  token: string | undefined,
  env: Environment
): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => !/^_?SPARK_/.test(name))
  return {
    ...Object.fromEntries(own),
    SPARK_HOME: home,
    SPARK_SCALA_VERSION: '2.13',
    SPARK_LOCAL_IP: '127.0.0.1',
    SPARK_LOCAL_DIRS: join(folder, 'tmp'),
    TMPDIR: join(folder, 'tmp'),
    ...(token !== undefined && { SPARK_CONNECT_AUTHENTICATE_TOKEN: token })
  }
}
