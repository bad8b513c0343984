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
import { saidBy, wrongWith } from '../../kafka/problem.ts'
import type { Kit } from './kit.ts'
import type { Bell } from './life.ts'
import { SESSION } from './membership.ts'
import type { PartitionName } from './partition.ts'
import { flat, grouped, shareOut, type JoinGroupResponse } from './share.ts'

/** Milliseconds between two signs of life; and that the others wait for a member to join again. */
const HEARTBEAT = 1000
const REBALANCE = 30_000

const PROTOCOL_TYPE = 'consumer'
const PROTOCOL_VERSION = 3

/** Answers after which others may have what was this member's. */
const FENCED = ['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION', 'FENCED_INSTANCE_ID']

/** What a member does with its share of the partitions. */
export interface Claims {
  /** What it has got and not given up. */
  owned(): readonly PartitionName[]
  assign(partitions: readonly PartitionName[]): void
  /** Resolves when others may have them. */
  giveUp(partitions: readonly PartitionName[]): Promise<void>
  /** Others may have all of them already. */
  lose(): void
}

/**
 * A member of a consumer group, by Kafka's classic protocol with cooperative rebalancing: whoever has to give partitions
 * up goes on reading the others, and nobody gets one before the one that had it has said that it is done with it.
 * https://cwiki.apache.org/confluence/display/KAFKA/KIP-429
 */
export class Member {
  readonly #kit: Kit
  readonly #group: string
  readonly #claims: Claims
  readonly #bell: Bell
  /** Whether it should join again, since the topics have changed. */
  #changed = false
  /** Whether the group has shared out since it is here: who comes back gets what it had without that. */
  #settled = false

  constructor(kit: Kit, claims: Claims) {
    this.#kit = kit
    this.#group = kit.group
    this.#claims = claims
    this.#bell = kit.life.bell()
  }

  /** Other topics are to be read. */
  topicsChanged(): void {
    this.#changed = true
    this.#bell.ring()
  }

  /** Is a member for as long as the source lives. */
  async run(): Promise<void> {
    const { life, topics, membership } = this.#kit
    for (let tries = 0; !life.over;) {
      if (membership.id === '' && topics.all.length === 0) await this.#bell.heard()
      else {
        const error = await this.#beMember().catch((error: unknown) => error)
        tries = this.#minds(error) ? tries + 1 : 0
        if (tries > 0) await life.pause(tries - 1)
      }
    }
  }

  /** Says that the others need not wait for it. */
  async leave(): Promise<void> {
    const { cluster, membership } = this.#kit
    const { id, name } = membership
    if (id === '') return
    // Joining may be under way on the other connection, and wait.
    const connection = await cluster.coordinator(this.#group, 'ask')
    await leaveGroupV4.api.async(connection, this.#group, [{ memberId: id, groupInstanceId: name }])
  }

  /** Whether an error is one that a pause may help against. */
  #minds(error: unknown): boolean {
    const said = saidBy(error)
    if (said !== undefined && FENCED.includes(said)) {
      this.#claims.lose()
      if (said === 'UNKNOWN_MEMBER_ID') this.#kit.membership.id = ''
      if (said === 'FENCED_INSTANCE_ID') this.#kit.membership.rename()
      return false
    }
    const harmless = error === undefined || said === 'REBALANCE_IN_PROGRESS'
    this.#tell(harmless ? undefined : wordsFor(error))
    return !harmless
  }

  #tell(message: string | undefined): void {
    this.#kit.troubles.set(`group ${this.#group}`, message)
  }

  /** Joins, takes its share, and keeps it until the group shares out anew. */
  async #beMember(): Promise<void> {
    const { cluster, membership } = this.#kit
    const connection = await cluster.coordinator(this.#group, 'join')
    this.#changed = false
    const share = await this.#share(connection, await this.#join(connection))
    membership.confirm()
    this.#tell(undefined)
    const owned = this.#claims.owned()
    const surplus = without(owned, share)
    if (surplus.length > 0) await this.#beatWhile(connection, this.#claims.giveUp(surplus))
    this.#claims.assign(without(share, owned))
    if (!this.#settled) this.#changed = true
    this.#settled = true
    // The others get what was given up when it joins again.
    if (surplus.length === 0) await this.#beat(connection)
  }

  async #share(connection: Connection, joined: JoinGroupResponse): Promise<PartitionName[]> {
    const { generationId, leader, memberId, protocolName } = joined
    const shares = leader === memberId ? await shareOut(joined, this.#kit.cluster) : []
    const { assignment } = await syncGroupV5.api.async(
      connection,
      this.#group,
      generationId,
      memberId,
      this.#kit.membership.name,
      PROTOCOL_TYPE,
      protocolName,
      shares
    )
    return flat(decodeConsumerProtocolAssignment(assignment).assignedPartitions)
  }

  async #join(connection: Connection): Promise<JoinGroupResponse> {
    const { membership, topics } = this.#kit
    const owned = grouped(this.#claims.owned())
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
      SESSION,
      REBALANCE,
      membership.id,
      membership.name,
      PROTOCOL_TYPE,
      [{ name: COOPERATIVE_STICKY_ASSIGNOR, metadata }]
    )
    membership.id = joined.memberId
    membership.generation = joined.generationId
    return joined
  }

  /** Keeps its share until the group, or this member, wants to share out anew. */
  async #beat(connection: Connection): Promise<void> {
    while (!this.#kit.life.over && !this.#changed) {
      await this.#heartbeat(connection)
      if (!this.#changed) await this.#bell.heard(HEARTBEAT)
    }
  }

  /** Says that it is alive for as long as something takes; that the group wants to share out anew has to wait. */
  async #beatWhile(connection: Connection, task: Promise<void>): Promise<void> {
    let done = false
    const ended = task.finally(() => {
      done = true
      this.#bell.ring()
    })
    while (!done && !this.#kit.life.over) {
      await this.#heartbeat(connection).catch((error: unknown) => {
        if (saidBy(error) !== 'REBALANCE_IN_PROGRESS') throw error
      })
      if (!done) await this.#bell.heard(HEARTBEAT)
    }
    await ended
  }

  async #heartbeat(connection: Connection): Promise<void> {
    const { membership } = this.#kit
    await heartbeatV4.api.async(
      connection,
      this.#group,
      membership.generation,
      membership.id,
      membership.name
    )
    membership.confirm()
  }
}

/** Those of `all` that are not among `others`. */
function without(all: readonly PartitionName[], others: readonly PartitionName[]): PartitionName[] {
  return all.filter(one => !others.some(({ topic, index }) => topic === one.topic && index === one.index))
}

function wordsFor(error: unknown): string {
  const said = saidBy(error)
  return (said !== undefined && WORDS[said]) || wrongWith(error)
}

const WORDS: Readonly<Record<string, string>> = {
  GROUP_AUTHORIZATION_FAILED: 'this user may not be in it (GROUP_AUTHORIZATION_FAILED)',
  INCONSISTENT_GROUP_PROTOCOL:
    'others share the partitions out in another way (INCONSISTENT_GROUP_PROTOCOL); it takes a group that only Visors are in',
  GROUP_MAX_SIZE_REACHED: 'it has as many members as it may have (GROUP_MAX_SIZE_REACHED)'
}
