import { cpSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Admin, FindCoordinatorKeyTypes } from '@platformatic/kafka'
import { VisorError } from '../core/errors.ts'
import { MINUTE_MS, type Millis } from '../core/time.ts'
import { pause } from '../system/abort.ts'
import { makeFolder } from '../system/folders.ts'
import { freePort, requireFreePort } from '../system/port.ts'
import type { Fetching } from './cache.ts'
import { findJava } from './java.ts'
import { mavenJars } from './maven.ts'
import { Guard, LocalProcess, nameGroups } from './process.ts'
import { errorIn, runTool } from './tool.ts'

/** What a broker is made of. It logs to slf4j and brings log4j, but not what joins the two. */
const JARS = {
  name: 'kafka',
  artifacts: ['org.apache.kafka:kafka_2.13:4.4.0', 'org.apache.logging.log4j:log4j-slf4j-impl:2.25.5'],
  transitive: true
}

const POLL: Millis = 50
const PATIENCE: Millis = MINUTE_MS
/** The classes that a broker uses, made ready for the next ones: halves the time of their start. */
const ARCHIVE = 'classes.jsa'
const FLAGS = ['-Xmx512m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-XX:-UsePerfData']

/** How a broker is started on this machine. */
export interface BrokerOptions {
  /** The broker's port of 127.0.0.1; a free one when not given. */
  readonly port?: number
  /** Where its files are; a new temporary folder when not given. */
  readonly folder?: string
  /** It ends with this process, in whatever way that does. */
  readonly tied: boolean
  /** Of topics that are created without telling how many they have. */
  readonly partitions?: number
  /** More settings of `server.properties`, or others than those below; the clients' listener is named CLIENT. */
  readonly properties?: Readonly<Record<string, string>>
}

/** Java, and a folder with what brokers are started from. */
export interface KafkaHome {
  readonly java: string
  readonly home: string
}

/** The Kafka of the cache, which is fetched when it is not there. @throws VisorError LOCAL */
export async function findKafka(fetching: Fetching): Promise<KafkaHome> {
  const java = await findJava(fetching)
  return { java, home: await mavenJars(JARS, fetching, folder => format(folder, java, fetching)) }
}

/** One node that is broker and controller. Its address and data stay the same from one start to the next. */
export class LocalBroker {
  readonly address: string
  protected readonly data: string
  readonly #kafka: KafkaHome
  readonly #folder: string
  readonly #guard: Guard | undefined
  #process: LocalProcess | undefined

  constructor(kafka: KafkaHome, port: number, controllerPort: number, options: BrokerOptions) {
    const { folder = mkdtempSync(join(tmpdir(), 'visor-kafka-')), partitions = 1, tied } = options
    makeFolder(folder)
    this.address = `127.0.0.1:${port}`
    this.data = join(folder, 'data')
    this.#kafka = kafka
    this.#folder = folder
    this.#guard = tied ? new Guard(folder) : undefined
    cpSync(join(kafka.home, 'formatted'), this.data, { recursive: true })
    const settings = {
      ...singleNode(this.address, `127.0.0.1:${controllerPort}`),
      'log.dirs': this.data,
      'num.partitions': String(partitions),
      ...options.properties
    }
    writeFileSync(this.#settings, properties(settings))
  }

  /** Starts it, or again after `stop` or `kill`; resolves when it answers. @throws VisorError LOCAL */
  async start(signal: AbortSignal = new AbortController().signal): Promise<void> {
    const { java, home } = this.#kafka
    const archive = join(home, ARCHIVE)
    const classes = existsSync(archive)
      ? `-XX:SharedArchiveFile=${archive}`
      : `-XX:ArchiveClassesAtExit=${this.#archive}`
    const args = [...FLAGS, classes, '-cp', classPath(home), 'kafka.Kafka', this.#settings]
    const log = join(this.#folder, 'log.txt')
    const where = { folder: this.#folder, env: process.env, log }
    this.#process = await LocalProcess.start({ name: 'Kafka', command: java, args, ...where })
    nameGroups(this.#folder, [this.#process])
    while (!(await this.#answers())) {
      this.#process.check()
      await pause(POLL, signal)
    }
  }

  /** Lets it shut down in order. */
  async stop(): Promise<void> {
    await this.#process?.stop(PATIENCE)
    if (existsSync(this.#archive)) renameSync(this.#archive, join(this.#kafka.home, ARCHIVE))
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    await this.#process?.kill()
  }

  /** Makes a topic; resolves when it can be asked for. */
  async createTopic(name: string, partitions = -1): Promise<void> {
    await this.#ask(async admin => {
      await admin.createTopics({ topics: [name], partitions, replicas: 1 })
      // A busy broker has made it a moment before it can be asked for.
      for (let known = false; !known; await delay(POLL))
        known = await admin.metadata({ topics: [name], forceUpdate: true }).then(
          () => true,
          () => false
        )
    })
  }

  /** Resolves when groups can read: a new broker makes what it keeps of them at the first question. */
  async groupsAnswer(signal: AbortSignal): Promise<void> {
    const question = { keyType: FindCoordinatorKeyTypes.GROUP, keys: ['visor'] }
    await this.#ask(async admin => {
      const answers = (): Promise<boolean> =>
        admin.findCoordinator(question).then(
          () => true,
          () => false
        )
      while (!(await answers())) await pause(POLL, signal)
    })
  }

  /** Ends it, and removes all that it has. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    rmSync(this.#folder, { recursive: true, force: true })
    this.#guard?.dismiss()
  }

  get #settings(): string {
    return join(this.#folder, 'server.properties')
  }

  get #archive(): string {
    return join(this.#folder, ARCHIVE)
  }

  async #answers(): Promise<boolean> {
    return this.#ask(
      admin =>
        admin.metadata({}).then(
          () => true,
          () => false
        ),
      { retries: 0 }
    )
  }

  async #ask<T>(act: (admin: Admin) => Promise<T>, options: { readonly retries?: number } = {}): Promise<T> {
    const admin = new Admin({ clientId: 'visor', bootstrapBrokers: [this.address], ...options })
    try {
      return await act(admin)
    } finally {
      await admin.close()
    }
  }
}

/** Starts a broker, which is fetched when there is none; resolves when it answers. @throws VisorError LOCAL */
export async function startBroker(options: BrokerOptions, fetching: Fetching): Promise<LocalBroker> {
  if (options.port !== undefined) await requireFreePort(options.port, 'Kafka')
  const kafka = await findKafka(fetching)
  const broker = new LocalBroker(kafka, options.port ?? (await freePort()), await freePort(), options)
  try {
    await broker.start(fetching.signal)
    return broker
  } catch (error) {
    await broker[Symbol.asyncDispose]()
    throw error
  }
}

/** All of Kafka's classes, as Java is told them. */
function classPath(home: string): string {
  return join(home, 'jars', '*')
}

/** A broker's data before its first start: a copy saves each of them its own formatting. */
async function format(folder: string, java: string, { env, signal }: Fetching): Promise<void> {
  const file = join(folder, 'server.properties')
  const settings = {
    ...singleNode('127.0.0.1:1', '127.0.0.1:2'),
    'log.dirs': join(folder, 'formatted')
  }
  writeFileSync(file, properties(settings))
  const cluster = Buffer.from('visor local node').toString('base64url')
  const args = ['kafka.tools.StorageTool', 'format', '--cluster-id', cluster, '--config', file]
  const how = { env, signal, missing: 'there is no java' }
  const { status, text } = await runTool(java, ['-cp', classPath(folder), ...args], how)
  if (status !== 0) throw new VisorError('LOCAL', `Kafka does not run: ${errorIn(text)}`)
}

/** Settings as a file of Java properties. */
function properties(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

/** Settings of a node that is alone: the addresses are those where clients and the controller's peers find it. */
function singleNode(client: string, controller: string): Record<string, string> {
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
