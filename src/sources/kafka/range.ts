import type { RangeToRead } from '../kind.ts'
import type { TopicPartition } from './assigned-partition.ts'
import type { BrokerHint } from './cluster.ts'

/** Messages of one partition, for those who read them elsewhere. */
export interface KafkaRange extends RangeToRead, TopicPartition {
  /** The broker that led it when the range was made. */
  readonly leader?: BrokerHint
  readonly [key: string]: unknown
}

/** Whether a range is one of Kafka, and was not changed on its way. */
export function isKafkaRange(range: RangeToRead): range is KafkaRange {
  return typeof range['topic'] === 'string' && typeof range['index'] === 'number'
}
