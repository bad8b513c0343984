import { setImmediate, setTimeout } from 'node:timers/promises'
import type { KnownStream, Position, Problem, Source, Stream } from '../../core/source.ts'
import type { SourceDependencies } from '../kind.ts'
import { Fetcher, type Eater } from './fetcher.ts'
import { Holdings } from './holdings.ts'
import { kitFor, type Kit } from './kit.ts'
import type { Bell } from './life.ts'
import { Member } from './member.ts'
import { Mirror } from './mirror.ts'
import type { KafkaOptions } from './options.ts'

/** Milliseconds between two rounds of the reader where it keeps up, so that it does not do its work line by line. */
const ROUND = 10
const BEHIND = 256 << 10
/** How often it is looked whether the partitions are ours again, in milliseconds. */
const DOUBT = 100
/** How long the brokers are heard out at the end, in milliseconds. */
const FAREWELL = 3000
/** How often they are told where this source has come to, and milliseconds between. */
const [TRIES, PAUSE] = [5, 100]

/**
 * Topics of Kafka: each partition is a stream for as long as it is this source's share among those of its group.
 *
 * Positions are kept with the lines, by the store, and told to the group about once a second, and when a partition is
 * given up. So each line counts exactly once, also where partitions change hands, but for one case: when a Visor was
 * killed or hung, and the group has given up on it, what it had stored and not told the group, at most about a second's
 * lines, is read again by those that take over.
 */
export class KafkaSource implements Source, Eater {
  readonly maxLineBytes: number
  readonly work: Bell
  readonly #kit: Kit
  readonly #news: Bell
  readonly #mirror: Mirror
  readonly #holdings: Holdings
  readonly #member: Member
  readonly #fetchers = new Map<number, Fetcher>()
  #gone = 0
  #started = false

  constructor(options: KafkaOptions, known: readonly KnownStream[], dependencies: SourceDependencies) {
    this.maxLineBytes = options.maxLineBytes
    this.#kit = kitFor(options, known, dependencies)
    this.work = this.#kit.life.bell()
    this.#news = this.#kit.life.bell()
    this.#mirror = new Mirror(this.#kit)
    this.#holdings = new Holdings(this.#kit, this.#mirror, known, () => {
      this.work.ring()
      this.#news.ring()
    })
    this.#member = new Member(this.#kit, this.#holdings)
  }

  async *ready(signal: AbortSignal): AsyncGenerator<readonly Stream[]> {
    this.#start()
    const stop = (): void => this.#news.ring()
    signal.addEventListener('abort', stop)
    while (!signal.aborted && !this.#kit.life.over) {
      const { certain } = this.#kit.membership
      const waiting = this.#holdings.waiting(certain)
      if (waiting.length === 0) await this.#news.heard(certain ? undefined : DOUBT)
      else {
        for (const partition of waiting) partition.offer()
        yield waiting
        this.#holdings.heard(waiting)
        await (waiting.some(({ pending }) => pending >= BEHIND) ? setImmediate() : setTimeout(ROUND))
      }
    }
    signal.removeEventListener('abort', stop)
  }

  /** The group is told where this source has come to, and that it leaves. */
  async close(): Promise<void> {
    const { life, cluster } = this.#kit
    life.end()
    const farewell = async (): Promise<void> => {
      // While the group is being shared out, it hears nothing.
      for (let tries = 0; tries < TRIES && !(await this.#mirror.tell()); tries++) await setTimeout(PAUSE)
      await this.#member.leave()
    }
    if (this.#started)
      await Promise.race([farewell().catch(() => {}), setTimeout(FAREWELL, undefined, { ref: false })])
    await cluster.close()
  }

  committed(stream: string, position: Position): void {
    this.#holdings.committed(stream, position)
  }

  problems(): readonly Problem[] {
    return this.#kit.troubles.all
  }

  state(): string {
    const { options, group, topics } = this.#kit
    const { partitions } = this.#holdings
    const all = topics.all.reduce((sum, { leaders }) => sum + leaders.length, 0)
    const behind = partitions.reduce((sum, partition) => sum + partition.behind, 0)
    return [
      `kafka ${options.brokers.join(',')}, group ${group}`,
      `${partitions.length} of ${count(all, 'partition')}`,
      ...(partitions.length > 0 ? [`${count(behind, 'message')} behind`] : []),
      ...(this.#gone > 0 ? [`${count(this.#gone, 'message')} removed before they were read`] : [])
    ].join(', ')
  }

  partitions() {
    return this.#holdings.partitions
  }

  came(): void {
    this.#news.ring()
  }

  gone(messages: number): void {
    this.#gone += messages
  }

  #start(): void {
    if (this.#started) return
    this.#started = true
    void this.#kit.topics.run(changed => this.#looked(changed))
    void this.#member.run()
    void this.#mirror.run()
  }

  /** The topics, and who leads their partitions, are known anew. */
  #looked(changed: boolean): void {
    for (const node of new Set(this.#kit.topics.all.flatMap(({ leaders }) => leaders))) {
      if (node < 0 || this.#fetchers.has(node)) continue
      const fetcher = new Fetcher(node, this.#kit, this)
      this.#fetchers.set(node, fetcher)
      void fetcher.run()
    }
    if (changed) {
      this.#holdings.renew()
      this.#member.topicsChanged()
    }
    this.work.ring()
  }
}

function count(value: number, what: string): string {
  return `${value.toLocaleString('en')} ${what}${value === 1 ? '' : 's'}`
}
