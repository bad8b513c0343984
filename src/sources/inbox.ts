import { setImmediate, setTimeout } from 'node:timers/promises'
import type { Stream } from '../core/source.ts'
import { SECOND_MS, type Clock, type Millis } from '../core/time.ts'
import { QueueStream } from './queue.ts'

/** Bytes of whole lines that all streams together hold at the most, and one of them at least and at the most. */
const BUFFER_BYTES = { all: 16 << 20, least: 64 << 10, most: 1 << 20 }

/**
 * Between two rounds of the reader where it keeps up, so that it does not do its work line by line: so many times as
 * long as a round takes, since each stream that has a line costs, but no more than a second.
 */
const MIN_ROUND_INTERVAL: Millis = 10
const MAX_ROUND_INTERVAL: Millis = SECOND_MS
const ROUND_INTERVAL_FACTOR = 4
const BEHIND = 256 << 10

/** When reading ends: what is on its way has come when nothing has in so many checks; after the most of them it never will. */
const QUIET_CHECK_INTERVAL: Millis = 25
const QUIET_CHECKS = 2
const MAX_QUIET_CHECKS = 40

/** A stream of an inbox: it knows when it is full, and calls back when there is room again. */
export class InboxStream extends QueueStream {
  /** Called when the reader is done with some bytes, and before it is handed the stream. */
  onRead: (() => void) | undefined
  onOffer: (() => void) | undefined
  /** Up to where in the stream the reader is given bytes. */
  limit = Infinity
  readonly slot: number
  /** When bytes came in last. */
  written: Millis | undefined
  readonly #inbox: Inbox
  /** The reader was not shown yet that it is finished. */
  #news = false

  constructor(id: string, name: string, slot: number, inbox: Inbox) {
    super(id, name)
    this.slot = slot
    this.#inbox = inbox
  }

  /** Half a line may be as long as lines may be; whole ones are held until the reader has had its share. */
  override get full(): boolean {
    const { share, maxLineBytes, sealed } = this.#inbox
    return sealed || this.pending >= (this.hasLine ? share : maxLineBytes + share)
  }

  /** Whether what comes from now on is read no more. */
  get sealed(): boolean {
    return this.#inbox.sealed
  }

  override get waiting(): boolean {
    return super.waiting || this.#news
  }

  override push(bytes: Uint8Array): void {
    if (this.finished) return
    super.push(bytes)
    this.written = this.#inbox.now
    this.#inbox.wake()
  }

  /** No more bytes will come. */
  finish(): void {
    if (this.finished) return
    this.finished = true
    this.#news = true
    if (this.end === 0) this.#inbox.forget(this)
    this.#inbox.wake()
  }

  override offer(): void {
    super.offer()
    this.#news = false
    this.onOffer?.()
  }

  override read(into: Uint8Array): number {
    return super.read(into.subarray(0, this.limit - this.position().offset))
  }

  override advance(bytes: number): void {
    super.advance(bytes)
    this.onRead?.()
  }
}

/** The streams of one source that others fill. */
export class Inbox {
  /** Bytes that a line may have, its end not counted. */
  readonly maxLineBytes: number
  /** Reading ends: what comes from now on is not read any more. */
  sealed = false
  readonly #name: string
  readonly #clock: Clock
  readonly #streams = new Set<InboxStream>()
  readonly #slots = new Set<number>()
  #received = 0
  #wake: (() => void) | undefined

  /** `name` is unique among all sources. */
  constructor(name: string, clock: Clock, maxLineBytes = 1 << 20) {
    this.#name = name
    this.#clock = clock
    this.maxLineBytes = maxLineBytes
  }

  /** How many streams there are, those included that are over and not read yet. */
  get size(): number {
    return this.#streams.size
  }

  get now(): Millis {
    return this.#clock()
  }

  /** Bytes of whole lines that one stream may hold. */
  get share(): number {
    return Math.min(BUFFER_BYTES.most, Math.max(BUFFER_BYTES.least, BUFFER_BYTES.all / this.size))
  }

  /** A new stream, called `name` by people. It has the id of one that is over, where there is one. */
  open(name: string): InboxStream {
    let slot = 0
    while (this.#slots.has(slot)) slot++
    const stream = new InboxStream(`${this.#name}:${slot}`, name, slot, this)
    this.#slots.add(slot)
    this.#streams.add(stream)
    return stream
  }

  /** A stream is over, and the reader was shown that, or never heard of it. */
  forget(stream: InboxStream): void {
    this.#streams.delete(stream)
    this.#slots.delete(stream.slot)
  }

  /** Something has come, or has ended. */
  wake(): void {
    this.#received++
    this.#wake?.()
  }

  /** `Source.ready`; `stop` is called when the signal aborts, and lets nothing new begin. */
  async *ready(signal: AbortSignal, stop: () => void): AsyncGenerator<readonly Stream[]> {
    signal.addEventListener('abort', () => this.wake())
    while (!signal.aborted) {
      if (!this.#isWaiting()) await this.#heard()
      else {
        const began = this.#clock()
        yield* this.#round()
        const pause = roundInterval(this.#clock() - began)
        await (this.#isBehind() ? setImmediate() : setTimeout(pause))
      }
    }
    stop()
    for (let quiet = 0, left = MAX_QUIET_CHECKS; quiet < QUIET_CHECKS && left > 0; left--) {
      const before = this.#received
      while (this.#isWaiting()) yield* this.#round()
      await setTimeout(QUIET_CHECK_INTERVAL)
      quiet = this.#received === before ? quiet + 1 : 0
    }
    this.sealed = true
    while (this.#isWaiting()) yield* this.#round()
  }

  *#round(): Generator<readonly Stream[]> {
    const waiting = [...this.#streams].filter(stream => stream.waiting)
    for (const stream of waiting) stream.offer()
    yield waiting
    for (const stream of waiting) if (stream.finished && !stream.waiting) this.forget(stream)
  }

  #isWaiting(): boolean {
    for (const stream of this.#streams) if (stream.waiting) return true
    return false
  }

  #isBehind(): boolean {
    let pending = 0
    for (const stream of this.#streams) pending += stream.pending
    return pending >= BEHIND
  }

  async #heard(): Promise<void> {
    await new Promise<void>(done => (this.#wake = done))
    this.#wake = undefined
  }
}

function roundInterval(took: Millis): Millis {
  return Math.min(MAX_ROUND_INTERVAL, Math.max(MIN_ROUND_INTERVAL, ROUND_INTERVAL_FACTOR * took))
}
