import {
  COOPERATIVE_STICKY_ASSIGNOR,
  decodeConsumerProtocolAssignment,
  encodeConsumerProtocolSubscription,
  heartbeatV4,
  joinGroupV7,
  leaveGroupV4,
  syncGroupV5,
  type Connection
} from '@platformatic/kafka'
import { SECOND_MS, type Millis } from '../../core/time.ts'
import { errorNameOf, wrongWith } from '../../kafka/problem.ts'
import { assignPartitions, byTopic, partitionsIn, type JoinGroupResponse } from './assignor.ts'
import type { KafkaContext } from './context.ts'
import type { AsyncEvent } from './lifecycle.ts'
import { SESSION_TIMEOUT } from './membership.ts'
import type { TopicPartition } from './assigned-partition.ts'

const HEARTBEAT_INTERVAL: Millis = SECOND_MS
/** How long the others wait for a member to join again. */
const REBALANCE_TIMEOUT: Millis = 30 * SECOND_MS

const PROTOCOL_TYPE = 'consumer'
const PROTOCOL_VERSION = 3

/** Errors after which others may have been assigned what was this member's. */
const FENCED = ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID']

/** What a member does with the partitions that are assigned to it. */
export interface RebalanceListener {
  /** What is assigned and not revoked. */
  readonly partitions: readonly TopicPartition[]
  assign(partitions: readonly TopicPartition[]): void
  /** Resolves when others may have them. */
  revoke(partitions: readonly TopicPartition[]): Promise<void>
  /** Others may have all of them already. */
  lose(): void
}

/**
 * A member of a consumer group, by Kafka's classic protocol with cooperative rebalancing: a member goes on reading the
 * partitions that are not revoked, and nobody is assigned one before the member that had it is done with it.
 * https://cwiki.apache.org/confluence/display/KAFKA/KIP-429
 */
export class Member {
  readonly #context: KafkaContext
  readonly #group: string
  readonly #listener: RebalanceListener
  readonly #event: AsyncEvent
  /** Whether it should join again, since the topics have changed. */
  #changed = false
  /** Whether there was a rebalance since it is here: who comes back is assigned what it had without one. */
  #settled = false

  constructor(context: KafkaContext, listener: RebalanceListener) {
    this.#context = context
    this.#group = context.group
    this.#listener = listener
    this.#event = context.lifecycle.event()
  }

  /** Other topics are to be read. */
  topicsChanged(): void {
    this.#changed = true
    this.#event.notify()
  }

  /** Is a member for as long as the source lives. */
  async run(): Promise<void> {
    const { lifecycle, topics, membership } = this.#context
    for (let tries = 0; !lifecycle.ended;) {
      if (membership.id === '' && topics.all.length === 0) await this.#event.wait()
      else {
        const error = await this.#join().catch((error: unknown) => error)
        tries = this.#needsBackOff(error) ? tries + 1 : 0
        if (tries > 0) await lifecycle.backOff(tries - 1)
      }
    }
  }

  /** Leaves the group, so that the others need not wait for it. */
  async leave(): Promise<void> {
    const { cluster, membership } = this.#context
    const { id, instance } = membership
    if (id === '') return
    // Joining may be under way on the other connection, and wait.
    const connection = await cluster.coordinator(this.#group, 'ask')
    await leaveGroupV4.api.async(connection, this.#group, [{ memberId: id, groupInstanceId: instance }])
  }

  #needsBackOff(error: unknown): boolean {
    const name = errorNameOf(error)
    if (name !== undefined && FENCED.includes(name)) {
      this.#listener.lose()
      if (name === 'UNKNOWN_MEMBER_ID') this.#context.membership.id = ''
      if (name === 'FENCED_INSTANCE_ID') this.#context.membership.rename()
      return false
    }
    const harmless = error === undefined || name === 'REBALANCE_IN_PROGRESS'
    this.#setError(harmless ? undefined : messageFor(error))
    return !harmless
  }

  #setError(message: string | undefined): void {
    this.#context.errors.set(`group ${this.#group}`, message)
  }

  /** Joins, takes what is assigned to it, and keeps it until the next rebalance. */
  async #join(): Promise<void> {
    const { cluster, membership } = this.#context
    const connection = await cluster.coordinator(this.#group, 'join')
    this.#changed = false
    const assigned = await this.#syncGroup(connection, await this.#joinGroup(connection))
    membership.confirm()
    this.#setError(undefined)
    const owned = this.#listener.partitions
    const revoked = without(owned, assigned)
    if (revoked.length > 0) await this.#heartbeatWhile(connection, this.#listener.revoke(revoked))
    this.#listener.assign(without(assigned, owned))
    if (!this.#settled) this.#changed = true
    this.#settled = true
    // The others are assigned what was revoked when it joins again.
    if (revoked.length === 0) await this.#heartbeats(connection)
  }

  async #syncGroup(connection: Connection, joined: JoinGroupResponse): Promise<TopicPartition[]> {
    const { generationId, leader, memberId, protocolName } = joined
    const assignments = leader === memberId ? await assignPartitions(joined, this.#context.cluster) : []
    const { assignment } = await syncGroupV5.api.async(
      connection,
      this.#group,
      generationId,
      memberId,
      this.#context.membership.instance,
      PROTOCOL_TYPE,
      protocolName,
      assignments
    )
    return partitionsIn(decodeConsumerProtocolAssignment(assignment).assignedPartitions)
  }

  async #joinGroup(connection: Connection): Promise<JoinGroupResponse> {
    const { membership, topics } = this.#context
    const owned = byTopic(this.#listener.partitions)
    const generationId = owned.length > 0 ? membership.generation : -1
    const generation = Buffer.alloc(4)
    generation.writeInt32BE(generationId)
    const metadata = encodeConsumerProtocolSubscription({
      version: PROTOCOL_VERSION,
      topics: topics.all.map(({ name }) => name),
      userData: generation,
      ownedPartitions: owned,
      generationId
    })
    const joined = await joinGroupV7.api.async(
      connection,
      this.#group,
      SESSION_TIMEOUT,
      REBALANCE_TIMEOUT,
      membership.id,
      membership.instance,
      PROTOCOL_TYPE,
      [{ name: COOPERATIVE_STICKY_ASSIGNOR, metadata }]
    )
    membership.id = joined.memberId
    membership.generation = joined.generationId
    return joined
  }

  /** Keeps what is assigned to it until the group, or this member, wants a rebalance. */
  async #heartbeats(connection: Connection): Promise<void> {
    while (!this.#context.lifecycle.ended && !this.#changed) {
      await this.#heartbeat(connection)
      if (!this.#changed) await this.#event.wait(HEARTBEAT_INTERVAL)
    }
  }

  /** Stays a member for as long as a task takes; a rebalance that the group wants has to wait. */
  async #heartbeatWhile(connection: Connection, task: Promise<void>): Promise<void> {
    let done = false
    const ended = task.finally(() => {
      done = true
      this.#event.notify()
    })
    while (!done && !this.#context.lifecycle.ended) {
      await this.#heartbeat(connection).catch((error: unknown) => {
        if (errorNameOf(error) !== 'REBALANCE_IN_PROGRESS') throw error
      })
      if (!done) await this.#event.wait(HEARTBEAT_INTERVAL)
    }
    await ended
  }

  async #heartbeat(connection: Connection): Promise<void> {
    const { membership } = this.#context
    const { generation, id, instance } = membership
    await heartbeatV4.api.async(connection, this.#group, generation, id, instance)
    membership.confirm()
  }
}

/** Those of `all` that are not among `others`. */
function without(all: readonly TopicPartition[], others: readonly TopicPartition[]): TopicPartition[] {
  return all.filter(one => !others.some(({ topic, index }) => topic === one.topic && index === one.index))
}

function messageFor(error: unknown): string {
  const name = errorNameOf(error)
  return (name !== undefined && MESSAGES[name]) || wrongWith(error)
}

const MESSAGES: Readonly<Record<string, string>> = {
  GROUP_AUTHORIZATION_FAILED: 'this user may not be in it (GROUP_AUTHORIZATION_FAILED)',
  INCONSISTENT_GROUP_PROTOCOL:
    'its other members assign partitions in another way (INCONSISTENT_GROUP_PROTOCOL); use a group that only Visors are in',
  GROUP_MAX_SIZE_REACHED: 'it has as many members as it may have (GROUP_MAX_SIZE_REACHED)'
}
