import type { Millis } from '../../../core/time.ts'
import type { TopicPartition } from '../../../sources/kafka/assigned-partition.ts'
import type { KafkaOptions } from '../../../sources/kafka/options.ts'
import { read, type SparkRelation } from '../../../spark/relation.ts'

/** Spark's own source of Kafka: https://spark.apache.org/docs/latest/streaming/structured-streaming-kafka-integration.html */
const FORMAT = 'kafka'

/** Messages of a partition, from an offset on, up to the one before another. */
export interface OffsetSpan extends TopicPartition {
  readonly from: number
  /** What there is, when absent. */
  readonly to?: number
}

/** Exactly these messages, or all from somewhere on. Spark fails where they are not there any more. */
export function spanRelation(
  { brokers }: Pick<KafkaOptions, 'brokers'>,
  spans: readonly OffsetSpan[]
): SparkRelation {
  const open = spans.some(({ to }) => to === undefined)
  return relation(brokers, {
    assign: JSON.stringify(partitionsOf(spans)),
    startingOffsets: offsetsText(spans, ({ from }) => from),
    endingOffsets: open ? 'latest' : offsetsText(spans, ({ to = 0 }) => to)
  })
}

/** Nothing: Spark refuses it and says which partitions there are of what is to be read. */
export function partitionsRelation({
  brokers,
  topics,
  pattern
}: Pick<KafkaOptions, 'brokers' | 'topics' | 'pattern'>): SparkRelation {
  return relation(brokers, {
    ...(topics ? { subscribe: topics.join(',') } : { subscribePattern: pattern ?? '' }),
    startingOffsets: '{"none of these":{"0":0}}',
    endingOffsets: 'latest'
  })
}

/** Nothing: Spark refuses it and says where the partition ends. */
export function endRelation(
  { brokers }: Pick<KafkaOptions, 'brokers'>,
  { topic, index }: TopicPartition
): SparkRelation {
  const beyond = { topic, index, from: Number.MAX_SAFE_INTEGER }
  return relation(brokers, {
    assign: JSON.stringify(partitionsOf([beyond])),
    startingOffsets: offsetsText([beyond], ({ from }) => from),
    endingOffsets: 'latest'
  })
}

/** What was written to some partitions since a time. */
export function sinceRelation(
  { brokers }: Pick<KafkaOptions, 'brokers'>,
  partitions: readonly TopicPartition[],
  time: Millis
): SparkRelation {
  return relation(brokers, {
    assign: JSON.stringify(partitionsOf(partitions)),
    startingOffsetsByTimestamp: offsetsText(partitions, () => time),
    startingOffsetsByTimestampStrategy: 'latest',
    endingOffsets: 'latest'
  })
}

function relation(brokers: readonly string[], options: Readonly<Record<string, string>>): SparkRelation {
  return read(FORMAT, {
    options: {
      'kafka.bootstrap.servers': brokers.join(','),
      // Only what no transaction can take back any more.
      'kafka.isolation.level': 'read_committed',
      // What does not answer fails the plan before the plan's own time is up.
      'kafka.default.api.timeout.ms': '20000',
      'kafka.request.timeout.ms': '10000',
      ...options
    }
  })
}

function partitionsOf(all: readonly TopicPartition[]): Record<string, number[]> {
  const topics = Map.groupBy(all, ({ topic }) => topic)
  return Object.fromEntries(Array.from(topics, ([topic, its]) => [topic, its.map(({ index }) => index)]))
}

function offsetsText<P extends TopicPartition>(all: readonly P[], of: (one: P) => number): string {
  const topics = Map.groupBy(all, ({ topic }) => topic)
  const offsets = (its: readonly P[]) => Object.fromEntries(its.map(one => [String(one.index), of(one)]))
  return JSON.stringify(Object.fromEntries(Array.from(topics, ([topic, its]) => [topic, offsets(its)])))
}
