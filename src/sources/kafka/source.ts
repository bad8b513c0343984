import { setImmediate, setTimeout } from 'node:timers/promises'
import type { KnownStream } from '../../core/source.ts'
import type { Millis } from '../../core/time.ts'
import type { SourceDependencies } from '../kind.ts'
import { KafkaConsumer, type PartitionReading } from './consumer.ts'
import type { KafkaOptions } from './options.ts'
import { Partition } from './partition.ts'

/** Between two rounds of the reader where it keeps up, so that it does not do its work line by line. */
const ROUND_INTERVAL: Millis = 10
const BEHIND = 256 << 10

const FETCHING: PartitionReading<Partition> = {
  create: (id, partition) => new Partition(id, partition),
  bounds: { all: 4 << 20, partition: 1 << 20 },
  async pause(given) {
    await (given.some(({ pending }) => pending >= BEHIND) ? setImmediate() : setTimeout(ROUND_INTERVAL))
  }
}

/** Topics of Kafka: each partition is a stream for as long as it is assigned to this source. */
export class KafkaSource extends KafkaConsumer<Partition> {
  constructor(options: KafkaOptions, known: readonly KnownStream[], dependencies: SourceDependencies) {
    super(options, known, dependencies, FETCHING)
  }
}
