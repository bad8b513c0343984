import {
  closeSync,
  copyFileSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  statSync,
  writeFileSync,
  writeSync
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { numberedLine } from './numbers.ts'

const MOST_ROTATED = 30

/** A log as servers and logrotate treat it, its lines numbered. */
export class TorturedLog {
  readonly path: string
  lines = 0
  #fd: number
  /** The file that was renamed last, which the server still writes into for a while. */
  #late: number | undefined
  #rest = ''

  constructor(folder: string) {
    this.path = join(folder, 'access.log')
    this.#fd = openSync(this.path, 'a')
  }

  /** Appends lines; `cut` leaves the last one without its second half, which comes with the next. */
  append(count: number, padding: number, cut = false): void {
    let text = this.#rest
    for (let i = 0; i < count; i++) text += numberedLine(this.lines++, padding)
    const keep = cut ? Math.min(text.length, 17) : 0
    this.#rest = text.slice(text.length - keep)
    writeSync(this.#fd, text.slice(0, text.length - keep))
  }

  /** Ends a line that was cut. */
  end(): void {
    this.append(0, 0)
  }

  /** Appends to the file that was renamed last. */
  appendLate(count: number): void {
    if (this.#late === undefined) return
    let text = ''
    for (let i = 0; i < count; i++) text += numberedLine(this.lines++, 0)
    writeSync(this.#late, text)
  }

  /** As logrotate's create. */
  rename(): void {
    this.end()
    this.#shift()
    renameSync(this.path, `${this.path}.1`)
    this.#late = this.#fd
    this.#fd = openSync(this.path, 'a')
  }

  /** As logrotate's copytruncate; nothing is written meanwhile. */
  copyTruncate(): void {
    this.end()
    this.#shift()
    copyFileSync(this.path, `${this.path}.1`)
    ftruncateSync(this.#fd)
  }

  /** Emptied, and at once larger than before. */
  regrow(padding: number): void {
    const { size } = statSync(this.path)
    ftruncateSync(this.#fd)
    while (statSync(this.path).size <= size) this.append(20, padding)
  }

  /** Deleted and made again: the inode is likely the same. */
  remove(): void {
    rmSync(this.path)
    closeSync(this.#fd)
    this.#fd = openSync(this.path, 'a')
  }

  /** As logrotate's delaycompress. */
  compress(): void {
    const path = `${this.path}.2`
    if (!existsSync(path)) return
    const { atime, mtime } = statSync(path)
    writeFileSync(`${path}.gz.part`, gzipSync(readFileSync(path)))
    utimesSync(`${path}.gz.part`, atime, mtime)
    renameSync(`${path}.gz.part`, `${path}.gz`)
    rmSync(path)
  }

  close(): void {
    this.end()
    closeSync(this.#fd)
    if (this.#late !== undefined) closeSync(this.#late)
  }

  /** What was rotated before is written no more: it may be compressed next. */
  #shift(): void {
    if (this.#late !== undefined) closeSync(this.#late)
    this.#late = undefined
    for (let n = MOST_ROTATED; n >= 1; n--)
      for (const suffix of ['', '.gz'])
        if (existsSync(`${this.path}.${n}${suffix}`))
          renameSync(`${this.path}.${n}${suffix}`, `${this.path}.${n + 1}${suffix}`)
  }
}
