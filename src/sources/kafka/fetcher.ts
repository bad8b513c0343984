import type { Millis } from '../../core/time.ts'
import { wrongWith } from '../../kafka/problem.ts'
import { retryDelay } from '../../system/retry.ts'
import { errorName } from './cluster.ts'
import type { KafkaContext } from './context.ts'
import { fetchFrom, fetchProblem, lostFrom, type FetchBounds } from './fetch-request.ts'
import { batchesOf, type FetchedPartition } from './fetch-response.ts'
import type { Assignment } from './assignment.ts'
import { EARLIEST, LATEST } from './offsets.ts'
import type { AssignedPartition } from './assigned-partition.ts'

/** Bytes that a partition may hold before no more of it is fetched: its share of all, within bounds. */
const BUFFER_BYTES = { all: 16 << 20, least: 64 << 10, most: 2 << 20 }
/** How long a broker waits for messages. */
const FETCH_MAX_WAIT: Millis = 500
/** How often it is looked whether there is room again. */
const ROOM_CHECK_INTERVAL: Millis = 10

/** Fetches the messages of the partitions that one broker leads. */
export class Fetcher<P extends AssignedPartition> {
  /** So many messages were removed from their topics before they were read. */
  removed = 0
  readonly #node: number
  readonly #context: KafkaContext
  readonly #assignment: Assignment<P>
  readonly #bounds: FetchBounds
  /** Partitions that something is wrong with: how often, and until when they are left alone. */
  readonly #faulty = new WeakMap<P, { readonly tries: number; readonly until: Millis }>()
  #turn = 0

  constructor(node: number, context: KafkaContext, assignment: Assignment<P>, bounds: FetchBounds) {
    this.#node = node
    this.#context = context
    this.#assignment = assignment
    this.#bounds = bounds
  }

  async run(): Promise<void> {
    const { lifecycle, errors, topics, work } = this.#context
    const broker = `broker ${this.#node}`
    for (let tries = 0; !lifecycle.ended;) {
      const { wanted, full, faulty } = this.#wanted()
      if (wanted.length === 0) {
        errors.set(broker, undefined)
        await work.wait(full || faulty ? ROOM_CHECK_INTERVAL : undefined)
        continue
      }
      try {
        // A partition that is full now must not wait for messages of another one.
        if (full) await work.wait(ROOM_CHECK_INTERVAL)
        await this.#fetch(wanted, full ? 0 : FETCH_MAX_WAIT)
        errors.set(broker, undefined)
        tries = 0
      } catch (error) {
        errors.set(broker, wrongWith(error))
        topics.refresh()
        await lifecycle.backOff(tries++)
      }
    }
  }

  /** Those to fetch of, each of them first in its turn; and whether others are full, or left alone for a while. */
  #wanted(): { wanted: P[]; full: boolean; faulty: boolean } {
    const { topics, dependencies } = this.#context
    const all = this.#assignment.partitions
    const open = all.filter(one => one.open && topics.leaderOf(one) === this.#node)
    const { least, most } = BUFFER_BYTES
    const share = Math.min(most, Math.max(least, BUFFER_BYTES.all / all.length))
    for (const one of open) {
      const fault = one.takeFault()
      if (fault !== undefined) this.#fail(one, fault)
    }
    const now = dependencies.clock()
    const sound = open.filter(one => (this.#faulty.get(one)?.until ?? 0) <= now)
    const wanted = sound.filter(one => one.hasRoom(share, now))
    const first = this.#turn++ % Math.max(1, wanted.length)
    return {
      wanted: [...wanted.slice(first), ...wanted.slice(0, first)],
      full: wanted.length < sound.length,
      faulty: sound.length < open.length
    }
  }

  async #fetch(wanted: readonly P[], maxWait: Millis): Promise<void> {
    const connection = await this.#context.cluster.connect(this.#node, 'fetch')
    const requested = new Map(wanted.map(one => [`${one.topicId}/${one.index}`, { one, from: one.fetchAt }]))
    for (const fetched of await fetchFrom(connection, wanted, maxWait, this.#bounds)) {
      const found = requested.get(`${fetched.topic}/${fetched.index}`)
      // Where it goes on may be elsewhere by now.
      if (found?.one.open && found.one.fetchAt === found.from) await this.#take(found.one, fetched)
    }
    this.#context.news.notify()
  }

  async #take(partition: P, fetched: FetchedPartition): Promise<void> {
    if (fetched.error !== 0) {
      const error = errorName(fetched.error)
      if (error === 'OFFSET_OUT_OF_RANGE') return this.#outOfRange(partition)
      this.#fail(partition, fetchProblem(error))
      return this.#context.topics.refresh()
    }
    if (fetched.divergedAt !== undefined) return this.#diverged(partition, fetched.divergedAt)
    try {
      partition.push(batchesOf(fetched), fetched.end, this.#context.dependencies.clock())
      this.#faulty.delete(partition)
      this.#context.errors.set(partition.name, undefined)
    } catch (error) {
      this.#fail(partition, error instanceof Error ? error.message : String(error))
    }
  }

  #fail(partition: P, message: string): void {
    const { dependencies, errors } = this.#context
    const { clock, random } = dependencies
    const tries = this.#faulty.get(partition)?.tries ?? 0
    this.#faulty.set(partition, { tries: tries + 1, until: clock() + retryDelay(tries, random) })
    errors.set(partition.name, message)
  }

  /** What comes next is not there: it was removed already, or the log is shorter than it was. */
  async #outOfRange(partition: P): Promise<void> {
    const { offsets, errors } = this.#context
    const begin = (await offsets.at(partition, this.#node, EARLIEST)) ?? 0
    const end = (await offsets.at(partition, this.#node, LATEST)) ?? 0
    // What comes back may still have been read where it was.
    if (partition.busy) return
    const { fetchAt } = partition
    if (fetchAt < begin) {
      const last = begin - 1
      errors.add(partition.name, `messages ${fetchAt} to ${last} were removed before they were read`)
      this.removed += begin - fetchAt
      partition.remove(fetchAt, begin, this.#context.dependencies.clock())
    }
    if (fetchAt > end)
      errors.add(
        partition.name,
        `it ends before message ${end}, though ${fetchAt - 1} was read; goes on there`
      )
    partition.fetchFrom(Math.max(begin, Math.min(fetchAt, end)))
  }

  /** A broker has lost messages, and others have their offsets. */
  #diverged(partition: P, message: number): void {
    if (partition.busy) return
    const { fetchPosition } = partition
    if (message >= fetchPosition.message) partition.goTo({ ...fetchPosition, epoch: -1 })
    else {
      this.#context.errors.add(partition.name, lostFrom(message))
      partition.goTo({ message, within: 0, epoch: -1 })
    }
  }
}
