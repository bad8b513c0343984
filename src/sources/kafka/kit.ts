import type { KnownStream } from '../../core/source.ts'
import type { SourceDependencies } from '../kind.ts'
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
  readonly dependencies: SourceDependencies
  /** The consumer group's name. */
  readonly group: string
  readonly life: Life
  readonly troubles: Troubles
  readonly cluster: Cluster
  readonly topics: Topics
  readonly offsets: Offsets
  readonly membership: Membership
}

export function kitFor(
  options: KafkaOptions,
  known: readonly KnownStream[],
  dependencies: SourceDependencies
): Kit {
  const life = new Life(dependencies.random)
  const troubles = new Troubles(options.brokers, dependencies.clock, life)
  const cluster = new Cluster(options)
  const group = options.group ?? dependencies.group ?? 'visor'
  return {
    options,
    dependencies,
    group,
    life,
    troubles,
    cluster,
    topics: new Topics(options, cluster, troubles, life),
    offsets: new Offsets(group, cluster),
    membership: new Membership(memberIn(known), dependencies.clock, dependencies.random)
  }
}

/** The name that earlier runs were a member by. */
function memberIn(known: readonly KnownStream[]): string | undefined {
  const member = known.map(({ position }) => position['member']).findLast(one => one !== undefined)
  return typeof member === 'string' ? member : undefined
}
