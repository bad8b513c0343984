import type { Millis } from '../../core/time.ts'
import type { InboxStream } from '../inbox.ts'
import { Refusal } from './refusal.ts'

/** Bytes that the reader takes in one step. */
const MAX_STEP_BYTES = 8_000_000

interface Waiting {
  readonly end: number
  readonly resolve: () => void
  readonly reject: (error: Refusal) => void
}

/** Hands whole bodies on to a stream, and resolves when each is durable; bounds what is in memory meanwhile. */
export class Deposits {
  readonly #stream: InboxStream
  readonly #limit: number
  /** Bodies that were handed on, in order. */
  readonly #waiting: Waiting[] = []
  readonly #freed = new Set<() => void>()
  /** Where bodies end in the stream that are not read yet. */
  #ends: number[] = []
  #held = 0

  /** `limit` in bytes. */
  constructor(stream: InboxStream, limit: number) {
    this.#stream = stream
    this.#limit = limit
    stream.onOffer = () => this.#offer()
  }

  /** Waits for room, `most` at the longest. */
  async room(most: Millis): Promise<void> {
    const late = AbortSignal.timeout(most)
    while (this.#held >= this.#limit) {
      this.#open()
      if (late.aborted) throw busy('the store cannot follow')
      await new Promise<void>(done => {
        this.#freed.add(done)
        late.addEventListener('abort', () => done(), { once: true })
      })
    }
  }

  /** So many bytes of a body have come. */
  hold(bytes: number): void {
    if (this.#held + bytes > this.#limit) throw busy('the store cannot follow')
    this.#held += bytes
  }

  /** So many bytes are held no more. */
  free(bytes: number): void {
    this.#held -= bytes
    for (const done of this.#freed) done()
    this.#freed.clear()
  }

  /** Hands a body on; resolves when it is durable. */
  async put(bytes: Uint8Array): Promise<void> {
    this.#open()
    this.#ends.push(this.#stream.end + bytes.length)
    this.#stream.push(bytes)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#waiting.push({ end: this.#stream.end, resolve, reject })
    await promise
  }

  /** What was handed on up to this offset of the stream is durable. */
  committed(offset: number): void {
    const pending = this.#waiting.findIndex(({ end }) => end > offset)
    const done = this.#waiting.splice(0, pending < 0 ? this.#waiting.length : pending)
    for (const { resolve } of done) resolve()
  }

  /** Nothing more will be durable. */
  close(): void {
    const refusal = busy('it is not certain that all lines were stored')
    for (const { reject } of this.#waiting.splice(0)) reject(refusal)
  }

  /** The reader is given whole bodies, so that it takes each of them in one step. */
  #offer(): void {
    const { offset } = this.#stream.position()
    this.#ends = this.#ends.filter(end => end > offset)
    this.#stream.limit =
      this.#ends.findLast(end => end <= offset + MAX_STEP_BYTES) ?? this.#ends[0] ?? Infinity
  }

  #open(): void {
    if (this.#stream.sealed) throw busy('it is about to stop')
  }
}

function busy(why: string): Refusal {
  return new Refusal(503, `come again: ${why}`)
}
