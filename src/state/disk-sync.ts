import { close, fdatasync, open } from 'node:fs'

/**
 * Sees to it that what was written to a file is on the disk soon, without anybody waiting for that: where much else is being
 * written, the disk may take a tenth of a second.
 */
export class DiskSync {
  readonly #path: string
  #file: Promise<number | undefined> | undefined
  #wanted = false
  #busy = false
  #closed = false

  constructor(path: string) {
    this.#path = path
  }

  /** Something was written. */
  wrote(): void {
    this.#wanted = true
    if (!this.#busy) void this.#sync()
  }

  close(): void {
    this.#closed = true
    if (!this.#busy) void this.#free()
  }

  async #sync(): Promise<void> {
    this.#busy = true
    const file = await (this.#file ??= opened(this.#path))
    while (this.#wanted && !this.#closed && file !== undefined) {
      this.#wanted = false
      await new Promise<void>(done => fdatasync(file, () => done()))
    }
    this.#busy = false
    if (this.#closed) await this.#free()
  }

  async #free(): Promise<void> {
    const file = await this.#file
    this.#file = undefined
    if (file !== undefined) close(file)
  }
}

/** A file, open to be synchronised; `undefined` where it cannot be. */
function opened(path: string): Promise<number | undefined> {
  return new Promise(done => open(path, 'r+', (error, file) => done(error ? undefined : file)))
}
