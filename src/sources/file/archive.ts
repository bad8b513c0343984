import { closeSync } from 'node:fs'
import type { Stream } from '../../core/source.ts'
import { gunzip } from '../compression.ts'
import { QueueStream } from '../queue.ts'
import { inodeOf, type Facts } from './facts.ts'
import type { FilePosition } from './position.ts'
import { toStored, type Fingerprint } from './fingerprint.ts'

/** Pieces that are unpacked at once: a few MiB of a log. */
const PIECES = 16

/** An open gzip file of which all is known to be there, with the fingerprint of its whole content. */
export interface Packed {
  readonly path: string
  readonly fd: number
  readonly facts: Facts
  readonly fingerprint: Fingerprint
}

/** What is left to read of a content whose file is gone, read from the compressed copy that rotation made of it. */
export class Archive implements Stream {
  readonly id: string
  name: string
  readonly replayable = true
  /** Whether its compressed file was found. */
  found = false
  readonly #queue: QueueStream
  /** Where reading begins here. */
  #from: FilePosition
  #length: number
  #fd: number | undefined
  #bytes: AsyncGenerator<Uint8Array> | undefined
  /** Something that the reader was not shown: the end, or a position to be stored though nothing was read. */
  #news = false

  constructor(id: string, name: string, from: FilePosition) {
    this.id = id
    this.name = name
    this.#from = from
    this.#length = from.offset
    this.#queue = new QueueStream(id, name)
  }

  /** Whether this is the file that it is read from, or was before a restart. */
  isFrom({ key }: Facts): boolean {
    return inodeOf(key) === inodeOf(this.#from.key)
  }

  get finished(): boolean {
    return this.#queue.finished
  }

  get offset(): number {
    return this.#from.offset + this.#queue.position().offset
  }

  get pending(): number {
    return this.#length - this.offset
  }

  get waiting(): boolean {
    return this.#queue.waiting || this.#news
  }

  /** Whether there is more to unpack. */
  get unpacking(): boolean {
    return this.#bytes !== undefined
  }

  /** To be called before it is handed to the reader. */
  offer(): void {
    this.#news = false
    this.#queue.offer()
  }

  read(into: Uint8Array): number {
    return this.#queue.read(into)
  }

  advance(bytes: number): void {
    this.#queue.advance(bytes)
  }

  position(): FilePosition {
    const { offset } = this
    return { ...this.#from, offset, finished: this.finished && offset === this.#length }
  }

  /** Has its position stored, so that it is known from now on. */
  announce(): void {
    this.#news = true
  }

  /** Goes on in a file that has the bytes read so far, and more. Owns it. */
  goOn({ path, fd, facts, fingerprint }: Packed): void {
    this.name = path
    this.#from = { ...this.#from, key: facts.key, ...toStored(fingerprint) }
    this.#length = fingerprint.end
    this.#fd = fd
    this.#bytes = behind(gunzip(fd), this.#from.offset)
    this.found = true
    this.#news = true
  }

  /** Unpacks more of it when the reader has nothing left to do with what is there. Throws when it cannot be read. */
  async unpack(): Promise<void> {
    for (let n = 0; n < PIECES && this.#bytes && (n > 0 || !this.#queue.waiting); n++) {
      const { done, value } = await this.#bytes.next()
      if (done) this.finish()
      else if (value.length > 0) this.#queue.push(value)
    }
  }

  /** No more will come. */
  finish(): void {
    this.close()
    this.#queue.finished = true
    this.#news = true
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    void this.#bytes?.return(undefined)
    this.#fd = undefined
    this.#bytes = undefined
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
