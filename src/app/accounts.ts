import type { SourceHealth } from '../alerts/health.ts'
import type { Config } from '../config/schema.ts'
import { wholeAccount, withSeen, type Account } from '../core/account.ts'
import { DAY_MS, type Clock, type Millis } from '../core/time.ts'
import { counted, formatCount } from '../core/units.ts'
import { ENGINE_SOURCE } from '../engines/index.ts'
import type { SourceAccount, SourcesAnswer, StreamAccount } from '../server/api-types.ts'
import { positionAccount, sourceKindOf, type SourceOptions, type StreamEnd } from '../sources/index.ts'
import type { StreamsAnswer } from '../store/questions/answers.ts'

/** Where the streams of a source end at the moment; `undefined` where nobody can say. */
export type Ends = ReadonlyMap<string, StreamEnd> | undefined

type StoredStream = Omit<StreamsAnswer['streams'][number], 'updated'>

/** How long it is an alert that something was lost. */
const RECENT: Millis = DAY_MS

/** Where the streams of a source end now; `undefined` where that cannot be found out. */
export async function endsOf(options: SourceOptions): Promise<Ends> {
  const kind = sourceKindOf(options)
  if (kind.readsStdin?.(options)) return undefined
  try {
    return await kind.ends?.(options)
  } catch {
    return undefined
  }
}

/**
 * How much of each stream of each source was read and is counted, by the positions in the store, and what there is besides,
 * by where the streams end now. Sources that nothing was read of are there too.
 */
export async function accountsOf(
  streams: readonly StoredStream[],
  sources: Config['sources'],
  ends: (options: SourceOptions) => Ends | Promise<Ends> = endsOf
): Promise<SourceAccount[]> {
  const stored = Map.groupBy(streams, ({ source }) => source)
  stored.delete(ENGINE_SOURCE)
  const names = [...new Set([...Object.keys(sources), ...stored.keys()])]
  return Promise.all(
    names.map(async name => {
      const options = sources[name]
      return sourceAccount(name, stored.get(name) ?? [], options && (await ends(options)))
    })
  )
}

function sourceAccount(name: string, stored: readonly StoredStream[], ends: Ends): SourceAccount {
  const found = Array.from(ends ?? [], ([stream, end]) => ({
    stream,
    end,
    one: currentOf(stream, end, stored)
  }))
  const endsOfStored = new Map(found.map(({ end, one }) => [one, end]))
  const streams = [
    ...stored.map(one => streamAccount(one, ends && (endsOfStored.get(one) ?? 'gone'))),
    // What is there and was never begun with.
    ...found
      .filter(({ one }) => one === undefined)
      .map(({ stream, end }) => ({ name: stream, finished: false, ...unreadStream(end) }))
  ]
  // Of a source that nobody can look at and that nothing came of nothing is known.
  if (streams.length === 0 && !ends) return { name, unit: 'bytes', read: 0, streams }
  const [unit = 'bytes'] = streams.map(one => one.unit)
  return { name, ...wholeAccount(unit, streams), streams }
}

/**
 * The stored stream that an end is of: a file by what the file is, whatever it is called; what is still read goes first. A
 * file that ends before where reading had come to was emptied since: what it has now, nobody has read.
 */
function currentOf(
  name: string,
  { key, part, end }: StreamEnd,
  stored: readonly StoredStream[]
): StoredStream | undefined {
  const same = stored.filter(one =>
    key === undefined ? one.name === name : positionAccount(one.position).key === key
  )
  const isCut = ({ position }: StoredStream): boolean =>
    key !== undefined && Number(position[part] ?? 0) > end
  const open = same.filter(({ finished }) => !finished)
  return open.length > 0 ? open.findLast(one => !isCut(one)) : same.at(-1)
}

/** `gone`: ends are known, and this is none of those that are there. */
function streamAccount(
  { name, position, finished }: StoredStream,
  end: StreamEnd | 'gone' | undefined
): StreamAccount {
  const { seen: _, waiting = 0, key: _key, ...read } = positionAccount(position)
  const known = { name, finished }
  if (finished) return { ...known, ...withSeen({ ...read, waiting }) }
  if (end === undefined) return { ...known, ...read }
  if (end === 'gone') return { ...known, moved: true, ...withSeen({ ...read, waiting }) }
  const at = Number(position[end.part] ?? 0)
  const removed = Math.max(0, (end.begin ?? 0) - at)
  const lost = read.lost === undefined ? undefined : read.lost + removed
  return {
    ...known,
    ...withSeen({
      ...read,
      ...(lost !== undefined && { lost }),
      waiting: Math.max(0, end.end - at - removed)
    })
  }
}

function unreadStream({ part, end, begin = 0 }: StreamEnd): Account {
  const unit = part === 'message' ? 'messages' : 'bytes'
  return withSeen({ unit, read: 0, passed: begin, lost: 0, waiting: end - begin })
}

/** Keeps an eye on what was read of what there is, for health rules and the page. */
export class AccountWatch {
  /** Those that are looked at. */
  sources: Config['sources']
  readonly #read: () => Promise<readonly StoredStream[]>
  readonly #clock: Clock
  /** What waits of each stream, at which place, and since when nothing of it was read. */
  readonly #standing = new Map<string, { readonly place: number; readonly since: Millis }>()
  #account: ReadonlyMap<string, SourceAccount> = new Map()
  #looking: Promise<void> | undefined

  constructor(sources: Config['sources'], read: () => Promise<readonly StoredStream[]>, clock: Clock) {
    this.sources = sources
    this.#read = read
    this.#clock = clock
  }

  /** All that is known, asked of brokers too. */
  async all(): Promise<SourcesAnswer> {
    return { sources: await accountsOf(await this.#read(), this.sources) }
  }

  /** Looks where everything stands, again where it cannot now. */
  look(): Promise<void> {
    this.#looking ??= this.#look()
      .catch(() => {})
      .finally(() => {
        this.#looking = undefined
      })
    return this.#looking
  }

  /** Looks at files alone, since brokers are asked where somebody wants to know. */
  async #look(): Promise<void> {
    const streams = await this.#read()
    const found = await accountsOf(streams, this.sources, options =>
      sourceKindOf(options).files ? endsOf(options) : undefined
    )
    const now = this.#clock()
    this.#account = new Map(found.map(one => [one.name, one]))
    const waiting = new Set<string>()
    for (const { name, streams } of found)
      for (const stream of streams)
        if (stream.waiting !== undefined && stream.waiting > 0) {
          const key = `${name}\n${stream.name}`
          const place = stream.read + (stream.passed ?? 0)
          waiting.add(key)
          if (this.#standing.get(key)?.place !== place) this.#standing.set(key, { place, since: now })
        }
    for (const key of this.#standing.keys()) if (!waiting.has(key)) this.#standing.delete(key)
  }

  /** What is known of all streams of a source together; `undefined` while nobody has looked. */
  of(name: string): Omit<SourceAccount, 'streams'> | undefined {
    const found = this.#account.get(name)
    if (!found) return undefined
    const { streams: _, ...all } = found
    return all
  }

  /** What health rules ask. */
  health(name: string): Pick<SourceHealth, 'lost' | 'unread'> {
    const found = this.#account.get(name)
    if (!found) return {}
    const now = this.#clock()
    const recent = found.streams.filter(({ lost = 0, lostAt = 0 }) => lost > 0 && lostAt > now - RECENT)
    const lost = recent.reduce((sum, stream) => sum + (stream.lost ?? 0), 0)
    const standing = found.streams.map(stream => ({
      stream,
      since: this.#standing.get(`${name}\n${stream.name}`)?.since
    }))
    const longest = standing.sort((a, b) => (a.since ?? Infinity) - (b.since ?? Infinity))[0]
    return {
      lost: { count: lost, text: recent.map(lossText).join('; ') || 'nothing is known to be lost' },
      unread: {
        for: longest?.since === undefined ? 0 : now - longest.since,
        text: longest?.since === undefined ? 'all is read' : standingText(longest.stream)
      }
    }
  }
}

function lossText({ name, lost = 0, unit, why = '' }: StreamAccount): string {
  return `${unit === 'bytes' ? counted(lost, 'byte') : counted(lost, 'message')} of ${name} are lost: ${why}`
}

function standingText({ name, waiting = 0, read }: StreamAccount): string {
  return `${counted(waiting, 'byte')} of ${name} wait behind ${formatCount(read)} that were read, and nothing was read of it for`
}
