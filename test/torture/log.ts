import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync
} from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { brokenLine, FIELDS, numberedFields, numberedLine } from './numbers.ts'

/** What a log looks like: what each of its files begins with, and its lines. */
export interface Look {
  readonly header: string
  readonly line: (number: number, padding: number) => string
}

/** No header, one that is short, and one that alone is longer than what a file is known again by. */
export const LOOKS: readonly Look[] = [
  { header: '', line: numberedLine },
  { header: FIELDS, line: numberedFields },
  { header: `#Software: ${'torture '.repeat(200)}\n${FIELDS}`, line: numberedFields }
]

/** A log as servers and logrotate treat it, its lines numbered. */
export class TorturedLog {
  readonly path: string
  lines = 0
  broken = 0
  #rotated = 0
  readonly #look: Look
  #fd: number
  /** The file that was renamed last, which the server still writes into for a while. */
  #late: number | undefined
  #rest = ''

  constructor(folder: string, look: Look) {
    this.path = join(folder, 'access.log')
    this.#look = look
    this.#fd = this.#create()
  }

  /** Appends lines; `cut` leaves the last one without its second half, which comes with the next. */
  append(count: number, padding: number, cut = false): void {
    let text = this.#rest
    for (let i = 0; i < count; i++) text += this.#next(padding)
    const keep = cut ? Math.min(text.length, 17) : 0
    this.#rest = text.slice(text.length - keep)
    writeSync(this.#fd, text.slice(0, text.length - keep))
  }

  /** Appends a line that follows no format, and one behind it that does. */
  appendBroken(): void {
    writeSync(this.#fd, `${this.#rest}${brokenLine(this.broken++)}\n${this.#next(0)}`)
    this.#rest = ''
  }

  /** Ends a line that was cut. */
  end(): void {
    this.append(0, 0)
  }

  /** Appends to the file that was renamed last. */
  appendLate(count: number): void {
    if (this.#late === undefined) return
    writeSync(this.#late, Array.from({ length: count }, () => this.#next(0)).join(''))
  }

  /** As logrotate's create. */
  rename(): void {
    this.end()
    this.#shift()
    renameSync(this.path, `${this.path}.1`)
    // What is empty when it is rotated stays so: nobody could distinguish it from a copy that was just begun.
    if (fstatSync(this.#fd).size > 0) this.#late = this.#fd
    else closeSync(this.#fd)
    this.#fd = this.#create()
  }

  /** As logrotate's copytruncate; nothing is written meanwhile. */
  copyTruncate(): void {
    this.end()
    this.#shift()
    copyFileSync(this.path, `${this.path}.1`)
    this.#truncate()
  }

  /** Emptied, and at once larger than before. */
  regrow(padding: number): void {
    const { size } = statSync(this.path)
    this.#truncate()
    while (statSync(this.path).size <= size) this.append(20, padding)
  }

  /** Deleted and made again: the inode is likely the same. */
  remove(): void {
    rmSync(this.path)
    closeSync(this.#fd)
    this.#fd = this.#create()
  }

  /** As logrotate's delaycompress, with gzip: the compressed file grows beside the other one. Tells whether there was any. */
  compress(): boolean {
    const path = `${this.path}.2`
    if (!existsSync(path)) return false
    const { atime, mtime } = statSync(path)
    const packed = gzipSync(readFileSync(path))
    const fd = openSync(`${path}.gz`, 'w')
    for (let at = 0; at < packed.length; at += 1000) writeSync(fd, packed.subarray(at, at + 1000))
    closeSync(fd)
    utimesSync(`${path}.gz`, atime, mtime)
    rmSync(path)
    return true
  }

  close(): void {
    this.end()
    closeSync(this.#fd)
    if (this.#late !== undefined) closeSync(this.#late)
  }

  #next(padding: number): string {
    return this.#look.line(this.lines++, padding)
  }

  #create(): number {
    const fd = openSync(this.path, 'a')
    writeSync(fd, this.#look.header)
    return fd
  }

  #truncate(): void {
    ftruncateSync(this.#fd)
    writeSync(this.#fd, this.#look.header)
  }

  /** What was rotated before is written no more: it may be compressed next. None is deleted: a busy machine may read it later. */
  #shift(): void {
    if (this.#late !== undefined) closeSync(this.#late)
    this.#late = undefined
    for (let n = this.#rotated++; n >= 1; n--)
      for (const suffix of ['', '.gz'])
        if (existsSync(`${this.path}.${n}${suffix}`))
          renameSync(`${this.path}.${n}${suffix}`, `${this.path}.${n + 1}${suffix}`)
  }
}
