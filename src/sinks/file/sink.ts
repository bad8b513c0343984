import { dirname } from 'node:path'
import { VisorError } from '../../core/errors.ts'
import { writeReason } from '../../system/disk.ts'
import type { LineBatch, Sink } from '../../core/sink.ts'
import { countLineEnds } from '../bytes.ts'
import { counted } from '../../core/units.ts'
import type { LogFile } from './log.ts'
import type { Rotation } from './rotation.ts'

/**
 * Lines to a file. They are copied, so that the next ones can be made while a thread of the system's writes them; of
 * two buffers, one is filled while the other is on its way. `written` counts the lines that are in the file (those put
 * aside included) as bytes handed to the system: they outlive this process, but not the machine's power.
 *
 * When something fails, the file ends with a whole line, and the next `write`, or `close`, rejects with FILE_UNWRITABLE.
 */
export class FileSink implements Sink {
  readonly framed = false
  readonly name: string
  written = 0
  readonly #log: LogFile
  readonly #rotation: Rotation | undefined
  #buffers: readonly [filled: Uint8Array, onItsWay: Uint8Array] = [new Uint8Array(0), new Uint8Array(0)]
  #underWay: Promise<void> = Promise.resolve()
  #thrown = false
  #closed: Promise<void> | undefined

  constructor(name: string, log: LogFile, rotation?: Rotation) {
    this.name = name
    this.#log = log
    this.#rotation = rotation
  }

  async write({ bytes, count }: LineBatch): Promise<void> {
    const copy = this.#copy(bytes)
    try {
      await this.#underWay
    } catch (error) {
      this.#thrown = true
      throw error
    }
    this.#underWay = this.#put(copy, count)
    // The next write throws it.
    this.#underWay.catch(() => {})
  }

  /** @throws VisorError when lines that were taken could not be written, and no `write` has thrown that */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    try {
      if (!this.#thrown) await this.#underWay
    } finally {
      await Promise.resolve(this.#rotation?.settle())
        .catch((error: unknown) => this.#fail('compress', `${this.name}.1`, error))
        .finally(async () => this.#log.close())
    }
  }

  #copy(bytes: Uint8Array): Uint8Array {
    const [before, other] = this.#buffers
    const buffer = before.length >= bytes.length ? before : new Uint8Array(bytes.length)
    this.#buffers = [other, buffer]
    buffer.set(bytes)
    return buffer.subarray(0, bytes.length)
  }

  async #put(bytes: Uint8Array, count: number): Promise<void> {
    let left = count
    for (let at = 0; at < bytes.length;) {
      if (this.#rotation?.isDue(this.#log))
        await this.#rotation
          .rotate(this.#log)
          .catch((error: unknown) => this.#fail('rotate', this.name, error))
      const end = this.#rotation?.cut(this.#log, bytes, at, left) ?? bytes.length
      const piece = bytes.subarray(at, end)
      const { lines, problem } = await this.#log.append(
        piece,
        end < bytes.length ? countLineEnds(piece) : left
      )
      this.written += lines
      if (problem !== undefined) this.#fail('write', this.name, problem)
      left -= lines
      at = end
    }
  }

  #fail(what: string, path: string, cause: unknown): never {
    const message = `cannot ${what} ${path}: ${writeReason(cause, dirname(path))}; ${counted(this.written, 'line')} written`
    throw new VisorError('FILE_UNWRITABLE', message, { cause })
  }
}
