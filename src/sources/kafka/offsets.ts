import { listOffsetsV7, offsetCommitV8, offsetFetchV8, ResponseError } from '@platformatic/kafka'
import { saidBy } from '../../kafka/problem.ts'
import type { Cluster } from './cluster.ts'
import type { Membership } from './membership.ts'
import type { PartitionName } from './partition.ts'
import { noteOf, withinOf, type Place } from './place.ts'
import { grouped } from './share.ts'

/** What brokers are asked for as a time: the first message, and the one that comes next. */
export const EARLIEST = -2
export const LATEST = -1

const CONSUMER = -1
const COMMITTED = 1

/** The places in partitions that brokers and the group know. All of it rejects with what the library says. */
export class Offsets {
  readonly #group: string
  readonly #cluster: Cluster

  constructor(group: string, cluster: Cluster) {
    this.#group = group
    this.#cluster = cluster
  }

  /** Where the group has come to, in the order of the partitions; `undefined` where it has read nothing. */
  async ofGroup(partitions: readonly PartitionName[]): Promise<(Place | undefined)[]> {
    const connection = await this.#cluster.coordinator(this.#group, 'ask')
    const topics = grouped(partitions).map(({ topic, partitions }) => ({
      name: topic,
      partitionIndexes: partitions
    }))
    const request = { groupId: this.#group, memberEpoch: -1, topics }
    const { groups } = await offsetFetchV8.api.async(connection, [request], true)
    return partitions.map(({ topic, index }) => {
      const told = groups[0]?.topics.find(({ name }) => name === topic)
      const found = told?.partitions.find(({ partitionIndex }) => partitionIndex === index)
      if (!found || found.committedOffset < 0n) return undefined
      const { committedOffset, committedLeaderEpoch: epoch, metadata } = found
      return { message: Number(committedOffset), within: withinOf(metadata), epoch }
    })
  }

  /**
   * The first message at a time (milliseconds since 1970) or after it, or EARLIEST or LATEST, as the leader `node` of the
   * partition knows it; `undefined` when there is none.
   */
  async at({ topic, index }: PartitionName, node: number, time: number): Promise<number | undefined> {
    const connection = await this.#cluster.connect(node, 'ask')
    const partition = { partitionIndex: index, currentLeaderEpoch: -1, timestamp: BigInt(time) }
    const { topics } = await listOffsetsV7.api.async(connection, CONSUMER, COMMITTED, [
      { name: topic, partitions: [partition] }
    ])
    const offset = Number(topics[0]?.partitions[0]?.offset ?? -1)
    return offset < 0 ? undefined : offset
  }

  /** Tells the group where it has come to; a partition that there is no more is no error. */
  async commit(
    places: ReadonlyMap<PartitionName, Place>,
    { name, id, generation }: Membership
  ): Promise<void> {
    const connection = await this.#cluster.coordinator(this.#group, 'ask')
    const topics = Map.groupBy(places, ([{ topic }]) => topic)
    const told = Array.from(topics, ([topic, partitions]) => ({
      name: topic,
      partitions: partitions.map(([{ index }, place]) => ({
        partitionIndex: index,
        committedOffset: BigInt(place.message),
        committedLeaderEpoch: place.epoch,
        committedMetadata: noteOf(place)
      }))
    }))
    try {
      await offsetCommitV8.api.async(connection, this.#group, generation, id, name, told)
    } catch (error) {
      if (!(error instanceof ResponseError) || error.errors.some(one => !isGone(one))) throw error
    }
  }
}

function isGone(error: unknown): boolean {
  return saidBy(error) === 'UNKNOWN_TOPIC_OR_PARTITION'
}
