import { setImmediate, setTimeout } from 'node:timers/promises'
import type { KnownStream } from '../../core/source.ts'
import type { Millis } from '../../core/time.ts'
import type { RangeSource, SourceDependencies } from '../kind.ts'
import { KafkaConsumer, type PartitionReading } from './consumer.ts'
import { LATEST } from './offsets.ts'
import type { KafkaOptions } from './options.ts'
import { RangePartition } from './range-partition.ts'

/** How long a batch waits to hear where logs end. */
const LOOK_TIME: Millis = 50

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

  /** What fetching has told may be old by now: while somebody reads, it asks seldom. */
  async look(): Promise<void> {
    const { topics, offsets } = this.context
    const byLeader = Map.groupBy(
      this.partitions().filter(({ open }) => open),
      one => topics.leaderOf(one)
    )
    const asked = Array.from(byLeader, async ([node, partitions]) => {
      const ends = await offsets.allAt(partitions, node, LATEST)
      for (const [i, end] of ends.entries()) if (end !== undefined) partitions[i]!.endsAt(end)
    })
    // What is wrong with a broker shows when it is fetched from.
    await Promise.race([Promise.allSettled(asked), setTimeout(LOOK_TIME)])
  }
}
