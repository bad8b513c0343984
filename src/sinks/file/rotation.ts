import { createReadStream, createWriteStream, existsSync, renameSync, rmSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import type { Clock, Millis } from '../../core/time.ts'
import { systemCode } from '../../core/errors.ts'
import { endOfLine, endOfLines } from '../bytes.ts'
import type { LogFile } from './log.ts'
import type { FileSinkOptions } from './options.ts'

type RotationOptions = { [Name in keyof FileSinkOptions]-?: NonNullable<FileSinkOptions[Name]> } & {
  readonly clock: Clock
}

/**
 * Puts a full log aside, as logrotate does: PATH becomes PATH.1, PATH.1 becomes PATH.2, and so on. That happens when
 * the next line comes, so no file is ever empty but the one that is written.
 */
export class Rotation {
  readonly #options: RotationOptions
  /** When the file was begun, or found. */
  #since: Millis
  #compressing: Promise<void> = Promise.resolve()

  constructor(options: RotationOptions) {
    this.#options = options
    this.#since = options.clock()
  }

  /** Whether a file that holds anything is full. */
  isDue(log: LogFile): boolean {
    return log.bytes > 0 && this.#room(log) <= 0
  }

  /** Up to where `bytes` from `at` on, which are `count` lines, belong into the file: a line end. */
  cut(log: LogFile, bytes: Uint8Array, at: number, count: number): number {
    const room = this.#room(log)
    const { unit } = this.#options.every
    if (unit === 'lines' && room < count) return endOfLines(bytes, at, room)
    if (unit === 'bytes' && room < bytes.length - at) return endOfLine(bytes, at + room - 1)
    return bytes.length
  }

  /**
   * Puts the file aside and begins the next; waits until the one before is compressed.
   * @throws the system's error
   */
  async rotate(log: LogFile): Promise<void> {
    const { path, rotate, clock } = this.#options
    await this.settle()
    this.#shift()
    if (rotate === 'copytruncate') {
      await copyFile(path, `${path}.1`)
      log.empty()
    } else {
      move(path, `${path}.1`)
      await log.renew(path)
    }
    this.#since = clock()
    if (rotate !== 'gzip') return
    this.#compressing = compress(`${path}.1`)
    // `settle` throws it.
    this.#compressing.catch(() => {})
  }

  /** Waits until nothing is being compressed; a failure is thrown once. */
  async settle(): Promise<void> {
    const compressing = this.#compressing
    this.#compressing = Promise.resolve()
    await compressing
  }

  #room({ lines, bytes }: LogFile): number {
    const { every, clock } = this.#options
    const held = { lines, bytes, ms: clock() - this.#since }
    return every.amount - held[every.unit]
  }

  /** Makes PATH.1 free: all before the first number that is free, or the last one that is kept, become a number older. */
  #shift(): void {
    const { path, keep } = this.#options
    let free = 1
    while (free < keep && SUFFIXES.some(suffix => existsSync(`${path}.${free}${suffix}`))) free++
    for (const suffix of SUFFIXES) {
      rmSync(`${path}.${free}${suffix}`, { force: true })
      for (let n = free - 1; n >= 1; n--) move(`${path}.${n}${suffix}`, `${path}.${n + 1}${suffix}`)
    }
  }
}

/** How a file that was put aside may be there: as it is, or compressed. */
const SUFFIXES = ['', '.gz']

/** Renames a file, if it is there. */
function move(from: string, to: string): void {
  try {
    renameSync(from, to)
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error
  }
}

/** Replaces a file by PATH.gz; when that fails, the file stays. */
async function compress(path: string): Promise<void> {
  const packed = `${path}.gz`
  try {
    await pipeline(createReadStream(path), createGzip(), createWriteStream(packed))
  } catch (error) {
    rmSync(packed, { force: true })
    throw error
  }
  rmSync(path)
}
