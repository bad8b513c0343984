import type { KnownStream } from '../../core/source.ts'
import type { SourceWorld } from '../kind.ts'
import { Cluster } from './cluster.ts'
import { Life } from './life.ts'
import { Membership } from './membership.ts'
import { Offsets } from './offsets.ts'
import type { KafkaOptions } from './options.ts'
import { Topics } from './topics.ts'
import { Troubles } from './troubles.ts'

/** What all parts of a source work with. */
export interface Kit {
  readonly options: KafkaOptions
  readonly world: SourceWorld
  /** The consumer group's name. */
  readonly group: string
  readonly life: Life
  readonly troubles: Troubles
  readonly cluster: Cluster
  readonly topics: Topics
  readonly offsets: Offsets
  readonly membership: Membership
}

export function kitFor(options: KafkaOptions, known: readonly KnownStream[], world: SourceWorld): Kit {
  const life = new Life(world.random)
  const troubles = new Troubles(options.brokers, world.clock, life)
  const cluster = new Cluster(options)
  const group = options.group ?? world.group ?? 'visor'
  return {
    options,
    world,
    group,
    life,
    troubles,
    cluster,
    topics: new Topics(options, cluster, troubles, life),
    offsets: new Offsets(group, cluster),
    membership: new Membership(memberIn(known), world.clock, world.random)
  }
}

/** The name that earlier runs were a member by. */
function memberIn(known: readonly KnownStream[]): string | undefined {
  const member = known.map(({ position }) => position['member']).findLast(one => one !== undefined)
  return typeof member === 'string' ? member : undefined
}
