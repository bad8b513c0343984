import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

/**
 * One random life of a log. What no reader can have is left out: bytes that were truncated or deleted before anyone
 * looked at them (so before a crash takes back what was read of them, too).
 */
export function live(seed: number, pattern: string, steps: number): { trace: string[]; wrong: string[] } {
  const random = randomness(seed)
  const folder = mkdtempSync(join(tmpdir(), 'visor-torture-'))
  const header = HEADERS[random(HEADERS.length)] ?? ''
  const writer = new Writer(folder, header)
  const reader = new Reader({ paths: [join(folder, pattern)] })
  const trace: string[] = []
  // Where nothing was ever stored, nobody can know which rotated files are new.
  reader.drain()
  let down = false
  /** A file was deleted, which only the running reader has still open. */
  let held = false

  const release = (): void => {
    writer.closeLate()
    reader.drain()
    held = false
  }
  const readSome = (between = () => {}): void => {
    if (down) return
    reader.now += random(50)
    reader.look()
    reader.read(1 << (4 + random(12)), between)
    if (random(3) === 0) reader.commit()
  }
  const write = (): void => {
    const padding = random(10) === 0 ? random(5000) : random(60)
    ;[
      () => writer.append(1 + random(20), padding),
      () => writer.append(random(3), padding),
      () => writer.begin(padding),
      () => writer.appendLate(random(4))
    ][random(4)]?.()
  }
  const operations: Record<string, () => void> = {
    write,
    read: () => readSome(() => random(8) === 0 && write()),
    rename: () => writer.rename(),
    copyTruncate: () => writer.copyTruncate(readSome, readSome),
    regrow() {
      if (down) return
      writer.append(0)
      reader.drain()
      writer.truncate()
      writer.append(random(200), random(60))
    },
    remove() {
      if (down) return
      reader.drain()
      writer.remove()
      held = true
    },
    compress() {
      if (down) return
      reader.drain()
      writer.compress()
      held = true
    },
    restart() {
      if (held) release()
      if (down) reader.start()
      else reader.crash()
      down = !down
    },
    wait() {
      if (random(2) === 0) reader.now += 1100
      else if (!down) {
        release()
        reader.now += 61_000
        reader.drain()
      }
    }
  }
  const weights = {
    write: 12,
    read: 12,
    rename: 2,
    copyTruncate: 2,
    regrow: 1,
    remove: 1,
    compress: 1,
    restart: 2,
    wait: 1
  }
  const names = Object.entries(weights).flatMap(([name, weight]) =>
    Array.from({ length: weight }, () => name)
  )
  for (let i = 0; i < steps; i++) {
    const name = names[random(names.length)] ?? ''
    trace.push(name)
    operations[name]?.()
  }
  writer.close()
  if (down) reader.start()
  reader.outlast()
  reader.crash()
  rmSync(folder, { recursive: true })
  return { trace, wrong: judge(reader.lines, writer.written, header) }
}

function judge(lines: readonly string[], written: number, header: string): string[] {
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
