import { createAPI, fetchV13, ProtocolError, readKnownTaggedFields, type Reader } from '@platformatic/kafka'
import { batchesIn, isAbort, type RecordBatch } from './record-batch.ts'

/** What was fetched of one partition. */
export interface FetchedPartition {
  /** The topic's id. */
  readonly topic: string
  readonly index: number
  /** One of Kafka's error codes; 0 for none. */
  readonly error: number
  /** The offset behind the last message that may be read. */
  readonly end: number
  /** Where this log diverges from the one that was read before; messages from there on are others. */
  readonly divergedAt: number | undefined
  /** Transactions that were taken back: their producer, and the first offset. */
  readonly aborted: readonly { readonly producer: bigint; readonly first: number }[]
  readonly records: Buffer
}

type Request = Parameters<typeof fetchV13.createRequest>

const [FETCH, VERSION] = [fetchV13.api.key, fetchV13.api.version]

/** Fetches messages like the library's own request, which makes objects of them all. */
export const fetchMessages = createAPI<Request, FetchedPartition[]>(
  FETCH,
  VERSION,
  fetchV13.createRequest,
  (_correlation, _key, _version, reader) => {
    // How long it was throttled.
    reader.readInt32()
    const error = reader.readInt16()
    if (error !== 0) throw new ProtocolError(error)
    // The session: there is none.
    reader.readInt32()
    return reader
      .readArray(topic => {
        const id = topic.readUUID()
        return topic.readArray(partition => readPartition(id, partition), true, false)
      })
      .flat()
  }
)

function readPartition(topic: string, reader: Reader): FetchedPartition {
  const index = reader.readInt32()
  const error = reader.readInt16()
  // The high watermark, which transactions that go on are before as well.
  reader.readInt64()
  const end = Number(reader.readInt64())
  reader.readInt64()
  const aborted = reader.readArray(entry => ({
    producer: entry.readInt64(),
    first: Number(entry.readInt64())
  }))
  // A replica that is nearer.
  reader.readInt32()
  const size = Math.max(0, reader.readUnsignedVarInt() - 1)
  const records = reader.buffer.slice(reader.position, reader.position + size)
  reader.skip(size)
  let diverged: number | undefined
  readKnownTaggedFields(reader, {
    0: field => {
      field.readInt32()
      diverged = Number(field.readInt64())
    }
  })
  return { topic, index, error, end, divergedAt: diverged === -1 ? undefined : diverged, aborted, records }
}

/**
 * The batches of a partition, without the messages of those that are none: of transactions that were taken back.
 * @throws Error for bytes that cannot be read
 */
export function batchesOf({ records, aborted }: FetchedPartition): RecordBatch[] {
  const waiting = aborted.toSorted((a, b) => a.first - b.first)
  const undone = new Set<bigint>()
  return batchesIn(records).map(batch => {
    for (let next = waiting[0]; next && next.first < batch.next; next = waiting[0]) {
      undone.add(next.producer)
      waiting.shift()
    }
    if (batch.control && isAbort(batch)) undone.delete(batch.producer)
    const nothing = batch.control || (batch.transactional && undone.has(batch.producer))
    return nothing ? { ...batch, count: 0, compression: 0, records: NOTHING } : batch
  })
}

const NOTHING = Buffer.alloc(0)
