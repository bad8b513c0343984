import { writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { SPARK_MODULES } from '../java.ts'
import type { SparkHome } from './get.ts'

/** How much of the machine a Spark gets. */
export interface SparkSize {
  /** Processes of a standalone cluster; 0 for one process that does everything, `local[cores]`. */
  readonly workers: number
  /** Of each worker, or of the one process. */
  readonly cores: number
  /** Of each executor, or of the one process, in MiB. */
  readonly memory: number
}

/** Where a Spark is: its folder and the ports of loopback that are its own. */
export interface SparkPlace {
  readonly folder: string
  readonly port: number
  readonly uiPort: number
  readonly masterPort: number
  readonly masterUiPort: number
}

export interface SparkSetup extends SparkSize, SparkPlace, SparkHome {
  /** More flags of Java for each process that is started here. */
  readonly flags: readonly string[]
}

type Properties = Readonly<Record<string, string | number>>

const HOST = '127.0.0.1'
const OVERHEAD_MB = 512
/** How Spark is told where to log; executors print it. */
const LOGGING = { file: 'log4j2.properties', console: 'log4j2-executor.properties' } as const

/** What executors print is kept by their worker, the newest of it. */
const ROLLING: Properties = {
  'spark.executor.logs.rolling.strategy': 'size',
  'spark.executor.logs.rolling.maxSize': 10_000_000,
  'spark.executor.logs.rolling.maxRetainedFiles': 2
}

/** The arguments of Java for the one process, or for that which gives the others their work. */
export function serverCommand(setup: SparkSetup): string[] {
  const { workers, memory } = setup
  const [megabytes, properties] =
    workers === 0 ? [memory, localProperties(setup)] : [Math.max(1024, memory), clusterProperties(setup)]
  const main = 'org.apache.spark.sql.connect.service.SparkConnectServer'
  return java(setup, 'server', megabytes, { ...serverProperties(setup), ...properties }, [main])
}

/** The arguments of Java for the master of a cluster. */
export function masterCommand(setup: SparkSetup): string[] {
  const options = asOptions({ host: HOST, port: setup.masterPort, 'webui-port': setup.masterUiPort })
  // Its other way in has a fixed port, and is not needed.
  const properties = { 'spark.master.rest.enabled': 'false' }
  return java(setup, 'master', OVERHEAD_MB, properties, ['org.apache.spark.deploy.master.Master', ...options])
}

/** The arguments of Java for a worker of a cluster, which starts executors. */
export function workerCommand(setup: SparkSetup, name: string): string[] {
  const { folder, cores, memory } = setup
  const options = asOptions({
    host: HOST,
    port: 0,
    'webui-port': 0,
    cores,
    memory: `${memory}m`,
    'work-dir': join(folder, name)
  })
  const main = ['org.apache.spark.deploy.worker.Worker', ...options, masterOf(setup)]
  return java(setup, name, OVERHEAD_MB, ROLLING, main)
}

function masterOf({ masterPort }: SparkSetup): string {
  return `spark://${HOST}:${masterPort}`
}

function java(
  setup: SparkSetup,
  name: string,
  megabytes: number,
  properties: Properties,
  main: readonly string[]
): string[] {
  const { folder, flags } = setup
  const all = {
    'java.io.tmpdir': join(folder, 'tmp'),
    'log4j2.configurationFile': join(folder, LOGGING.file),
    'visor.log': join(folder, `${name}.log`),
    ...properties
  }
  const memory = [`-Xmx${megabytes}m`, '-XX:-UsePerfData']
  return [...memory, ...flags, ...SPARK_MODULES, ...asFlags(all), '-cp', classPath(setup), ...main]
}

function asFlags(properties: Properties): string[] {
  return Object.entries(properties).map(([name, value]) => `-D${name}=${value}`)
}

function asOptions(options: Properties): string[] {
  return Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])
}

function classPath({ home, connector }: SparkHome): string {
  return [home, connector]
    .flatMap((jars, i) => (jars === undefined ? [] : join(jars, i === 0 ? 'jars/*' : '*')))
    .join(delimiter)
}

function serverProperties({ folder, port, uiPort, workers, cores }: SparkSetup): Properties {
  return {
    'spark.app.name': 'visor',
    'spark.driver.host': HOST,
    'spark.driver.bindAddress': HOST,
    'spark.connect.grpc.binding.address': HOST,
    'spark.connect.grpc.binding.port': port,
    'spark.ui.port': uiPort,
    'spark.ui.showConsoleProgress': 'false',
    'spark.local.dir': join(folder, 'tmp'),
    'spark.sql.warehouse.dir': join(folder, 'warehouse'),
    'spark.sql.catalogImplementation': 'in-memory',
    'spark.sql.shuffle.partitions': Math.max(1, workers) * cores,
    'spark.sql.session.timeZone': 'UTC'
  }
}

function localProperties({ cores }: SparkSetup): Properties {
  return { 'spark.master': `local[${cores}]` }
}

function clusterProperties(setup: SparkSetup): Properties {
  const { folder, workers, cores, memory, connector } = setup
  const logging = join(folder, LOGGING.console)
  return {
    'spark.master': masterOf(setup),
    'spark.executor.cores': cores,
    'spark.executor.memory': `${memory}m`,
    'spark.cores.max': workers * cores,
    'spark.executor.extraJavaOptions': `-XX:-UsePerfData -Dlog4j2.configurationFile=${logging}`,
    ...(connector !== undefined && { 'spark.executor.extraClassPath': join(connector, '*') }),
    ...ROLLING
  }
}

/** Writes what the processes read of files. */
export function writeLogging(folder: string): void {
  writeFileSync(join(folder, LOGGING.file), loggingTo('file'))
  writeFileSync(join(folder, LOGGING.console), loggingTo('console'))
}

/** Spark's own Kafka source warns at each record where a TRANSFORM reads it: its warnings are left out. */
function loggingTo(where: keyof typeof LOGGING): string {
  const target =
    where === 'console'
      ? ['type = Console', 'target = SYSTEM_ERR']
      : [
          'type = RollingFile',
          'fileName = ${sys:visor.log}',
          'filePattern = ${sys:visor.log}.%i',
          'policies.type = SizeBasedTriggeringPolicy',
          'policies.size = 10MB',
          'strategy.type = DefaultRolloverStrategy',
          'strategy.max = 2'
        ]
  return [
    'status = error',
    ...target.map(line => `appender.log.${line}`),
    'appender.log.name = log',
    'appender.log.layout.type = PatternLayout',
    'appender.log.layout.pattern = %d{yyyy-MM-dd HH:mm:ss.SSS} %p %c{1}: %m%n%ex',
    'rootLogger.level = warn',
    'rootLogger.appenderRef.log.ref = log',
    'logger.kafka.name = org.apache.spark.sql.kafka010',
    'logger.kafka.level = error',
    'logger.consumer.name = org.apache.kafka',
    'logger.consumer.level = error',
    ''
  ].join('\n')
}
