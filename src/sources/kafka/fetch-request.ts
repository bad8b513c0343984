import type { Connection, fetchV13 } from '@platformatic/kafka'
import type { Millis } from '../../core/time.ts'
import type { TopicPartition } from './assigned-partition.ts'
import { fetchMessages, type FetchedPartition } from './fetch-response.ts'

/** Each request lists all partitions anew. */
const NO_SESSION = { id: 0, epoch: -1 }
/** Only what no transaction can take back any more. */
const READ_COMMITTED = 1

/** How many bytes, compressed as they are, one request asks for, and of one partition among them; at least one batch comes. */
export interface FetchBounds {
  readonly all: number
  readonly partition: number
}

/** What is fetched of a partition: from where on, and who led it when what is before was written. */
export interface WantedPartition extends Pick<TopicPartition, 'index'> {
  readonly topicId: string
  readonly fetchAt: number
  readonly fetchedEpoch: number
}

/** Asks for messages of some partitions, which the broker may wait for. Rejects with the library's errors. */
export function fetchFrom(
  connection: Connection,
  wanted: readonly WantedPartition[],
  maxWait: Millis,
  bounds: FetchBounds
): Promise<FetchedPartition[]> {
  const topics = Array.from(
    Map.groupBy(wanted, ({ topicId }) => topicId),
    ([topicId, partitions]) => ({
      topicId,
      partitions: partitions.map(one => requestOf(one, bounds.partition))
    })
  )
  const { id, epoch } = NO_SESSION
  return fetchMessages.async(connection, maxWait, 1, bounds.all, READ_COMMITTED, id, epoch, topics, [], '')
}

function requestOf(
  { index, fetchAt, fetchedEpoch }: WantedPartition,
  maxBytes: number
): fetchV13.FetchRequestPartition {
  return {
    partition: index,
    currentLeaderEpoch: -1,
    fetchOffset: BigInt(fetchAt),
    lastFetchedEpoch: fetchedEpoch,
    partitionMaxBytes: maxBytes
  }
}

/** Why a partition could not be fetched from, by the name of Kafka's error. */
export function fetchProblem(error: string): string {
  return MESSAGES[error] ?? error
}

/** What is to be said of a log that is another from a message on than it was. */
export function lostFrom(message: number): string {
  return `messages from ${message} on were lost by the brokers; others have taken their place`
}

const MESSAGES: Readonly<Record<string, string>> = {
  TOPIC_AUTHORIZATION_FAILED: 'this user may not read it (TOPIC_AUTHORIZATION_FAILED)',
  UNKNOWN_TOPIC_ID: 'the topic is gone (UNKNOWN_TOPIC_ID)',
  UNKNOWN_TOPIC_OR_PARTITION: 'the topic is gone (UNKNOWN_TOPIC_OR_PARTITION)',
  NOT_LEADER_OR_FOLLOWER: 'another broker leads it by now (NOT_LEADER_OR_FOLLOWER)'
}
