import { createRecordsBatch, type CompressionAlgorithmValue } from '@platformatic/kafka'

/** A message as it may be stored: without a value, it takes a key's earlier one back. */
export interface Stored {
  readonly key?: string
  readonly value: string | null
}

/** A batch as a broker sends it, its first message being number `base`. */
export function batchBytes(
  messages: readonly Stored[],
  base = 0,
  compression: CompressionAlgorithmValue = 'none'
): Buffer {
  const batch = createRecordsBatch(
    messages.map(({ key, value }) => ({
      topic: 'access',
      ...(key !== undefined && { key: Buffer.from(key) }),
      value: value === null ? Buffer.alloc(0) : Buffer.from(value)
    })),
    { compression }
  )
  const bytes = Buffer.from(batch.buffer)
  bytes.writeBigInt64BE(BigInt(base), 0)
  return bytes
}
