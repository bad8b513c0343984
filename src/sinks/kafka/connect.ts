import { setTimeout as delay } from 'node:timers/promises'
import { Producer } from '@platformatic/kafka'
import { VisorError } from '../../core/errors.ts'
import { isRefusal } from '../../kafka/problem.ts'
import { unlessAborted } from '../abort.ts'
import type { KafkaSinkOptions } from './options.ts'
import { problemWith } from './problem.ts'

/** How long brokers and the topic are waited for at the start, in milliseconds. */
const PATIENCE = 5000
/** Between two tries at the start, in milliseconds. */
const PAUSE = 200
/** At most between two tries later, in milliseconds. */
const LONGEST_PAUSE = 1000
/** How long the end of connections may take, in milliseconds. */
const FAREWELL = 1000

/** A client that tries again for as long as it takes, ever less often; `onRetry` is told why. */
export function makeProducer(options: KafkaSinkOptions, onRetry: (error: Error) => void): Producer {
  return new Producer({
    clientId: 'visor',
    bootstrapBrokers: options.brokers,
    compression: options.compression,
    idempotent: options.acks === 'all',
    autocreateTopics: true,
    connectTimeout: PATIENCE,
    retries: true,
    retryDelay: (_client, _operation, attempt, _retries, error) => {
      onRetry(error)
      return Math.min(100 * 2 ** (attempt - 1), LONGEST_PAUSE)
    }
  })
}

/**
 * The number of partitions of the topic, as soon as a broker tells it: one that is being created takes a moment.
 * @throws VisorError BROKER when none does for five seconds, or one refuses; the signal's reason when that aborts
 */
export async function countPartitions(
  producer: Producer,
  options: KafkaSinkOptions,
  signal: AbortSignal
): Promise<number> {
  const { topic } = options
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)])
  let problem: unknown = new Error(`nothing came within ${PATIENCE / 1000} s`)
  while (!limit.aborted) {
    try {
      const asked = producer.metadata({ topics: [topic], autocreateTopics: true, retries: 0 })
      const { topics } = await unlessAborted(limit, asked)
      return topics.get(topic)?.partitionsCount ?? 1
    } catch (error) {
      if (!limit.aborted) problem = error
      if (isRefusal(error)) break
    }
    await delay(PAUSE, undefined, { signal: limit }).catch(() => {})
  }
  signal.throwIfAborted()
  throw new VisorError('BROKER', problemWith(problem, options), { cause: problem })
}

/** Resolves when all that was handed to the connections has left this process, or cannot any more. */
export async function drained(producer: Producer): Promise<void> {
  for (const [, { socket }] of producer.connections)
    while (socket.writableLength > 0 && !socket.destroyed) await delay(1)
}

/** Closes all connections; one whose other side hangs is cut. */
export async function disconnect(producer: Producer): Promise<void> {
  const sockets = [...producer.connections].map(([, { socket }]) => socket)
  await unlessAborted(AbortSignal.timeout(FAREWELL), producer.close()).catch(() => {})
  for (const socket of sockets) socket.destroy()
}
