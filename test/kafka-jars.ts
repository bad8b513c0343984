import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { stripVTControlCharacters } from 'node:util'

const POM = resolve(import.meta.dirname, '../scripts/kafka/pom.xml')
const CACHE = resolve(import.meta.dirname, '../node_modules/.cache/visor')

/** What brokers are started from: a folder that outlives the tests, another one for each content of the pom. */
export const HOME = join(
  CACHE,
  `kafka-${createHash('sha256').update(readFileSync(POM)).digest('hex').slice(0, 12)}`
)

/** All of Kafka's classes, as Java is told them. */
export const CLASSES = join(HOME, 'jars', '*')

/** A broker's data before its first start: a copy saves each of them its own formatting. */
export const FORMATTED = join(HOME, 'formatted')

/** Why no broker can be had here; `undefined` when one can. Fetches the jars, which takes a while, but once only. */
export const kafkaMissing = missing()

function missing(): string | undefined {
  if (spawnSync('java', ['-version']).error) return 'there is no java'
  if (existsSync(HOME)) return undefined
  if (spawnSync('mvn', ['-v']).error) return 'there is no mvn to fetch Kafka with'
  return install()
}

/** Made elsewhere and put in place whole, since several test workers may do it at once. */
function install(): string | undefined {
  mkdirSync(CACHE, { recursive: true })
  const made = mkdtempSync(join(CACHE, 'making-'))
  try {
    return fetchJars(made) ?? format(made) ?? putInPlace(made)
  } finally {
    rmSync(made, { recursive: true, force: true })
  }
}

function fetchJars(folder: string): string | undefined {
  const goal = ['dependency:copy-dependencies', `-DoutputDirectory=${join(folder, 'jars')}`]
  const { status, stdout } = spawnSync('mvn', ['-q', '-B', '-f', POM, ...goal], { encoding: 'utf8' })
  const error = stripVTControlCharacters(stdout).match(/^\[ERROR\] .*/m)?.[0]
  return status === 0 ? undefined : `mvn cannot fetch Kafka: ${error}`
}

function format(folder: string): string | undefined {
  const file = join(folder, 'server.properties')
  const settings = {
    ...singleNode('127.0.0.1:1', '127.0.0.1:2'),
    'log.dirs': join(folder, 'formatted')
  }
  writeFileSync(file, properties(settings))
  const cluster = Buffer.from('visor test kafka').toString('base64url')
  const args = ['kafka.tools.StorageTool', 'format', '--cluster-id', cluster, '--config', file]
  const { status, stderr } = spawnSync('java', ['-cp', join(folder, 'jars', '*'), ...args], {
    encoding: 'utf8'
  })
  return status === 0 ? undefined : `Kafka does not run: ${stderr.split('\n')[0]}`
}

function putInPlace(made: string): string | undefined {
  try {
    renameSync(made, HOME)
  } catch (error) {
    // Another worker was quicker.
    if (!existsSync(HOME)) return String(error)
  }
  return undefined
}

/** Settings as a file of Java properties. */
export function properties(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

/** Settings of a node that is alone: the addresses are those where clients and the controller's peers find it. */
export function singleNode(client: string, controller: string): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.listener.names': 'CONTROLLER',
    listeners: `CLIENT://${client},CONTROLLER://${controller}`,
    'advertised.listeners': `CLIENT://${client}`,
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'CLIENT',
    'controller.quorum.voters': `1@${controller}`,
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    // A broker that was killed may come back when its session is over, which by default takes nine seconds.
    'broker.session.timeout.ms': '2000',
    'broker.heartbeat.interval.ms': '500'
  }
}
