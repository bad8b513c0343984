/**
 * A real Kafka broker, for tests and to play with: `node test/kafka.ts [PORT]` starts one, prints its address, and
 * stops it on Ctrl+C. Takes Java and, the first time, Maven.
 */
import { once } from 'node:events'
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { Consumer, MessagesStreamModes } from '@platformatic/kafka'
import { defaultCache } from '../src/system/folders.ts'
import type { Fetching } from '../src/local/cache.ts'
import { findKafka, LocalBroker, type BrokerOptions, type KafkaHome } from '../src/local/kafka.ts'
import { freePort } from '../src/system/port.ts'

const signal = new AbortController().signal
const fetching: Fetching = { env: process.env, cache: defaultCache(process.env), signal, progress: () => {} }

const found = await find()

/** Why no broker can be had here; `undefined` when one can. Fetches it, which takes a while, but once only. */
export const kafkaMissing = typeof found === 'string' ? found : undefined

async function find(): Promise<KafkaHome | string> {
  try {
    return await findKafka(fetching)
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
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

/** Starts a broker; resolves when it answers. What it uses is gone once it is disposed of, or this process has ended. */
export async function startBroker(options: Partial<BrokerOptions> = {}): Promise<Broker> {
  if (typeof found === 'string') throw new Error(found)
  const ports = [options.port ?? (await freePort()), await freePort()] as const
  const broker = new Broker(found, ...ports, { tied: true, ...options })
  try {
    await broker.start()
    return broker
  } catch (error) {
    await broker[Symbol.asyncDispose]()
    throw error
  }
}

/** A broker that tests can do things to. */
export class Broker extends LocalBroker {
  /** Loses all messages of a topic, as with a broken disk; to be called after `stop` or `kill`. */
  loseMessages(topic: string): void {
    for (const name of readdirSync(this.data))
      if (name.replace(/-\d+$/, '') === topic) rmSync(join(this.data, name), { recursive: true })
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

  #client(): { clientId: string; bootstrapBrokers: string[] } {
    return { clientId: 'visor-test', bootstrapBrokers: [this.address] }
  }
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
