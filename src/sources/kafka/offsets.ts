import { listOffsetsV7, offsetCommitV8, offsetFetchV8, ResponseError } from '@platformatic/kafka'
import type { Millis } from '../../core/time.ts'
import { errorNameOf } from '../../kafka/problem.ts'
import type { Cluster } from './cluster.ts'
import type { Membership } from './membership.ts'
import type { TopicPartition } from './assigned-partition.ts'
import { commitMetadata, withinFrom, type FetchPosition } from './fetch-position.ts'
import { byTopic } from './assignor.ts'

/** What stands for a time in a request: the first message, and the one that comes next. */
export const EARLIEST: Millis = -2
export const LATEST: Millis = -1

const CONSUMER = -1
const COMMITTED = 1

/** The offsets of partitions that brokers and the group know. All of it rejects with the library's errors. */
export class Offsets {
  readonly #group: string
  readonly #cluster: Cluster

  constructor(group: string, cluster: Cluster) {
    this.#group = group
    this.#cluster = cluster
  }

  /** What is committed, in the order of the partitions; `undefined` where nothing is. */
  async committed(partitions: readonly TopicPartition[]): Promise<(FetchPosition | undefined)[]> {
    const connection = await this.#cluster.coordinator(this.#group, 'ask')
    const topics = byTopic(partitions).map(({ topic, partitions }) => ({
      name: topic,
      partitionIndexes: partitions
    }))
    const request = { groupId: this.#group, memberEpoch: -1, topics }
    const { groups } = await offsetFetchV8.api.async(connection, [request], true)
    return partitions.map(({ topic, index }) => {
      const topicOffsets = groups[0]?.topics.find(({ name }) => name === topic)
      const found = topicOffsets?.partitions.find(({ partitionIndex }) => partitionIndex === index)
      if (!found || found.committedOffset < 0n) return undefined
      const { committedOffset, committedLeaderEpoch: epoch, metadata } = found
      return { message: Number(committedOffset), within: withinFrom(metadata), epoch }
    })
  }

  /**
   * The first message at a time (since 1970) or after it, or EARLIEST or LATEST, as the leader `node` of the partition
   * knows it; `undefined` when there is none.
   */
  async at(partition: TopicPartition, node: number, time: Millis): Promise<number | undefined> {
    const [offset] = await this.allAt([partition], node, time)
    return offset
  }

  /** The same of partitions with one leader, in their order. */
  async allAt(
    partitions: readonly TopicPartition[],
    node: number,
    time: Millis
  ): Promise<(number | undefined)[]> {
    const connection = await this.#cluster.connect(node, 'ask')
    const asked = byTopic(partitions).map(({ topic, partitions }) => ({
      name: topic,
      partitions: partitions.map(partitionIndex => ({
        partitionIndex,
        currentLeaderEpoch: -1,
        timestamp: BigInt(time)
      }))
    }))
    const { topics } = await listOffsetsV7.api.async(connection, CONSUMER, COMMITTED, asked)
    return partitions.map(({ topic, index }) => {
      const found = topics.find(({ name }) => name === topic)?.partitions
      const offset = Number(found?.find(({ partitionIndex }) => partitionIndex === index)?.offset ?? -1)
      return offset < 0 ? undefined : offset
    })
  }

  /** Commits positions to the group; a partition that there is no more is no error. */
  async commit(
    positions: ReadonlyMap<TopicPartition, FetchPosition>,
    { instance, id, generation }: Membership
  ): Promise<void> {
    const connection = await this.#cluster.coordinator(this.#group, 'ask')
    const topics = Map.groupBy(positions, ([{ topic }]) => topic)
    const offsets = Array.from(topics, ([topic, partitions]) => ({
      name: topic,
      partitions: partitions.map(([{ index }, position]) => ({
        partitionIndex: index,
        committedOffset: BigInt(position.message),
        committedLeaderEpoch: position.epoch,
        committedMetadata: commitMetadata(position)
      }))
    }))
    try {
      await offsetCommitV8.api.async(connection, this.#group, generation, id, instance, offsets)
    } catch (error) {
      if (!(error instanceof ResponseError) || error.errors.some(one => !isGone(one))) throw error
    }
  }
}

function isGone(error: unknown): boolean {
  return errorNameOf(error) === 'UNKNOWN_TOPIC_OR_PARTITION'
}
