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
export type KafkaContext = ReturnType<typeof createContext>

export function createContext(
  options: KafkaOptions,
  known: readonly KnownStream[],
  dependencies: SourceDependencies
) {
  const { clock, random } = dependencies
  const lifecycle = new Lifecycle(random)
  const errors = new KafkaErrors(options.brokers, clock, lifecycle)
  const cluster = new Cluster(options)
  /** The consumer group's name. */
  const group = options.group ?? dependencies.group ?? 'visor'
  return {
    options,
    dependencies,
    group,
    lifecycle,
    /** There is room to fetch, or there are other partitions. */
    work: lifecycle.event(),
    /** There is something to read. */
    news: lifecycle.event(),
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
