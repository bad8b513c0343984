import {
  closeSync,
  copyFileSync,
  existsSync,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync
} from 'node:fs'
import { join } from 'node:path'
import { pack } from './pack.ts'

/** A server that writes numbered lines into `access.log` of a folder, and its log rotation. */
export class Writer {
  readonly path: string
  written = 0
  readonly #header: string
  #fd: number
  /** Rotated files that the server still writes into. */
  #late: number[] = []
  /** Ends of lines that were begun, by descriptor. */
  readonly #begun = new Map<number, string>()

  constructor(folder: string, header = '') {
    this.path = join(folder, 'access.log')
    this.#header = header
    this.#fd = this.#create()
  }

  get hasHalves(): boolean {
    return this.#begun.size > 0
  }

  append(lines: number, padding = 0, fd = this.#fd): void {
    let text = this.#begun.get(fd) ?? ''
    this.#begun.delete(fd)
    for (let i = 0; i < lines; i++) text += `${++this.written} ${'x'.repeat(padding)}.\n`
    writeSync(fd, text)
  }

  /** Writes the first half of a line; whatever is written there next ends it. */
  begin(padding: number, fd = this.#fd): void {
    this.append(0, 0, fd)
    const line = `${++this.written} ${'x'.repeat(padding)}.\n`
    const cut = 1 + (padding % (line.length - 1))
    writeSync(fd, line.slice(0, cut))
    this.#begun.set(fd, line.slice(cut))
  }

  /** Writes into a file that was rotated away. */
  appendLate(lines: number): void {
    const fd = this.#late[0]
    if (fd !== undefined) this.append(lines, lines, fd)
  }

  /** Ends all half lines and lets go of rotated files. */
  closeLate(): void {
    this.append(0)
    for (const fd of this.#late) {
      this.append(0, 0, fd)
      closeSync(fd)
    }
    this.#late = []
  }

  rename(): void {
    this.#shift()
    renameSync(this.path, `${this.path}.1`)
    this.#replace()
  }

  remove(): void {
    rmSync(this.path)
    this.#replace()
  }

  /** Copies and truncates; `during` happens when half of the copy is made, `before` when all is. */
  copyTruncate(during: () => void, before: () => void): void {
    this.append(0)
    this.#shift()
    const content = readFileSync(this.path)
    writeFileSync(`${this.path}.1`, content.subarray(0, content.length / 2))
    during()
    this.append(0)
    copyFileSync(this.path, `${this.path}.1`)
    before()
    this.truncate()
  }

  truncate(): void {
    this.#begun.delete(this.#fd)
    truncateSync(this.path, 0)
    writeSync(this.#fd, this.#header)
  }

  /** Compresses a rotated file, the youngest is 1; `during` happens at each stage of that. */
  compress(number: number, during: () => void): void {
    const path = `${this.path}.${number}`
    if (existsSync(path)) pack(path, during)
  }

  close(): void {
    this.closeLate()
    closeSync(this.#fd)
  }

  #shift(): void {
    for (let n = 50; n >= 1; n--)
      for (const suffix of ['', '.gz']) {
        const path = `${this.path}.${n}${suffix}`
        if (existsSync(path)) renameSync(path, `${this.path}.${n + 1}${suffix}`)
      }
  }

  /** An empty file that nobody saw in its place cannot be distinguished from a copy that is just begun: it stays empty. */
  #replace(): void {
    if (fstatSync(this.#fd).size > 0) this.#late.unshift(this.#fd)
    else closeSync(this.#fd)
    this.#fd = this.#create()
  }

  #create(): number {
    const fd = openSync(this.path, 'a')
    writeSync(fd, this.#header)
    return fd
  }
}
