import { zstdCompressSync } from 'node:zlib'
import { NO_COUNTERS, type Position } from '../../../core/source.ts'
import type { KafkaOptions } from '../../../sources/kafka/options.ts'
import { watermarkAt } from '../../../counting/watermark.ts'
import { fetchPositionOf } from '../../../sources/kafka/fetch-position.ts'
import { isKafkaRange, type KafkaRange } from '../../../sources/kafka/range.ts'
import type { SparkRow } from '../../../spark/arrow.ts'
import { aliasOf, sqlOver, type SparkRelation } from '../../../spark/relation.ts'
import type { Segment, SegmentResult, WorkerResult, WorkerTask } from '../protocol.ts'
import { transformSql } from '../workers.ts'
import { spanRelation, type OffsetSpan } from './relation.ts'

/** About so many bytes are worth a worker of their own. */
const WORKER_BYTES = 4 << 20

/** The command that starts a worker in the mode `rows` with one more argument. */
export type RowsCommand = (told: string) => string

/**
 * A plan that has Spark read the messages of tasks and hand them to workers. Sorting is not for their order alone, which is that
 * of the log already: without it Spark's writer thread reads from Kafka, which is slow and warns of each message.
 */
export function rowsPlan(
  options: Pick<KafkaOptions, 'brokers'>,
  tasks: readonly WorkerTask[],
  command: RowsCommand
): SparkRelation {
  const alias = aliasOf('messages')
  const told = zstdCompressSync(JSON.stringify(tasks)).toString('base64')
  const bytes = rangesOf(tasks).reduce((sum, range) => sum + range.bytes, 0)
  const workers = Math.max(1, Math.min(tasks.length, Math.ceil(bytes / WORKER_BYTES)))
  const sorted = `(SELECT /*+ COALESCE(${workers}) */ topic, partition, offset, base64(value) AS value FROM ${alias}
    SORT BY topic, partition, offset)`
  const query = transformSql('topic, partition, offset, value', command(told), sorted)
  return sqlOver(query, { [alias]: spanRelation(options, rangesOf(tasks).map(spanOf)) })
}

/** Whether Spark reads a task's messages. */
export function readsRows({ segments }: WorkerTask): boolean {
  return segments.some(({ from }) => 'range' in from && from.range.rows === true)
}

/** A query for the first and last offset of each partition of some messages. */
export function lookPlan(messages: SparkRelation): SparkRelation {
  const alias = aliasOf('messages')
  const query = `SELECT topic, partition, min(offset) AS first, max(offset) AS last FROM ${alias} GROUP BY topic, partition`
  return sqlOver(query, { [alias]: messages })
}

/** A query for the first offset of one of the partitions, in the same form: no more than that is read. */
export function firstPlan(messages: SparkRelation): SparkRelation {
  const alias = aliasOf('messages')
  const query = `SELECT topic, partition, offset AS first, offset AS last FROM ${alias} LIMIT 1`
  return sqlOver(query, { [alias]: messages })
}

/** Of those tasks that nothing came of, those that have no messages: Spark starts no worker for nothing. */
export async function emptyAmong(
  options: Pick<KafkaOptions, 'brokers'>,
  tasks: readonly WorkerTask[],
  query: (relation: SparkRelation) => Promise<readonly SparkRow[]>
): Promise<WorkerTask[]> {
  if (tasks.length === 0) return []
  const found = await query(lookPlan(spanRelation(options, rangesOf(tasks).map(spanOf))))
  const names = new Set(found.map(({ topic, partition }) => `${String(topic)}/${String(partition)}`))
  return tasks.filter(task => !rangesOf([task]).some(({ topic, index }) => names.has(`${topic}/${index}`)))
}

/** What comes of a task without messages: it is behind them. */
export function emptyResult({ id, segments }: WorkerTask): WorkerResult {
  const none = { rollup: [], signals: [], evidence: [], rejected: [], events: [] }
  return { task: id, segments: segments.map(emptySegment), ...none }
}

function emptySegment({ source, stream, name, position, format, held, last, from }: Segment): SegmentResult {
  const { within: _, epoch: __, ...rest } = position
  const range = 'range' in from && isKafkaRange(from.range) ? from.range : undefined
  const behind: Position = range ? { ...rest, offset: position.offset, message: spanOf(range).to } : position
  return {
    place: { source, stream, name, finished: false, position: behind, ...(format && { format }) },
    ...(held && { held }),
    ...(last !== undefined && { last }),
    consumed: 0,
    counters: NO_COUNTERS,
    kinds: [],
    ...watermarkAt(position),
    lines: []
  }
}

function rangesOf(tasks: readonly WorkerTask[]): KafkaRange[] {
  return tasks
    .flatMap(({ segments }) => segments)
    .flatMap(({ from }) => ('range' in from && isKafkaRange(from.range) ? [from.range] : []))
}

function spanOf({ topic, index, position, messages }: KafkaRange): OffsetSpan & { readonly to: number } {
  const from = fetchPositionOf(position)?.message ?? 0
  return { topic, index, from, to: from + messages }
}
