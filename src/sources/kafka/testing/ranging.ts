import { setTimeout } from 'node:timers/promises'
import type { KnownStream, Position } from '../../../core/source.ts'
import type { RangeStream, RangeToRead } from '../../kind.ts'
import { kafkaOptions, type KafkaOptions } from '../options.ts'
import { KafkaRangeReader } from '../range-reader.ts'
import { KafkaRangeSource } from '../range-source.ts'

/** What came of a range. */
export interface Brought {
  readonly bytes: Buffer
  readonly position: Position
  readonly problem: string | undefined
}

/** Reads a range as a worker does; `wanted` bytes of it at the most, and whole lines of these. */
export async function readRange(
  options: KafkaOptions,
  range: RangeToRead,
  wanted = Infinity
): Promise<Brought> {
  const stop = new AbortController()
  // What executors get has been text.
  const sent: RangeToRead = JSON.parse(JSON.stringify(range))
  const reader = new KafkaRangeReader(options, sent, stop.signal)
  const pieces: Buffer[] = []
  const buffer = Buffer.alloc(1 << 20)
  let left = wanted
  for (let more = true; more && left > 0;) {
    more = await reader.fetch()
    for (let count = 1; count > 0 && left > 0;) {
      count = Math.min(left, reader.read(buffer))
      pieces.push(Buffer.from(buffer.subarray(0, count)))
      reader.advance(count)
      left -= count
    }
  }
  const { problem } = reader
  reader.close()
  return { bytes: Buffer.concat(pieces), position: reader.position(), problem }
}

/** A source of ranges, and the options that it was opened with. */
export function rangesOf(
  configured: object,
  known: readonly KnownStream[] = []
): { source: KafkaRangeSource; options: KafkaOptions } {
  const options = kafkaOptions.parse({ group: crypto.randomUUID(), ...configured })
  const dependencies = { name: 'web', clock: Date.now, random: Math.random }
  return { source: new KafkaRangeSource(options, known, dependencies), options }
}

/** The whole of a topic with one partition. */
export async function firstRange(configured: object): Promise<RangeToRead> {
  const { source } = rangesOf(configured)
  try {
    for await (const [stream] of source.ready(new AbortController().signal)) {
      const range = stream?.next(Infinity)
      if (range) return range
    }
  } finally {
    await source.close()
  }
  throw new Error('there is no range')
}

export interface RangingOptions {
  readonly known?: readonly KnownStream[]
  /** How many messages one range has, each time anew. */
  readonly most?: () => number
  /** How long it takes until what was read of a range is back, in milliseconds. */
  readonly reading?: number
}

/** Takes ranges as an engine does, has them read, and remembers what came and where it has come to. */
export class Ranging {
  readonly source: KafkaRangeSource
  readonly text = new Map<string, Buffer[]>()
  readonly positions = new Map<string, KnownStream>()
  /** Those whose end it was shown. */
  readonly finished = new Set<RangeStream>()
  readonly hindered: string[] = []
  /** When each came first: the numbers that lines end with. */
  readonly seen = new Map<number, number>()
  readonly #options: KafkaOptions
  readonly #most: () => number
  readonly #delay: number
  readonly #stop = new AbortController()
  readonly #ended: Promise<void>
  readonly #underWay = new Map<RangeStream, Promise<void>>()

  constructor(configured: object, { known = [], most = () => Infinity, reading = 0 }: RangingOptions = {}) {
    ;({ source: this.source, options: this.#options } = rangesOf(configured, known))
    this.#most = most
    this.#delay = reading
    this.#ended = this.#run()
  }

  get lines(): string[] {
    return [...this.text.values()].flatMap(pieces => {
      const text = Buffer.concat(pieces).toString('latin1')
      return text === '' ? [] : text.replace(/\n$/, '').split('\n')
    })
  }

  get numbers(): number[] {
    return this.lines.map(line => Number(/\d+$/.exec(line)?.[0]))
  }

  get problems(): string[] {
    return this.source.problems().map(({ name, message }) => `${name}: ${message}`)
  }

  async stop(): Promise<KnownStream[]> {
    this.#stop.abort()
    await this.#ended
    await Promise.all(this.#underWay.values())
    await this.source.close()
    return [...this.positions.values()]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #run(): Promise<void> {
    for await (const streams of this.source.ready(this.#stop.signal))
      for (const stream of streams) {
        if (stream.finished) this.finished.add(stream)
        this.#keep(stream)
        if (this.#underWay.has(stream)) continue
        const done = this.#work(stream).finally(() => this.#underWay.delete(stream))
        this.#underWay.set(stream, done)
      }
  }

  /** Reads ranges until there are none. */
  async #work(stream: RangeStream): Promise<void> {
    while (!this.#stop.signal.aborted) {
      const range = stream.next(this.#most())
      if (!range) return
      await setTimeout(this.#delay)
      const { bytes, position, problem } = await readRange(this.#options, range)
      if (problem !== undefined) {
        this.hindered.push(problem)
        await setTimeout(100)
      }
      if (stream.finished) return
      this.#add(stream, bytes)
      stream.advance(position)
      this.#keep(stream)
    }
  }

  #add({ id }: RangeStream, bytes: Buffer): void {
    this.text.set(id, [...(this.text.get(id) ?? []), bytes])
    if (bytes.length > 1 << 16) return
    const now = performance.now()
    for (const [, number] of bytes.toString('latin1').matchAll(/(\d+)\n/g))
      if (!this.seen.has(Number(number))) this.seen.set(Number(number), now)
  }

  #keep(stream: RangeStream): void {
    const { id, name } = stream
    const position = stream.position()
    this.positions.set(id, { id, name, position })
    this.source.committed(id, position)
  }
}
