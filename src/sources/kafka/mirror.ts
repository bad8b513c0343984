import { saidBy, wrongWith } from '../../kafka/problem.ts'
import type { Kit } from './kit.ts'
import type { PartitionName } from './partition.ts'
import type { Place } from './place.ts'

/** How often the group is told where the store has come to, in milliseconds. */
const EVERY = 1000
/** How often it is tried to tell of partitions that are given up. */
const TRIES = 5

/** Tells the group what the store knows, a little later: for tools that show the lag, and for those that take over. */
export class Mirror {
  readonly #kit: Kit
  /** What the group does not know yet. */
  #news = new Map<PartitionName, Place>()
  #last: Promise<boolean> = Promise.resolve(true)

  constructor(kit: Kit) {
    this.#kit = kit
  }

  /** What was read of a partition up to a place is durable. */
  note(partition: PartitionName, place: Place): void {
    this.#news.set(partition, place)
  }

  /** It is not ours any more. */
  forget(partition: PartitionName): void {
    this.#news.delete(partition)
  }

  async run(): Promise<void> {
    const { life, membership } = this.#kit
    while (!life.over) {
      await life.sleep(EVERY)
      if (membership.certain && !life.over) await this.tell()
    }
  }

  /** Tells all that is new, once what is under way is told; false when that was not possible. */
  tell(): Promise<boolean> {
    this.#last = this.#last.then(async () => this.#tell())
    return this.#last
  }

  /** Tells all that is new, and tries it several times. */
  async tellForSure(): Promise<void> {
    for (let tries = 0; tries < TRIES && !(await this.tell()); tries++) await this.#kit.life.pause(tries)
  }

  async #tell(): Promise<boolean> {
    const { offsets, membership, troubles } = this.#kit
    const news = this.#news
    if (news.size === 0) return true
    this.#news = new Map()
    try {
      await offsets.commit(news, membership)
      troubles.set('commits', undefined)
      return true
    } catch (error) {
      this.#news = new Map([...news, ...this.#news])
      // The group is being shared out anew: soon, or never, it may be told.
      const passing = saidBy(error) === 'REBALANCE_IN_PROGRESS'
      troubles.set('commits', passing ? undefined : wrongWith(error))
      return false
    }
  }
}
