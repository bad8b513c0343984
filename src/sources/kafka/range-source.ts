import { setImmediate } from 'node:timers/promises'
import type { KnownStream } from '../../core/source.ts'
import type { RangeSource, SourceDependencies } from '../kind.ts'
import { KafkaConsumer, type PartitionReading } from './consumer.ts'
import type { KafkaOptions } from './options.ts'
import { RangePartition } from './range-partition.ts'

const WATCHING: PartitionReading<RangePartition> = {
  create: (id, partition, { cluster, topics }) =>
    new RangePartition(id, partition, () => cluster.hintFor(topics.leaderOf(partition))),
  // One batch comes all the same: a request that waits for messages tells the end of the log at once when there are any.
  bounds: { all: 1, partition: 1 },
  async pause() {
    await setImmediate()
  }
}

/**
 * Topics of Kafka of which others read the lines: a member of the group like the source that reads them here, which
 * fetches no more than it takes to hear where the logs end, and whether what is read next is still there.
 */
export class KafkaRangeSource extends KafkaConsumer<RangePartition> implements RangeSource {
  constructor(options: KafkaOptions, known: readonly KnownStream[], dependencies: SourceDependencies) {
    super(options, known, dependencies, WATCHING)
  }
}
