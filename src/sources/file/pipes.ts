import { closeSync, constants, openSync, readSync } from 'node:fs'
import { systemCode } from '../../core/errors.ts'
import { QueueStream } from '../queue.ts'

const BLOCK_BYTES = 65_536
/** No more is taken out of a pipe before some of this is read: who writes waits. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024

/** Named pipes under the user's paths: what is written to them comes once, to whoever reads first. */
export class Pipes {
  readonly #pipes = new Map<string, Pipe>()

  get waiting(): QueueStream[] {
    return [...this.#pipes.values()].filter(pipe => pipe.waiting)
  }

  /** Takes what was written to a pipe; tells whether there was anything. Throws what the system says of one that cannot be read. */
  take(path: string): boolean {
    const pipe = this.#pipes.get(path) ?? new Pipe(path)
    this.#pipes.set(path, pipe)
    return pipe.take()
  }

  /** The path no longer leads to the pipe. */
  leave(path: string): void {
    this.#pipes.get(path)?.close()
    this.#pipes.delete(path)
  }

  close(): void {
    for (const path of this.#pipes.keys()) this.leave(path)
  }
}

class Pipe extends QueueStream {
  readonly #fd: number
  readonly #block = new Uint8Array(BLOCK_BYTES)

  constructor(path: string) {
    super(`pipe:${path}`, path)
    // Opening it waits for nobody; a pipe without a writer is at its end until one comes.
    this.#fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  }

  take(): boolean {
    const before = this.end
    while (this.pending < MAX_WAITING_BYTES) {
      const count = this.#read()
      if (count === 0) break
      this.push(this.#block.slice(0, count))
    }
    return this.end > before
  }

  close(): void {
    closeSync(this.#fd)
  }

  #read(): number {
    try {
      return readSync(this.#fd, this.#block)
    } catch (error) {
      if (systemCode(error) === 'EAGAIN') return 0
      throw error
    }
  }
}
