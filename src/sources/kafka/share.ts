import {
  cooperativeStickyAssigner,
  decodeConsumerProtocolSubscription,
  encodeConsumerProtocolAssignment,
  type ClusterTopicMetadata,
  type GroupAssignment,
  type joinGroupV7,
  type syncGroupV5
} from '@platformatic/kafka'
import type { Cluster } from './cluster.ts'
import type { PartitionName } from './partition.ts'

export type JoinGroupResponse = joinGroupV7.JoinGroupResponse

const PROTOCOL_VERSION = 3

/** Shares the partitions of all that the members want out among them, as the one that leads the group has to. */
export async function shareOut(
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
  const topics = await partitionsOf([...wanted], cluster)
  const metadata = { id: '', brokers: new Map(), controllerId: -1, lastUpdate: 0, topics }
  return cooperativeStickyAssigner(memberId, members, wanted, metadata).map(({ memberId, assignments }) => ({
    memberId,
    assignment: encodeConsumerProtocolAssignment({
      version: PROTOCOL_VERSION,
      assignedPartitions: [...assignments.values()]
    })
  }))
}

/** What the library's assigner has to know. */
async function partitionsOf(
  names: readonly string[],
  cluster: Cluster
): Promise<Map<string, ClusterTopicMetadata>> {
  const topics = names.length === 0 ? [] : await cluster.topics(names)
  return new Map(
    topics
      .filter(({ error }) => error === undefined)
      .map(({ name, id, leaders }) => [
        name,
        { id, partitions: [], partitionsCount: leaders.length, lastUpdate: 0 }
      ])
  )
}

/** The partitions of an assignment, one by one. */
export function flat(assignments: readonly GroupAssignment[]): PartitionName[] {
  return assignments.flatMap(({ topic, partitions }) => partitions.map(index => ({ topic, index })))
}

/** The inverse of `flat`. */
export function grouped(partitions: readonly PartitionName[]): GroupAssignment[] {
  const topics = Map.groupBy(partitions, ({ topic }) => topic)
  return Array.from(topics, ([topic, all]) => ({ topic, partitions: all.map(({ index }) => index) }))
}
