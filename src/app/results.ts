import { dirname } from 'node:path'
import { VisorError } from '../core/errors.ts'
import { windowRecord, type ClosedWindow } from '../live/windows.ts'
import { LogFile } from '../sinks/file/log.ts'
import { writeReason } from '../system/disk.ts'
import { makePrivate } from '../system/private.ts'

/** Keys of each metric that each closed window's record shows. */
const RECORD_KEYS = 20

/** The file that closed windows' results are appended to, a line of JSON each. What cannot be written waits until it can. */
export class Results {
  /** Why it cannot be written at the moment, for people. */
  problem: string | undefined
  readonly #path: string
  #waiting: string[] = []
  #writing: Promise<void> = Promise.resolve()

  constructor(path: string) {
    this.#path = path
    makePrivate(path)
  }

  /** Appends results, after those that wait; resolves when that was tried. */
  append(windows: readonly ClosedWindow[]): Promise<void> {
    this.#waiting.push(...windows.map(window => `${JSON.stringify(windowRecord(window, RECORD_KEYS))}\n`))
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  /** @throws VisorError FILE_UNWRITABLE where some could not be written: they are lost */
  async close(): Promise<void> {
    await this.append([])
    if (this.problem !== undefined) throw new VisorError('FILE_UNWRITABLE', this.problem)
  }

  async #write(): Promise<void> {
    if (this.#waiting.length === 0) return
    try {
      // By its name each time: it may be rotated.
      const log = await LogFile.open(this.#path, false)
      const { lines, problem } = await log.append(Buffer.from(this.#waiting.join('')), this.#waiting.length)
      await log.close()
      this.#waiting = this.#waiting.slice(lines)
      this.#met(problem)
    } catch (error) {
      this.#met(error)
    }
  }

  #met(problem: unknown): void {
    this.problem =
      problem === undefined
        ? undefined
        : `results cannot be appended to ${this.#path}, and wait: ${writeReason(problem, dirname(this.#path))}`
  }
}
