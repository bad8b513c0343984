import { Producer, type CompressionAlgorithmValue } from '@platformatic/kafka'
import type { Broker } from '../../../../test/kafka.ts'

export interface Message {
  /** `undefined` for a tombstone. */
  readonly value: string | Uint8Array | undefined
  readonly key?: string
  readonly partition?: number
}

/** Messages to a topic, as one batch for each partition; each of them is there once. */
export async function produce(
  { address }: Pick<Broker, 'address'>,
  topic: string,
  messages: readonly (Message | string)[],
  compression: CompressionAlgorithmValue = 'none'
): Promise<void> {
  const producer = new Producer({
    clientId: 'visor-test',
    bootstrapBrokers: [address],
    compression,
    // What is sent again, since a leader was not found yet, must not be there twice.
    idempotent: true
  })
  await producer.send({
    messages: messages.map(message => {
      const { value, key, partition = 0 } = typeof message === 'string' ? { value: message } : message
      return {
        topic,
        partition,
        ...(value !== undefined && { value: Buffer.from(value) }),
        ...(key !== undefined && { key: Buffer.from(key) })
      }
    })
  })
  await producer.close()
}
