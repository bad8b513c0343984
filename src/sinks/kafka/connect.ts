import { setTimeout as delay } from 'node:timers/promises'
import { Producer } from '@platformatic/kafka'
import { VisorError } from '../../core/errors.ts'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { closeConnections } from '../../kafka/connections.ts'
import { isRefusal } from '../../kafka/problem.ts'
import { unlessAborted } from '../../system/abort.ts'
import type { KafkaSinkOptions } from './options.ts'
import { problemWith } from './outage.ts'

/** How long brokers and the topic are waited for at the start, and between two tries. */
const CONNECT_TIMEOUT: Millis = 5 * SECOND_MS
const CONNECT_PAUSE: Millis = 200
/** Between two tries later. */
const FIRST_RETRY_DELAY: Millis = 100
const MAX_RETRY_DELAY: Millis = SECOND_MS

/** A client that tries again for as long as it takes, ever less often; `onRetry` is given the reason. */
export function makeProducer(options: KafkaSinkOptions, onRetry: (error: Error) => void): Producer {
  return new Producer({
    clientId: 'visor',
    bootstrapBrokers: options.brokers,
    compression: options.compression,
    idempotent: options.acks === 'all',
    autocreateTopics: true,
    connectTimeout: CONNECT_TIMEOUT,
    retries: true,
    retryDelay: (_client, _operation, attempt, _retries, error) => {
      onRetry(error)
      return Math.min(FIRST_RETRY_DELAY * 2 ** (attempt - 1), MAX_RETRY_DELAY)
    }
  })
}

/**
 * The number of partitions of the topic, as soon as a broker has it: one that is being created takes a moment.
 * @throws VisorError BROKER when none does for five seconds, or one refuses; the signal's reason when that aborts
 */
export async function countPartitions(
  producer: Producer,
  options: KafkaSinkOptions,
  signal: AbortSignal
): Promise<number> {
  const { topic } = options
  const limit = AbortSignal.any([signal, AbortSignal.timeout(CONNECT_TIMEOUT)])
  let problem: unknown = new Error(`nothing came within ${CONNECT_TIMEOUT / SECOND_MS} s`)
  while (!limit.aborted) {
    try {
      const asked = producer.metadata({ topics: [topic], autocreateTopics: true, retries: 0 })
      const { topics } = await unlessAborted(limit, asked)
      return topics.get(topic)?.partitionsCount ?? 1
    } catch (error) {
      if (!limit.aborted) problem = error
      if (isRefusal(error)) break
    }
    await delay(CONNECT_PAUSE, undefined, { signal: limit }).catch(() => {})
  }
  signal.throwIfAborted()
  throw new VisorError('BROKER', problemWith(problem, options), { cause: problem })
}

/** Resolves when all that was handed to the connections has left this process, or cannot any more. */
export async function drained(producer: Producer): Promise<void> {
  for (const [, { socket }] of producer.connections)
    while (socket.writableLength > 0 && !socket.destroyed) await delay(1)
}

/** Closes all connections of a client. */
export async function disconnect(producer: Producer): Promise<void> {
  await closeConnections([producer.connections], async () => producer.close())
}
