import {
  ConnectionPool,
  findCoordinatorV4,
  metadataV12,
  parseBroker,
  protocolErrorsCodesById,
  ResponseError,
  SASLMechanisms,
  type Broker,
  type Connection,
  type ConnectionOptions
} from '@platformatic/kafka'
import { MINUTE_MS, SECOND_MS, type Millis } from '../../core/time.ts'
import { closeConnections } from '../../kafka/connections.ts'
import type { KafkaOptions } from './options.ts'

const CONNECT_TIMEOUT: Millis = 5 * SECOND_MS
/** Joining a group takes longest. */
const REQUEST_TIMEOUT: Millis = MINUTE_MS

const GROUP = 0

/** What connections are for: what waits for its answer must not hold the others up. */
type Purpose = 'ask' | 'join' | 'fetch'

/** Where a broker was last known to be. */
export interface BrokerHint {
  readonly node: number
  readonly host: string
  readonly port: number
}

/** What the brokers know of a topic. */
export interface TopicMetadata {
  readonly name: string
  /** Another one of the same name has another. */
  readonly id: string
  readonly internal: boolean
  /** The name of the error that Kafka gives for it. */
  readonly error: string | undefined
  /** The broker that leads each partition; -1 where none does. */
  readonly leaders: readonly number[]
}

/** The brokers: connections to them, and who is responsible for what. All of it rejects with the library's errors. */
export class Cluster {
  readonly #bootstrap: readonly Broker[]
  readonly #pools: Readonly<Record<Purpose, ConnectionPool>>
  #nodes: ReadonlyMap<number, Broker> = new Map()

  constructor({ brokers, tls, sasl }: Pick<KafkaOptions, 'brokers' | 'tls' | 'sasl'>) {
    this.#bootstrap = brokers.map(broker => parseBroker(broker))
    const options: ConnectionOptions = {
      connectTimeout: CONNECT_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      ...(tls && { tls: tls === true ? {} : tls }),
      ...(sasl && {
        sasl: { mechanism: MECHANISMS[sasl.mechanism], username: sasl.username, password: sasl.password }
      })
    }
    this.#pools = { ask: makePool(options), join: makePool(options), fetch: makePool(options) }
  }

  /** The topics of these names, or all that there are. */
  async topics(names: readonly string[] | null): Promise<TopicMetadata[]> {
    const connection = await this.#any()
    const { brokers, topics } = await despiteErrors(
      metadataV12.api.async(connection, names && [...names], false, false)
    )
    this.#nodes = new Map(brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]))
    return topics.map(({ name, topicId, isInternal, errorCode, partitions }) => {
      const inOrder = partitions.toSorted((a, b) => a.partitionIndex - b.partitionIndex)
      const leaders = inOrder.map(({ leaderId }) => leaderId)
      const error = errorCode === 0 ? undefined : errorName(errorCode)
      return { name: name ?? '', id: topicId, internal: isInternal, error, leaders }
    })
  }

  /** Is told where a broker is, which it need not ask for then. */
  hear({ node, host, port }: BrokerHint): void {
    this.#nodes = new Map(this.#nodes).set(node, { host, port })
  }

  /** A connection to one broker. */
  async connect(node: number, purpose: Purpose): Promise<Connection> {
    const broker = this.#nodes.get(node)
    if (!broker) throw new Error(`there is no broker ${node}`)
    return this.#pools[purpose].get(broker)
  }

  /** Where a broker is, for who has not asked for it; `undefined` when that is not known. */
  hintFor(node: number): BrokerHint | undefined {
    const broker = this.#nodes.get(node)
    return broker && { node, host: broker.host, port: broker.port }
  }

  /** A connection to the coordinator of a group. */
  async coordinator(group: string, purpose: Purpose): Promise<Connection> {
    const { coordinators } = await findCoordinatorV4.api.async(await this.#any(), GROUP, [group])
    const [found] = coordinators
    if (!found) throw new Error(`group ${group} has no coordinator`)
    return this.#pools[purpose].get({ host: found.host, port: found.port })
  }

  /** Ends all connections, with all requests. */
  async close(): Promise<void> {
    const pools = Object.values(this.#pools)
    await closeConnections(pools, async () => Promise.all(pools.map(async pool => pool.close())))
  }

  /** Ends all connections at once; what waits for answers may wait forever. */
  cut(): void {
    for (const pool of Object.values(this.#pools)) for (const [, { socket }] of pool) socket.destroy()
  }

  async #any(): Promise<Connection> {
    const { ask } = this.#pools
    const brokers = [...this.#bootstrap, ...this.#nodes.values()]
    // One that does not answer must not be asked each time before the others.
    const connected = brokers.find(broker => ask.getEstablishedConnection(broker)?.isConnected())
    return connected ? ask.get(connected) : ask.getFirstAvailable(brokers)
  }
}

const MECHANISMS = {
  plain: SASLMechanisms.PLAIN,
  'scram-sha-256': SASLMechanisms.SCRAM_SHA_256,
  'scram-sha-512': SASLMechanisms.SCRAM_SHA_512
} as const

/** The name of one of Kafka's error codes. */
export function errorName(code: number): string {
  return protocolErrorsCodesById[code] ?? `error ${code}`
}

function makePool(options: ConnectionOptions): ConnectionPool {
  const pool = new ConnectionPool('visor', options)
  // Whoever uses a connection hears of its failure; without a listener it would end the process, too.
  pool.on('connecting', ({ connection }) => connection.on('error', () => {}))
  return pool
}

/** What was answered, even where a part of it is errors. */
async function despiteErrors<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked
  } catch (error) {
    if (!(error instanceof ResponseError)) throw error
    const answer: T = error['response']
    return answer
  }
}
