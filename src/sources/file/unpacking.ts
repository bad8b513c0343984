import { closeSync } from 'node:fs'
import { gunzip } from '../compression.ts'
import { QueueStream } from '../queue.ts'
import type { Facts } from './facts.ts'
import type { Fingerprint } from './fingerprint.ts'

/** Pieces that are unpacked at once: a few MiB of a log. */
const PIECES = 16

/** An open gzip file of which all is known to be there, with the fingerprint of its whole content. */
export interface Packed {
  readonly path: string
  readonly fd: number
  readonly facts: Facts
  readonly fingerprint: Fingerprint
}

/** The bytes of an open gzip file from some byte of its content on, unpacked as they are read. Owns the file. */
export class Unpacking {
  readonly #fd: number
  readonly #bytes: AsyncGenerator<Uint8Array>
  readonly #queue: QueueStream
  over = false

  constructor(fd: number, path: string, from: number) {
    this.#fd = fd
    this.#bytes = behind(gunzip(fd), from)
    this.#queue = new QueueStream(path, path)
  }

  get waiting(): boolean {
    return this.#queue.waiting
  }

  offer(): void {
    this.#queue.offer()
  }

  read(into: Uint8Array): number {
    return this.#queue.read(into)
  }

  advance(bytes: number): void {
    this.#queue.advance(bytes)
  }

  /** Unpacks more when the reader has nothing left to do with what is there. Throws when the file cannot be read. */
  async unpack(): Promise<void> {
    for (let n = 0; n < PIECES && !this.over && (n > 0 || !this.#queue.waiting); n++) {
      const { done, value } = await this.#bytes.next()
      if (done) this.over = this.#queue.finished = true
      else if (value.length > 0) this.#queue.push(value)
    }
  }

  close(): void {
    closeSync(this.#fd)
    void this.#bytes.return(undefined)
  }
}

/** What comes behind the first `skipped` bytes; for each piece of these, nothing. */
async function* behind(all: AsyncIterable<Uint8Array>, skipped: number): AsyncGenerator<Uint8Array> {
  let left = skipped
  for await (const bytes of all) {
    yield bytes.subarray(Math.min(left, bytes.length))
    left = Math.max(0, left - bytes.length)
  }
}
