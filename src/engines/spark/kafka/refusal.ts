import { VisorError } from '../../../core/errors.ts'
import type { TopicPartition } from '../../../sources/kafka/assigned-partition.ts'
import type { SparkError } from '../../../spark/problem.ts'

/** What Spark says of Kafka where it reads nothing, as far as something follows from it. */
export type KafkaRefusal =
  /** The partitions that there are are others. */
  | { readonly kind: 'partitions'; readonly partitions: readonly TopicPartition[] }
  /** The log ends before what was read. */
  | { readonly kind: 'shorter'; readonly partition: TopicPartition; readonly end: number }
  /** Messages are not there any more. */
  | { readonly kind: 'removed'; readonly partition: TopicPartition }
  | { readonly kind: 'connector' }

const ASSIGNED = /Assigned: Set\((?<all>[^)]*)\)/
const SHORTER =
  /greater than the resolved end offset (?<end>\d+)\s+for topic (?<topic>\S+) partition (?<index>\d+)/
const REMOVED = /offset \[\d+, \d+\) for topic partition (?<name>\S+)/

/** @returns `undefined` for all else that can go wrong */
export function kafkaRefusalIn({ errorClass = '', detail, message }: SparkError): KafkaRefusal | undefined {
  const text = `${message}\n${detail}`
  if (/data source: kafka|DATA_SOURCE_NOT_FOUND/.test(`${errorClass} ${text}`)) return { kind: 'connector' }
  const assigned = ASSIGNED.exec(text)?.groups?.['all']
  if (assigned !== undefined)
    return { kind: 'partitions', partitions: assigned.split(', ').flatMap(partitionOf) }
  const shorter = SHORTER.exec(text)?.groups
  if (shorter) {
    const { topic = '', index, end } = shorter
    return { kind: 'shorter', partition: { topic, index: Number(index) }, end: Number(end) }
  }
  const [partition] = partitionOf(REMOVED.exec(text)?.groups?.['name'] ?? '')
  return partition && { kind: 'removed', partition }
}

export function connectorMissing(): VisorError {
  return new VisorError(
    'SPARK_PLAN',
    'the server has no Kafka connector: it is to be started with the package org.apache.spark:spark-sql-kafka-0-10_2.13 of its own version, or its jars'
  )
}

/** Kafka's own `topic-3`; none for another text. */
function partitionOf(name: string): TopicPartition[] {
  const { topic, index } = /^(?<topic>.+)-(?<index>\d+)$/.exec(name)?.groups ?? {}
  return topic === undefined ? [] : [{ topic, index: Number(index) }]
}
