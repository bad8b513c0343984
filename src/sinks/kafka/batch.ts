import { murmur2, type MessageToProduce } from '@platformatic/kafka'
import type { LineBatch } from '../../core/sink.ts'

/** Messages for one partition that are sent, and stored by the broker, as one. */
export interface MessageBatch {
  readonly messages: MessageToProduce[]
  /** What the broker is to store, before it is compressed. */
  bytes: number
}

interface Destination {
  readonly partition: number
  readonly key?: Buffer
}

/**
 * At most so many bytes in a batch, but for a line that is longer by itself: half of the most that brokers take unless
 * they are configured otherwise.
 */
const MAX_BATCH_BYTES = 512 * 1024

/** What a message takes besides its line and its key: lengths, and differences of times and offsets. */
const FRAME_BYTES = 16

/** How many keys are kept with their partitions. */
const MAX_KNOWN_KEYS = 65_536

/** Sorts lines into batches for the partitions of a topic. */
export class Batches {
  readonly partitions: number
  /** For each partition, the batches that were not taken yet; only the last one grows. */
  readonly #waiting: readonly MessageBatch[][]
  readonly #topic: string
  readonly #keyed: boolean
  readonly #known = new Map<string, Destination>()
  #turn = 0

  constructor(topic: string, partitions: number, keyed: boolean) {
    this.#topic = topic
    this.#keyed = keyed
    this.partitions = partitions
    this.#waiting = Array.from({ length: partitions }, () => [])
  }

  /**
   * Takes lines, each without its line end. One with a key goes to the partition that Kafka's own clients would send
   * it to; those without go to one partition together, the next ones to the next. Gives by how many bytes the batches
   * have grown.
   */
  add({ bytes, count, ends, keys }: LineBatch): number {
    const copy = Buffer.from(bytes)
    const keyless = { partition: this.#turn++ % this.partitions }
    let grown = 0
    let start = 0
    for (let i = 0; i < count; i++) {
      const key = this.#keyed ? (keys?.[i] ?? null) : null
      const end = ends?.[i] ?? copy.length
      grown += this.#put(copy.subarray(start, end - 1), key === null ? keyless : this.#destinationOf(key))
      start = end
    }
    return grown
  }

  /** The next batch for a partition. */
  take(partition: number): MessageBatch | undefined {
    return this.#waiting[partition]?.shift()
  }

  #put(value: Buffer, destination: Destination): number {
    const batches = this.#waiting[destination.partition] ?? []
    const size = value.length + (destination.key?.length ?? 0) + FRAME_BYTES
    const last = batches.at(-1)
    const batch = last && last.bytes + size <= MAX_BATCH_BYTES ? last : { messages: [], bytes: 0 }
    if (batch !== last) batches.push(batch)
    batch.messages.push({ topic: this.#topic, value, ...destination })
    batch.bytes += size
    return size
  }

  #destinationOf(text: string): Destination {
    const known = this.#known.get(text)
    if (known) return known
    const key = Buffer.from(text)
    const destination = { key, partition: (murmur2(key) & 0x7fff_ffff) % this.partitions }
    if (this.#known.size === MAX_KNOWN_KEYS) this.#known.clear()
    this.#known.set(text, destination)
    return destination
  }
}
