import { close, createReadStream, fstatSync, ftruncateSync, openSync, readSync, write } from 'node:fs'
import { promisify } from 'node:util'
import { countLineEnds, lastLineEnd } from '../bytes.ts'

const writing = promisify(write)
const closing = promisify(close)

const LINE_END = Uint8Array.of(10)

/** One open file that only whole lines are added to, and what it holds. */
export class LogFile {
  bytes = 0
  /** Those that it had before count only when it was opened as `counted`. */
  lines = 0
  #fd: number
  readonly #lent: boolean
  readonly #regular: boolean
  /** Whether its last line has no end, as a crash of who wrote it before leaves it. */
  #torn = false

  /** `lent`: the open file is somebody else's, and stays open. */
  constructor(fd: number, lent: boolean) {
    const facts = fstatSync(fd)
    this.#fd = fd
    this.#lent = lent
    this.#regular = facts.isFile()
    if (this.#regular) this.bytes = facts.size
  }

  /**
   * Opens a file for appending, a new one when there is none. `counted` reads through the lines that it has.
   * @throws the system's error
   */
  static async open(path: string, counted: boolean): Promise<LogFile> {
    const log = new LogFile(openSync(path, 'a+'), false)
    if (log.bytes === 0) return log
    log.#torn = !endsLine(log.#fd, log.bytes)
    if (!counted) return log
    for await (const chunk of createReadStream(path, { end: log.bytes - 1 }))
      log.lines += countLineEnds(chunk)
    if (log.#torn) log.lines++
    return log
  }

  /**
   * Adds lines. What a failing write has left of a line is taken back, so that the file ends with a whole one. A half
   * line that the file ended with when it was opened is ended first: who reads the file then meets one broken line,
   * the one that was broken, with none of ours glued to it. Resolves with the whole lines that it brought into the file,
   * and the problem for which these are not all.
   */
  async append(bytes: Uint8Array, count: number): Promise<{ lines: number; problem?: unknown }> {
    let at = 0
    try {
      if (this.#torn) await this.#write(LINE_END, 0)
      this.#torn = false
      while (at < bytes.length) at += await this.#write(bytes, at)
      this.lines += count
      return { lines: count }
    } catch (problem) {
      const whole = lastLineEnd(bytes, 0, at)
      const lines = countLineEnds(bytes, 0, whole)
      this.lines += lines
      this.#takeBack(at - whole)
      return { lines, problem }
    }
  }

  /** Takes out all that it holds; it stays the same file. */
  empty(): void {
    ftruncateSync(this.#fd, 0)
    this.#begin()
  }

  /** Goes on in a new file at this path, with the permissions of the one before. */
  async renew(path: string): Promise<void> {
    const before = this.#fd
    this.#fd = openSync(path, 'a+', fstatSync(before).mode & 0o777)
    this.#begin()
    await closing(before)
  }

  async close(): Promise<void> {
    if (!this.#lent) await closing(this.#fd)
  }

  #begin(): void {
    this.bytes = 0
    this.lines = 0
    this.#torn = false
  }

  async #write(bytes: Uint8Array, at: number): Promise<number> {
    const { bytesWritten } = await writing(this.#fd, bytes, at)
    this.bytes += bytesWritten
    return bytesWritten
  }

  /** Counted back from the end that it has now: somebody else may have emptied it meanwhile. */
  #takeBack(bytes: number): void {
    if (!this.#regular || bytes === 0) return
    ftruncateSync(this.#fd, Math.max(0, fstatSync(this.#fd).size - bytes))
    this.bytes -= bytes
  }
}

function endsLine(fd: number, size: number): boolean {
  const last = new Uint8Array(1)
  return readSync(fd, last, 0, 1, size - 1) === 1 && last[0] === LINE_END[0]
}
