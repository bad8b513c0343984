import type { KnownStream } from '../../core/source.ts'
import type { SourceDependencies } from '../kind.ts'
import { Cluster } from './cluster.ts'
import { KafkaErrors } from './errors.ts'
import { Lifecycle } from './lifecycle.ts'
import { Membership } from './membership.ts'
import { Offsets } from './offsets.ts'
import type { KafkaOptions } from './options.ts'
import { Topics } from './topics.ts'

/** What all parts of a source work with. */
export interface KafkaContext {
  readonly options: KafkaOptions
  readonly dependencies: SourceDependencies
  /** The consumer group's name. */
  readonly group: string
  readonly lifecycle: Lifecycle
  readonly errors: KafkaErrors
  readonly cluster: Cluster
  readonly topics: Topics
  readonly offsets: Offsets
  readonly membership: Membership
}

export function createContext(
  options: KafkaOptions,
  known: readonly KnownStream[],
  dependencies: SourceDependencies
): KafkaContext {
  const { clock, random } = dependencies
  const lifecycle = new Lifecycle(random)
  const errors = new KafkaErrors(options.brokers, clock, lifecycle)
  const cluster = new Cluster(options)
  const group = options.group ?? dependencies.group ?? 'visor'
  return {
    options,
    dependencies,
    group,
    lifecycle,
    errors,
    cluster,
    topics: new Topics(options, cluster, errors, lifecycle),
    offsets: new Offsets(group, cluster),
    membership: new Membership(instanceIn(known), clock, random)
  }
}

/** The group instance id of earlier runs, which is kept beside their positions. */
function instanceIn(known: readonly KnownStream[]): string | undefined {
  const instance = known.map(({ position }) => position['member']).findLast(one => one !== undefined)
  return typeof instance === 'string' ? instance : undefined
}
