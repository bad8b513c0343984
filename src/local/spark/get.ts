import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { VisorError } from '../../core/errors.ts'
import { SECOND_MS } from '../../core/time.ts'
import { formatBytes } from '../../core/units.ts'
import { cached, type Fetching } from '../cache.ts'
import { mavenJars } from '../maven.ts'
import { errorIn, runTool } from '../tool.ts'

/** The version that is fetched. */
export const SPARK_VERSION = '4.2.0'

/** The official package of PyPI: a whole Spark with Connect, and its SHA-256. */
const PACKAGE = {
  name: `pyspark-${SPARK_VERSION}`,
  hash: '5ad689d53570ee1674193fd4f9bda065f0db3be9363a27d2a3406cc457b70b61',
  bytes: 450_129_423
}

/** What Spark lacks to read Kafka itself. */
const CONNECTOR = {
  name: 'spark-kafka',
  artifacts: [
    `org.apache.spark:spark-sql-kafka-0-10_2.13:${SPARK_VERSION}`,
    `org.apache.spark:spark-token-provider-kafka-0-10_2.13:${SPARK_VERSION}`,
    'org.apache.kafka:kafka-clients:3.9.2',
    'org.apache.commons:commons-pool2:2.13.1'
  ],
  transitive: false
}

/** Spark on this machine. */
export interface SparkHome {
  /** The folder with `jars/`. */
  readonly home: string
  readonly version: string
  /** The folder of more jars, for reading Kafka; `undefined` where they are among Spark's own, or none fit. */
  readonly connector: string | undefined
}

/** The Spark of SPARK_HOME, else the one that is fetched once. @throws VisorError LOCAL */
export async function findSpark(fetching: Fetching): Promise<SparkHome> {
  const own = fetching.env['SPARK_HOME']
  const home = own || (await cached(PACKAGE.name, fetching, async folder => fetchSpark(folder, fetching)))
  const { version, hasConnector } = lookInto(home)
  const fits = version === SPARK_VERSION && !hasConnector
  return {
    home,
    version,
    connector: fits ? join(await mavenJars(CONNECTOR, fetching), 'jars') : undefined
  }
}

/** What is in a folder that is said to hold Spark. @throws VisorError LOCAL when it has none, or none that will do */
export function lookInto(home: string): { readonly version: string; readonly hasConnector: boolean } {
  const jars = jarsOf(home)
  const version = jars.map(jar => /^spark-core_2\.13-(\d.*)\.jar$/.exec(jar)?.[1]).find(Boolean)
  const advice = `set SPARK_HOME to Spark 4.0 or newer, or unset it: then Visor gets ${SPARK_VERSION} itself`
  if (version === undefined)
    throw new VisorError(
      'LOCAL',
      `${home} holds no Spark for Scala 2.13 (jars/spark-core_2.13-*.jar): ${advice}`
    )
  if (Number.parseInt(version) < 4) throw new VisorError('LOCAL', `${home} holds Spark ${version}: ${advice}`)
  if (!jars.some(jar => jar.startsWith('spark-connect_2.13-')))
    throw new VisorError(
      'LOCAL',
      `the Spark ${version} in ${home} has no Connect (jars/spark-connect_2.13-*.jar): ${advice}`
    )
  return { version, hasConnector: jars.some(jar => jar.startsWith('spark-sql-kafka-0-10_2.13-')) }
}

function jarsOf(home: string): string[] {
  try {
    return readdirSync(join(home, 'jars'))
  } catch {
    return []
  }
}

async function fetchSpark(folder: string, { env, signal, progress }: Fetching): Promise<void> {
  const work = join(folder, 'fetched')
  mkdirSync(work)
  writeFileSync(join(work, 'requirements.txt'), `pyspark==${SPARK_VERSION} --hash=sha256:${PACKAGE.hash}\n`)
  progress(`getting Spark ${SPARK_VERSION} (PyPI's pyspark, ${formatBytes(PACKAGE.bytes)}; once only)`)
  const shown = setInterval(() => {
    const bytes = largestIn(work)
    if (bytes > 0 && bytes < PACKAGE.bytes)
      progress(`getting Spark: ${formatBytes(bytes)} of ${formatBytes(PACKAGE.bytes)}`)
  }, 5 * SECOND_MS)
  try {
    await download(work, { env, signal })
  } finally {
    clearInterval(shown)
  }
  progress('unpacking Spark')
  const wanted = ['-C', folder, '--strip-components=2', `${PACKAGE.name}/deps/jars`]
  const { status, text } = await runTool('tar', ['-xzf', join(work, `${PACKAGE.name}.tar.gz`), ...wanted], {
    env,
    signal,
    missing: 'there is no tar to unpack Spark with: install it'
  })
  if (status !== 0) throw new VisorError('LOCAL', `tar cannot unpack Spark: ${errorIn(text)}`)
  rmSync(work, { recursive: true })
}

/** pip checks the hash. */
async function download(folder: string, { env, signal }: Pick<Fetching, 'env' | 'signal'>): Promise<void> {
  const how = ['--no-deps', '--no-binary', ':all:', '--no-cache-dir', '--progress-bar', 'off', '--no-input']
  const args = ['-m', 'pip', 'download', ...how, '--dest', folder, '-r', join(folder, 'requirements.txt')]
  const { status, text } = await runTool('python3', args, {
    signal,
    // What pip unpacks on its way goes with the folder.
    env: { ...env, TMPDIR: folder },
    missing: `there is no python3 to fetch Spark with: install it with pip, or set SPARK_HOME to Spark 4.0 or newer`
  })
  if (status === 0) return
  const why = /No module named pip/.test(text)
    ? 'python3 has no pip to fetch Spark with: install it, or set SPARK_HOME to Spark 4.0 or newer'
    : `pip cannot fetch Spark: ${errorIn(text)}`
  throw new VisorError('LOCAL', why)
}

/** The size of the largest file anywhere in a folder that changes. */
function largestIn(folder: string): number {
  const sizes = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(
    path => statSync(join(folder, path), { throwIfNoEntry: false })?.size ?? 0
  )
  return Math.max(0, ...sizes)
}
