import {
  cooperativeStickyAssigner,
  decodeConsumerProtocolSubscription,
  encodeConsumerProtocolAssignment,
  type GroupAssignment,
  type joinGroupV7,
  type syncGroupV5
} from '@platformatic/kafka'
import type { Cluster } from './cluster.ts'
import type { TopicPartition } from './assigned-partition.ts'

export type JoinGroupResponse = joinGroupV7.JoinGroupResponse

const PROTOCOL_VERSION = 3

/** Assigns the partitions of all topics that the members subscribe to, as the leader of the group has to. */
export async function assignPartitions(
  { memberId, members: all }: JoinGroupResponse,
  cluster: Cluster
): Promise<syncGroupV5.SyncGroupRequestAssignment[]> {
  const members = new Map(
    all.map(({ memberId, metadata }) => [
      memberId,
      { memberId, ...decodeConsumerProtocolSubscription(metadata) }
    ])
  )
  const wanted = new Set(Array.from(members.values(), ({ topics }) => topics).flat())
  const found = wanted.size === 0 ? [] : await cluster.topics([...wanted])
  const topics = new Map(
    found
      .filter(({ error }) => error === undefined)
      .map(({ name, id, leaders }) => [
        name,
        { id, partitions: [], partitionsCount: leaders.length, lastUpdate: 0 }
      ])
  )
  const metadata = { id: '', brokers: new Map(), controllerId: -1, lastUpdate: 0, topics }
  return cooperativeStickyAssigner(memberId, members, wanted, metadata).map(({ memberId, assignments }) => ({
    memberId,
    assignment: encodeConsumerProtocolAssignment({
      version: PROTOCOL_VERSION,
      assignedPartitions: [...assignments.values()]
    })
  }))
}

/** The partitions of an assignment, one by one. */
export function partitionsIn(assignments: readonly GroupAssignment[]): TopicPartition[] {
  return assignments.flatMap(({ topic, partitions }) => partitions.map(index => ({ topic, index })))
}

/** The inverse of `partitionsIn`. */
export function byTopic(partitions: readonly TopicPartition[]): GroupAssignment[] {
  const topics = Map.groupBy(partitions, ({ topic }) => topic)
  return Array.from(topics, ([topic, all]) => ({ topic, partitions: all.map(({ index }) => index) }))
}
