import { setTimeout } from 'node:timers/promises'
import type { KnownStream, Position, Stream } from '../../../core/source.ts'
import { takeLines } from '../../contract.ts'
import { kafkaOptions } from '../options.ts'
import { KafkaSource } from '../source.ts'

export interface ReadingOptions {
  readonly known?: readonly KnownStream[]
  /** How long the store takes, in milliseconds; never when it is Infinity. */
  readonly storing?: number
  /** How many bytes are read at the most before it is another stream's turn. */
  readonly piece?: number
}

/** Reads a source as an engine does, and remembers what it has read, and where it has come to. */
export class Reading {
  readonly lines: string[] = []
  /** Where it has come to, by the ids of the streams. */
  readonly positions = new Map<string, KnownStream>()
  /** Those whose end it was shown. */
  readonly finished = new Set<Stream>()
  readonly source: KafkaSource
  readonly group: string
  readonly #storing: number
  readonly #piece: number | undefined
  readonly #stop = new AbortController()
  readonly #writes = new Set<Promise<void>>()
  readonly #ended: Promise<void>

  constructor(configured: object, { known = [], storing = 0, piece }: ReadingOptions = {}) {
    const group = crypto.randomUUID()
    const options = kafkaOptions.parse({ group, ...configured })
    const dependencies = { name: 'web', clock: Date.now, random: Math.random }
    this.source = new KafkaSource(options, known, dependencies)
    this.group = options.group ?? group
    this.#storing = storing
    this.#piece = piece
    this.#ended = this.#run()
  }

  get problems(): string[] {
    return this.source.problems().map(({ name, message }) => `${name}: ${message}`)
  }

  /** The numbers that the lines end with. */
  get numbers(): number[] {
    return this.lines.map(line => Number(/\d+$/.exec(line)?.[0]))
  }

  /** Ends reading in order. */
  async stop(): Promise<KnownStream[]> {
    this.#stop.abort()
    await this.#ended
    await Promise.all(this.#writes)
    await this.source.close()
    return [...this.positions.values()]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
  }

  async #run(): Promise<void> {
    for await (const streams of this.source.ready(this.#stop.signal))
      for (const stream of streams) if (!this.#stop.signal.aborted) this.#read(stream)
  }

  #read(stream: Stream): void {
    this.lines.push(...(this.#piece === undefined ? takeLines(stream) : takePiece(stream, this.#piece)))
    const { id, name } = stream
    const position = stream.position()
    this.positions.set(id, { id, name, position })
    if (stream.finished) this.finished.add(stream)
    if (this.#storing === Infinity) return
    const writing = this.#store(id, position).finally(() => this.#writes.delete(writing))
    this.#writes.add(writing)
  }

  async #store(id: string, position: Position): Promise<void> {
    await setTimeout(this.#storing)
    this.source.committed(id, position)
  }
}

/** The whole lines among the next bytes of a stream. */
function takePiece(stream: Stream, size: number): string[] {
  const bytes = Buffer.alloc(size)
  const text = bytes.toString('latin1', 0, stream.read(bytes))
  const whole = text.lastIndexOf('\n') + 1
  stream.advance(whole)
  return whole === 0 ? [] : text.slice(0, whole - 1).split('\n')
}

/** Waits until something is so, for 30 seconds at most; throws with what `seen` shows then. */
export async function until(met: () => boolean | Promise<boolean>, seen: () => unknown): Promise<void> {
  for (const end = Date.now() + 120_000; !(await met()); await setTimeout(10))
    if (Date.now() > end) throw new Error(`waited in vain for ${String(met)}: ${JSON.stringify(seen())}`)
}
