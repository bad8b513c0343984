/**
 * A real Kafka broker, for tests and to play with: `node test/kafka.ts [PORT]` starts one, prints its address, and
 * stops it on Ctrl+C. Takes Java and, the first time, Maven.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  cpSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Admin, Consumer, MessagesStreamModes } from '@platformatic/kafka'
import { CLASSES, FORMATTED, HOME, kafkaMissing, properties, singleNode } from './kafka-jars.ts'
import { freePort } from './port.ts'

export { kafkaMissing } from './kafka-jars.ts'

export interface BrokerOptions {
  /** The broker's port of 127.0.0.1; a free one when not given. */
  readonly port?: number
  /** Of topics that are created without telling how many they have. */
  readonly partitions?: number
  /** More settings of `server.properties`, or others than those below; the clients' listener is named CLIENT. */
  readonly properties?: Readonly<Record<string, string>>
}

/** Settings of a broker that makes no topic by itself, and to which rights can be given and taken away. */
export const STRICT: Readonly<Record<string, string>> = {
  'auto.create.topics.enable': 'false',
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'allow.everyone.if.no.acl.found': 'true'
}

/** A message as it was read back. */
export interface Received {
  readonly key: string | null
  readonly value: string
  readonly partition: number
  readonly offset: number
}

/** The classes that a broker uses, made ready for the next ones: halves the time of their start. */
const ARCHIVE = join(HOME, 'classes.jsa')
const QUICK = ['-Xmx512m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC']

/** Starts a broker; resolves when it answers. What it uses is gone once it is disposed of. */
export async function startBroker(options: BrokerOptions = {}): Promise<Broker> {
  if (kafkaMissing !== undefined) throw new Error(kafkaMissing)
  const port = options.port ?? (await freePort())
  const broker = new Broker(port, await freePort(), options)
  try {
    await broker.start()
    return broker
  } catch (error) {
    await broker[Symbol.asyncDispose]()
    throw error
  }
}

/** One node that is broker and controller. Its address and data stay the same from one start to the next. */
export class Broker {
  readonly address: string
  readonly #folder = mkdtempSync(join(tmpdir(), 'visor-kafka-'))
  readonly #settings = join(this.#folder, 'server.properties')
  readonly #log = join(this.#folder, 'log.txt')
  readonly #data = join(this.#folder, 'data')
  #running: ChildProcess | undefined

  constructor(
    port: number,
    controllerPort: number,
    { partitions = 1, properties: more = {} }: BrokerOptions
  ) {
    this.address = `127.0.0.1:${port}`
    cpSync(FORMATTED, this.#data, { recursive: true })
    const settings = {
      ...singleNode(this.address, `127.0.0.1:${controllerPort}`),
      'log.dirs': this.#data,
      'num.partitions': String(partitions),
      ...more
    }
    writeFileSync(this.#settings, properties(settings))
  }

  /** Starts it again after `stop` or `kill`. */
  async start(): Promise<void> {
    const classes = existsSync(ARCHIVE)
      ? `-XX:SharedArchiveFile=${ARCHIVE}`
      : `-XX:ArchiveClassesAtExit=${this.#archive}`
    const log = openSync(this.#log, 'a')
    const command = [...QUICK, classes, '-cp', CLASSES, 'kafka.Kafka', this.#settings]
    this.#running = spawn('java', command, { stdio: ['ignore', log, log] })
    closeSync(log)
    endWithUs(this.#running)
    await this.#answers(this.#running)
  }

  /** Lets it shut down in order. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM')
    if (existsSync(this.#archive)) renameSync(this.#archive, ARCHIVE)
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** Loses all messages of a topic, as with a broken disk; to be called after `stop` or `kill`. */
  loseMessages(topic: string): void {
    for (const name of readdirSync(this.#data))
      if (name.replace(/-\d+$/, '') === topic) rmSync(join(this.#data, name), { recursive: true })
  }

  async createTopic(name: string, partitions = -1): Promise<void> {
    const admin = new Admin(this.#client())
    await using _ = closed(() => admin.close())
    await admin.createTopics({ topics: [name], partitions, replicas: 1 })
    // A busy broker has made it a moment before it can be asked for.
    for (let known = false; !known; await delay(20))
      known = await admin.metadata({ topics: [name], forceUpdate: true }).then(
        () => true,
        () => false
      )
  }

  /** All messages of a topic, those of each partition in their order. */
  async consumeAll(topic: string): Promise<Received[]> {
    const groupId = crypto.randomUUID()
    const consumer = new Consumer({ ...this.#client(), groupId, maxWaitTime: 100 })
    await using _ = closed(() => consumer.close(true))
    const ends = (await consumer.listOffsets({ topics: [topic] })).get(topic) ?? []
    const waiting = new Set([...ends.keys()].filter(partition => ends[partition] !== 0n))
    const received: Received[] = []
    if (waiting.size === 0) return received
    const stream = await consumer.consume({ topics: [topic], mode: MessagesStreamModes.EARLIEST })
    for await (const { key, value, partition, offset } of stream) {
      // Whatever its type says, an absent key comes as null.
      const keyText = key ? key.toString() : null
      received.push({ key: keyText, value: value.toString(), partition, offset: Number(offset) })
      if (offset + 1n === ends[partition]) waiting.delete(partition)
      if (waiting.size === 0) break
    }
    return received
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  get #archive(): string {
    return join(this.#folder, 'classes.jsa')
  }

  #client(): { clientId: string; bootstrapBrokers: string[] } {
    return { clientId: 'visor-test', bootstrapBrokers: [this.address] }
  }

  async #answers(child: ChildProcess): Promise<void> {
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null)
        throw new Error(`Kafka has ended: ${readFileSync(this.#log, 'utf8').slice(-2000)}`)
      const admin = new Admin({ ...this.#client(), retries: 0 })
      await using _ = closed(() => admin.close())
      const answered = await admin.metadata({}).catch(() => undefined)
      if (answered) return
      await delay(50)
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#running
    this.#running = undefined
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.kill(signal)
    await once(child, 'exit')
  }
}

/** Kills a process when this one ends, in whatever way: then the pipe to its guard closes. */
function endWithUs(child: ChildProcess): void {
  const guard = spawn('sh', ['-c', 'cat >/dev/null; kill -9 "$0"', String(child.pid)], {
    stdio: ['pipe', 'ignore', 'ignore']
  })
  guard.unref()
  child.once('exit', () => guard.kill('SIGKILL'))
}

/** Something that is closed at the end of a block. */
function closed(close: () => Promise<void>): AsyncDisposable {
  return { [Symbol.asyncDispose]: close }
}

if (import.meta.main) {
  const port = process.argv[2]
  await using broker = await startBroker(port === undefined ? {} : { port: Number(port) })
  console.log(broker.address)
  await once(process, 'SIGINT')
}
