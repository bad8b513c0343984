import { wrongWith } from '../../kafka/problem.ts'
import type { KnownStream, Position } from '../../core/source.ts'
import type { Kit } from './kit.ts'
import type { Claims } from './member.ts'
import type { Mirror } from './mirror.ts'
import { EARLIEST, LATEST } from './offsets.ts'
import type { KafkaOptions } from './options.ts'
import { Partition, textOf, type PartitionName } from './partition.ts'
import { further, placeIn, type Place } from './place.ts'

/** How long it is waited for the store before partitions are given up all the same, in milliseconds; how often is looked. */
const STORE = { patience: 20_000, every: 10 }

/** The partitions that are this source's share, and what is known of others. */
export class Holdings implements Claims {
  readonly #kit: Kit
  readonly #mirror: Mirror
  readonly #changed: () => void
  readonly #held = new Map<string, Partition>()
  /** What the reader has to hear of: those that are held, and those that are over since. */
  readonly #streams = new Set<Partition>()
  /** Where partitions were left. */
  readonly #known: Map<string, Position>
  /** Up to which byte of each what was read is durable. */
  readonly #durable = new Map<Partition, number>()
  #opening = false

  /** `changed` is called when there is something to fetch or to read. */
  constructor(kit: Kit, mirror: Mirror, known: readonly KnownStream[], changed: () => void) {
    this.#kit = kit
    this.#mirror = mirror
    this.#changed = changed
    this.#known = new Map(known.map(({ id, position }) => [id, position]))
  }

  /** Those that are held. */
  get partitions(): readonly Partition[] {
    return [...this.#held.values()]
  }

  owned(): readonly PartitionName[] {
    return this.partitions
  }

  /** What the reader has something to do with; only what is over where it is not `certain` that the others are ours. */
  waiting(certain: boolean): Partition[] {
    return [...this.#streams].filter(({ waiting, finished }) => waiting && (certain || finished))
  }

  /** The reader has heard of them. */
  heard(partitions: readonly Partition[]): void {
    for (const partition of partitions)
      if (partition.finished && !partition.waiting) this.#streams.delete(partition)
  }

  committed(id: string, position: Position): void {
    const partition = this.#held.get(id)
    const place = placeIn(position)
    // What was read when it was ours before may be heard of late.
    if (!partition || !place || !partition.covers(place, position.offset)) return
    this.#durable.set(partition, position.offset)
    this.#mirror.note(partition, place)
  }

  assign(partitions: readonly PartitionName[]): void {
    for (const name of partitions) this.#take(name)
    void this.#open()
  }

  async giveUp(names: readonly PartitionName[]): Promise<void> {
    const { life } = this.#kit
    const given = names.flatMap(name => this.#held.get(this.#idOf(name)) ?? [])
    for (const partition of given) partition.stop()
    for (
      let left = STORE.patience;
      left > 0 && !given.every(one => this.#isDurable(one));
      left -= STORE.every
    ) {
      if (life.over) break
      await life.sleep(STORE.every)
    }
    await this.#mirror.tellForSure()
    for (const partition of given) this.#end(partition)
  }

  lose(): void {
    for (const partition of this.partitions) this.#end(partition)
  }

  /** Begins anew with partitions of topics that are others by now. */
  renew(): void {
    const { topics, troubles } = this.#kit
    const old = this.partitions.filter(({ open, topic, topicId }) => {
      const id = topics.get(topic)?.id
      return open && id !== undefined && id !== topicId
    })
    for (const partition of old) {
      troubles.tell(partition.name, 'the topic was made anew; it is read from its beginning')
      this.#end(partition)
    }
    if (old.length > 0) this.assign(old)
  }

  #idOf({ topic, index }: PartitionName): string {
    return `kafka:${this.#kit.dependencies.name}:${topic}:${index}`
  }

  #take(name: PartitionName): void {
    const partition = new Partition(this.#idOf(name), name)
    partition.onRead = this.#changed
    this.#held.set(partition.id, partition)
    this.#streams.add(partition)
  }

  #isDurable(partition: Partition): boolean {
    const read = partition.position().offset
    return (this.#durable.get(partition) ?? read) >= read
  }

  #end(partition: Partition): void {
    const { id, begun } = partition
    if (begun) this.#known.set(id, partition.position())
    else this.#streams.delete(partition)
    partition.finish()
    this.#held.delete(id)
    this.#durable.delete(partition)
    this.#mirror.forget(partition)
    this.#kit.troubles.set(partition.name, undefined)
    this.#changed()
  }

  /** Finds out where partitions begin, for as long as there are any of which that is not known. */
  async #open(): Promise<void> {
    if (this.#opening) return
    this.#opening = true
    const { life, topics, troubles } = this.#kit
    const unopened = (): Partition[] => this.partitions.filter(({ begun }) => !begun)
    for (let tries = 0; !life.over && unopened().length > 0;) {
      const error = await this.#find(unopened()).catch((error: unknown) => error)
      troubles.set('offsets', error === undefined ? undefined : wrongWith(error))
      if (error === undefined) continue
      topics.refresh()
      await life.pause(tries++)
    }
    this.#opening = false
  }

  async #find(partitions: readonly Partition[]): Promise<void> {
    const places = await this.#kit.offsets.ofGroup(partitions)
    const errors = await Promise.all(
      partitions.map(async (partition, i) =>
        this.#begin(partition, places[i]).then(
          () => undefined,
          (error: unknown) => error
        )
      )
    )
    this.#changed()
    const error = errors.find(one => one !== undefined)
    if (error !== undefined) throw error
  }

  /** The greater of what this store and the group know counts: another Visor may have gone on with it. */
  async #begin(partition: Partition, group: Place | undefined): Promise<void> {
    const topic = this.#kit.topics.get(partition.topic)
    if (!topic) throw new Error(`there is no topic ${partition.topic}`)
    const known = this.#known.get(partition.id)
    const own = known && placeIn(known)
    const anew = own?.topic !== undefined && own.topic !== topic.id
    const place =
      further(anew ? undefined : own, group) ??
      (await this.#startOf(partition, anew ? 'earliest' : this.#kit.options.start))
    if (this.#held.get(partition.id) !== partition) return
    const read = known?.offset ?? 0
    partition.begin(place, topic.id, this.#kit.membership.name, read)
    this.#durable.set(partition, read)
  }

  /** Where one begins that nobody knows. */
  async #startOf(partition: PartitionName, start: KafkaOptions['start']): Promise<Place> {
    const { offsets, topics } = this.#kit
    const node = topics.leaderOf(partition)
    const time = topics.isLater(partition) ? EARLIEST : timeOf(start)
    const message = (await offsets.at(partition, node, time)) ?? (await offsets.at(partition, node, LATEST))
    if (message === undefined) throw new Error(`${textOf(partition)} has no end`)
    return { message, within: 0, epoch: -1 }
  }
}

function timeOf(start: KafkaOptions['start']): number {
  if (start === 'earliest') return EARLIEST
  return start === 'latest' ? LATEST : Date.parse(start)
}
