import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileAccount } from '../position.ts'
import { Reader } from './reader.ts'
import { Writer } from './writer.ts'

/** Numbers from 0 up to `below`, always the same ones for a seed (mulberry32). */
function randomness(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

const HEADERS = ['', '#Fields: date time\n', `#Fields: ${'long '.repeat(300)}\n`]

const WEIGHTS = {
  write: 12,
  read: 12,
  rename: 2,
  copyTruncate: 2,
  regrow: 1,
  remove: 1,
  compress: 2,
  restart: 2,
  stand: 2,
  wait: 1
} as const
type Operation = keyof typeof WEIGHTS

/**
 * One random life of a log. What no reader can have is left out: bytes that were truncated or deleted before anyone
 * looked at them (so before a crash takes back what was read of them, too). Where the pattern does not match the
 * rotated files, a log is rotated in one way only.
 */
export async function live(
  seed: number,
  pattern: string,
  steps: number
): Promise<{ trace: string[]; wrong: string[] }> {
  const life = new Life(seed, pattern)
  await life.begin()
  for (let i = 0; i < steps; i++) await life.step()
  return { trace: life.trace, wrong: await life.end() }
}

class Life {
  readonly trace: Operation[] = []
  readonly #random: (below: number) => number
  readonly #folder = mkdtempSync(join(tmpdir(), 'visor-torture-'))
  readonly #header: string
  readonly #writer: Writer
  readonly #reader: Reader
  readonly #choices: Operation[]
  #down = false
  /** The reader runs, but is not let near the cores. */
  #stands = false
  /** A file was deleted, which only the running reader has still open. */
  #held = false

  constructor(seed: number, pattern: string) {
    this.#random = randomness(seed)
    this.#header = HEADERS[this.#random(HEADERS.length)] ?? ''
    this.#writer = new Writer(this.#folder, this.#header)
    this.#reader = new Reader({ paths: [join(this.#folder, pattern)] })
    const left = pattern.endsWith('*') ? '' : seed % 2 ? 'rename' : 'copyTruncate'
    const names: Operation[] = [
      'write',
      'read',
      'rename',
      'copyTruncate',
      'regrow',
      'remove',
      'compress',
      'restart',
      'stand',
      'wait'
    ]
    this.#choices = names
      .filter(name => name !== left)
      .flatMap(name => Array<Operation>(WEIGHTS[name]).fill(name))
  }

  /** Where nothing was ever stored, nobody can know which rotated and compressed files are new. */
  async begin(): Promise<void> {
    await this.#reader.drain()
  }

  async step(): Promise<void> {
    const operation = this.#choices[this.#random(this.#choices.length)] ?? 'write'
    this.trace.push(operation)
    await this[operation]()
  }

  /** Reads all that is left, and returns which lines were not read exactly once, and which files are said to lack something. */
  async end(): Promise<string[]> {
    this.#writer.close()
    if (this.#down) this.#reader.start()
    await this.#reader.outlast()
    const lacking = this.#reader.positions.flatMap(({ name, position }) => {
      const { seen, read, passed = 0, lost, waiting } = fileAccount(position) ?? {}
      const whole = lost === 0 && waiting === 0 && seen === (read ?? NaN) + passed
      return whole ? [] : [`${name}: ${JSON.stringify(fileAccount(position))}`]
    })
    this.#reader.crash()
    rmSync(this.#folder, { recursive: true })
    return [...verdictOf(this.#reader.lines, this.#writer.written, this.#header), ...lacking]
  }

  write(): void {
    const random = this.#random
    const padding = random(10) === 0 ? random(5000) : random(60)
    const choice = random(4)
    if (choice === 0) this.#writer.append(1 + random(20), padding)
    else if (choice === 1) this.#writer.append(random(3), padding)
    else if (choice === 2) this.#writer.begin(padding)
    else this.#writer.appendLate(random(4))
  }

  async read(): Promise<void> {
    if (this.#reads) for (let n = this.#random(4); n > 0; n--) await this.#reader.unpack()
    this.#readSome(() => {
      if (this.#random(8) === 0) this.write()
    })
  }

  rename(): void {
    this.#writer.rename()
  }

  copyTruncate(): void {
    this.#writer.copyTruncate(this.#meanwhile, this.#meanwhile)
  }

  async regrow(): Promise<void> {
    if (!this.#reads) return
    this.#writer.append(0)
    await this.#reader.drain()
    this.#writer.truncate()
    this.#writer.append(this.#random(200), this.#random(60))
  }

  async remove(): Promise<void> {
    if (!this.#reads) return
    await this.#reader.drain()
    this.#writer.remove()
    this.#held = true
  }

  /** As log rotation does it, with or without a delay: the server has let go of the file. */
  compress(): void {
    if (!this.#reader.hasCommitted) return
    this.#writer.closeLate()
    this.#writer.compress(1 + this.#random(2), this.#meanwhile)
  }

  stand(): void {
    this.#stands = !this.#stands
  }

  async restart(): Promise<void> {
    if (this.#held) await this.#release()
    if (this.#down) this.#reader.start()
    else this.#reader.crash()
    this.#stands = false
    this.#down = !this.#down
  }

  async wait(): Promise<void> {
    this.#reader.now += 1100
    if (!this.#reads || this.#random(2) === 0) return
    await this.#release()
    await this.#reader.outlast()
  }

  /** A reader that runs may look in the midst of a rotation, or be elsewhere. */
  readonly #meanwhile = (): void => {
    this.#reader.now += 1000
    if (this.#random(2) === 0) this.#readSome(() => {})
  }

  get #reads(): boolean {
    return !this.#down && !this.#stands
  }

  async #release(): Promise<void> {
    this.#writer.closeLate()
    await this.#reader.drain()
    this.#held = false
  }

  #readSome(between: () => void): void {
    if (!this.#reads) return
    this.#reader.now += this.#random(50)
    this.#reader.look()
    this.#reader.read(1 << (4 + this.#random(12)), between)
    if (this.#random(3) === 0) this.#reader.commit()
  }
}

function verdictOf(lines: readonly string[], written: number, header: string): string[] {
  const seen = new Map<string, number>()
  for (const line of lines) if (`${line}\n` !== header) seen.set(line, (seen.get(line) ?? 0) + 1)
  const numbers = new Map(Array.from(seen, ([line, times]) => [line.split(' ')[0], { line, times }]))
  const wrong = [...seen]
    .filter(([line]) => !/^\d+ x*\.$/.test(line))
    .map(([line]) => `torn: ${line.slice(0, 80)}`)
  for (let n = 1; n <= written; n++) {
    const times = numbers.get(String(n))?.times ?? 0
    if (times !== 1) wrong.push(`line ${n}: ${times} times`)
  }
  return wrong
}
