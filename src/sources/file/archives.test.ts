import { execFileSync, spawnSync } from 'node:child_process'
import {
  appendFileSync,
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { pack } from './testing/pack.ts'
import { Reader } from './testing/reader.ts'

const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${from + i} ${'.'.repeat((from + i) % 50)}\n`).join('')

/** A log whose lines from 0 up to `read` were read before the reader stopped. */
async function stopped(read: number): Promise<{ log: string; reader: Reader }> {
  const log = join(mkdtempSync(join(tmpdir(), 'visor-archives-')), 'access.log')
  writeFileSync(log, numbered(0, read))
  const reader = new Reader({ paths: [log] })
  await reader.stop()
  return { log, reader }
}

/** Lets a stopped reader read all there is, twice; gives what it has not read once of the lines up to `count`. */
async function wrongOf(reader: Reader, count: number): Promise<string[]> {
  for (const _ of [1, 2]) {
    reader.start()
    await reader.outlast()
    await reader.stop()
  }
  const times = new Map<string, number>()
  for (const line of reader.lines) times.set(line, (times.get(line) ?? 0) + 1)
  const lines = numbered(0, count).split('\n').slice(0, -1)
  const wrong = lines.filter(line => times.get(line) !== 1)
  return [...wrong, ...[...times.keys()].filter(line => !lines.includes(line))]
}

describe('logs that were compressed while the reader was stopped', () => {
  it.skipIf(spawnSync('gzip', ['--version']).error !== undefined)('reads what gzip made', async () => {
    const { log, reader } = await stopped(100)
    appendFileSync(log, numbered(100, 200))
    renameSync(log, `${log}.1`)
    execFileSync('gzip', [`${log}.1`])
    writeFileSync(log, numbered(200, 300))
    expect(await wrongOf(reader, 300)).toEqual([])
  })

  it('reads them all, those too that nobody saw before', async () => {
    const { log, reader } = await stopped(100)
    appendFileSync(log, numbered(100, 200))
    renameSync(log, `${log}.4`)
    pack(`${log}.4`)
    for (const [n, from] of [200, 300, 400].entries()) {
      writeFileSync(`${log}.${3 - n}`, numbered(from, from + 100))
      if (n < 2) pack(`${log}.${3 - n}`)
    }
    writeFileSync(log, numbered(500, 600))
    expect(await wrongOf(reader, 600)).toEqual([])
  })

  it('reads the compressed copy of a log that was truncated', async () => {
    const { log, reader } = await stopped(100)
    appendFileSync(log, numbered(100, 200))
    copyFileSync(log, `${log}.1`)
    truncateSync(log)
    pack(`${log}.1`)
    appendFileSync(log, numbered(200, 300))
    expect(await wrongOf(reader, 300)).toEqual([])
  })

  it('goes on in the middle of one after a crash, under whatever name it has then', async () => {
    const { log, reader } = await stopped(10)
    const before = readdirSync('/proc/self/fd').length
    appendFileSync(log, numbered(10, 60_000))
    renameSync(log, `${log}.1`)
    pack(`${log}.1`)
    for (let crash = 1; crash <= 5; crash++) {
      reader.start()
      for (let n = 0; n < 40; n++) {
        reader.look()
        await reader.unpack()
        reader.read(4096)
      }
      reader.commit()
      reader.crash()
      renameSync(`${log}.${crash}.gz`, `${log}.${crash + 1}.gz`)
    }
    expect(reader.lines.length).toBeGreaterThan(100)
    expect(reader.lines.length).toBeLessThan(60_000)
    expect(await wrongOf(reader, 60_000)).toEqual([])
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before)
  })

  it('waits for one that is still being written', async () => {
    const { log, reader } = await stopped(100)
    const packed = gzipSync(readFileSync(log) + numbered(100, 5000))
    rmSync(log)
    writeFileSync(`${log}.1.gz`, packed.subarray(0, packed.length / 2))
    reader.start()
    await reader.outlast()
    expect(reader.files.problems()).toContainEqual({
      name: `${log}.1.gz`,
      message: 'is damaged or not whole (unexpected end of file); it is read once it is whole'
    })
    expect(reader.lines.length).toBe(100)
    writeFileSync(`${log}.1.gz`, packed)
    await reader.drain()
    expect(reader.files.problems().map(({ name }) => name)).toEqual([log])
    await reader.stop()
    expect(await wrongOf(reader, 5000)).toEqual([])
  })

  it('leaves one alone whose original is still there', async () => {
    const { log, reader } = await stopped(100)
    appendFileSync(log, numbered(100, 200))
    renameSync(log, `${log}.1`)
    writeFileSync(`${log}.1.gz`, 'not looked at')
    reader.start()
    await reader.drain()
    expect(reader.files.problems().map(({ name }) => name)).toEqual([log])
    await reader.stop()
    expect(await wrongOf(reader, 200)).toEqual([])
  })

  it('reports a damaged one, and reads nothing of it', async () => {
    const { log, reader } = await stopped(100)
    const packed = gzipSync(readFileSync(log) + numbered(100, 5000))
    packed[packed.length - 6]! ^= 1
    rmSync(log)
    writeFileSync(`${log}.1.gz`, packed)
    for (const _ of [1, 2]) {
      reader.start()
      await reader.outlast()
      expect(reader.files.problems()).toContainEqual({
        name: `${log}.1.gz`,
        message: 'is damaged or not whole (incorrect data check); it is read once it is whole'
      })
      await reader.stop()
    }
    expect(await wrongOf(reader, 100)).toEqual([])
  })

  it('looks at none that is older than what is searched for', async () => {
    const log = join(mkdtempSync(join(tmpdir(), 'visor-archives-')), 'access.log')
    writeFileSync(`${log}.3.gz`, 'damaged, if anybody looked')
    utimesSync(`${log}.3.gz`, 1e9, 1e9)
    await new Promise(done => setTimeout(done, 20))
    writeFileSync(log, numbered(0, 100))
    const reader = new Reader({ paths: [log] })
    await reader.stop()
    rmSync(log)
    reader.start()
    await reader.outlast()
    expect(reader.files.problems().map(({ name }) => name)).toEqual([log])
    expect(reader.positions.map(({ position }) => position['finished'])).toEqual([true])
    reader.crash()
  })
})
