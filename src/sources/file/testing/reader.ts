import type { KnownStream, Stream } from '../../../core/source.ts'
import { Files } from '../files.ts'
import { fileOptions } from '../options.ts'

/**
 * A reader of files without timers, for tests: it looks when a test wants it to, at a time of the test's own, keeps the
 * lines and positions that were committed, and forgets the others in a crash, as an engine with a store does.
 */
export class Reader {
  now = 1_800_000_000_000
  readonly #options
  #files: Files
  #lines: string[] = []
  #positions = new Map<string, KnownStream>()
  readonly #committed: { lines: string[]; positions: Map<string, KnownStream> } = {
    lines: [],
    positions: new Map()
  }

  constructor(options: { paths: string[]; from?: 'beginning' | 'end'; grace?: number }) {
    const { grace = 60_000, ...rest } = options
    this.#options = { ...fileOptions.parse(rest), grace }
    this.#files = this.#start()
  }

  /** All lines since the beginning, those of before a crash once. */
  get lines(): string[] {
    return [...this.#committed.lines, ...this.#lines]
  }

  get positions(): KnownStream[] {
    return [...this.#positions.values()]
  }

  /** Whether a restart knows anything of what was read. */
  get hasCommitted(): boolean {
    return this.#committed.positions.size > 0
  }

  get files(): Files {
    return this.#files
  }

  look(): void {
    this.#files.look(this.now)
  }

  /**
   * Reads once what waits, `bufferSize` bytes of each stream; `between` happens after each reading, before the
   * reader advances as far as it got. Returns whether there was anything.
   */
  read(bufferSize = 65_536, between: () => void = () => {}): boolean {
    const waiting = this.#files.waiting()
    for (const stream of waiting) {
      stream.offer()
      this.#take(stream, Buffer.alloc(bufferSize), between)
      const { id, name } = stream
      this.#positions.set(id, { id, name, position: stream.position() })
    }
    this.#files.settle()
    return waiting.length > 0
  }

  #take(stream: Stream, buffer: Buffer, between: () => void): void {
    const count = stream.read(buffer)
    const bytes = buffer.subarray(0, count)
    between()
    const whole = bytes.lastIndexOf(10) + 1
    const rest = stream.finished && count < buffer.length && whole === 0
    const taken = rest ? count : whole
    if (taken > 0) this.#lines.push(...bytes.toString('latin1', 0, taken).replace(/\n$/, '').split('\n'))
    stream.advance(taken)
    if (taken === 0 && count === buffer.length) this.#take(stream, Buffer.alloc(buffer.length * 2), between)
  }

  /** Unpacks a little of what is compressed; returns whether there is more. */
  unpack(): Promise<boolean> {
    return this.#files.unpack()
  }

  /** Looks at everything, idle files too, reads until nothing waits, and commits. */
  async drain(): Promise<void> {
    this.now += 1000
    for (let more = true; more;) {
      this.look()
      const unpacking = await this.unpack()
      more = this.read() || unpacking
    }
    this.commit()
  }

  commit(): void {
    this.#committed.lines.push(...this.#lines)
    this.#committed.positions = new Map(this.#positions)
    this.#lines = []
  }

  /** Stops without a commit; what happens before the next `start` happens while it is down. */
  crash(): void {
    this.#files.close()
    this.#lines = []
    this.#positions = new Map(this.#committed.positions)
  }

  /** Starts anew from the positions that were committed, as `changed` gives them. */
  start(changed: (known: KnownStream) => KnownStream = known => known): void {
    this.#files = this.#start(changed)
  }

  async stop(): Promise<void> {
    await this.drain()
    this.crash()
  }

  /** Lets the grace of rotated files pass, and reads what ends with it. */
  async outlast(): Promise<void> {
    await this.drain()
    this.now += this.#options.grace + 1
    await this.drain()
  }

  #start(changed: (known: KnownStream) => KnownStream = known => known): Files {
    return new Files(this.#options, this.positions.map(changed), { add() {}, take: () => new Set() })
  }
}
