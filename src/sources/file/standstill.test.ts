import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Account } from '../../core/account.ts'
import { fileAccount } from './position.ts'
import { pack } from './testing/pack.ts'
import { Reader } from './testing/reader.ts'

const numbered = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `${from + i} ${'.'.repeat((from + i) % 50)}\n`).join('')

/** A running reader that has read the lines from 0 up to `read`, and is not let near the cores from now on. */
async function standing(read: number, pattern = ''): Promise<{ log: string; reader: Reader }> {
  const log = join(mkdtempSync(join(tmpdir(), 'visor-standstill-')), 'access.log')
  writeFileSync(log, numbered(0, read))
  const reader = new Reader({ paths: [`${log}${pattern}`] })
  await reader.drain()
  return { log, reader }
}

const rotations = {
  copytruncate(log: string, to: string): void {
    copyFileSync(log, to)
    truncateSync(log)
  },
  create(log: string, to: string): void {
    renameSync(log, to)
    writeFileSync(log, '')
  }
}

/** What became of each content. */
function accountsIn(reader: Reader): (Account | undefined)[] {
  return reader.positions.map(({ position }) => fileAccount(position))
}

/** The lines in order of their numbers. */
function sorted(lines: readonly string[]): string {
  const numberOf = (line: string): number => Number(line.split(' ')[0])
  return lines
    .toSorted((a, b) => numberOf(a) - numberOf(b))
    .map(line => `${line}\n`)
    .join('')
}

describe.each(['copytruncate', 'create'] as const)(
  'rotated with %s while a running reader stands still',
  how => {
    it.each([
      ['its name alone', ''],
      ['its rotated files too', '*']
    ])('and compressed: reads the rest there, watching %s', async (_, pattern) => {
      const { log, reader } = await standing(2000, pattern)
      appendFileSync(log, numbered(2000, 2100))
      rotations[how](log, `${log}.1`)
      pack(`${log}.1`)
      appendFileSync(log, numbered(2100, 2150))
      await reader.outlast()
      expect(sorted(reader.lines)).toBe(numbered(0, 2150))
      reader.crash()
      reader.start()
      await reader.outlast()
      expect(sorted(reader.lines)).toBe(numbered(0, 2150))
      reader.crash()
    })

    it('twice, each time compressed under a date: reads what nobody saw too', async () => {
      const { log, reader } = await standing(100)
      appendFileSync(log, numbered(100, 200))
      rotations[how](log, `${log}-20260131-1`)
      pack(`${log}-20260131-1`)
      appendFileSync(log, numbered(200, 300))
      rotations[how](log, `${log}-20260131-2`)
      pack(`${log}-20260131-2`)
      appendFileSync(log, numbered(300, 400))
      await reader.outlast()
      expect(sorted(reader.lines)).toBe(numbered(0, 400))
      reader.crash()
    })
  }
)

it.each([30, 2000])(
  'goes on in a copy that it opened while it was made, and that has lost its name by now (%i lines)',
  async lines => {
    const { log, reader } = await standing(lines, '*')
    appendFileSync(log, numbered(lines, lines + 100))
    writeFileSync(`${log}.1`, numbered(0, lines / 2))
    reader.now += 1000
    reader.look()
    rotations.copytruncate(log, `${log}.1`)
    pack(`${log}.1`)
    appendFileSync(log, numbered(lines + 100, lines + 150))
    await reader.outlast()
    expect(sorted(reader.lines)).toBe(numbered(0, lines + 150))
    reader.crash()
  }
)

it('finds what comes to the folder only a while later', async () => {
  const { log, reader } = await standing(100)
  appendFileSync(log, numbered(100, 200))
  const elsewhere = join(mkdtempSync(join(tmpdir(), 'visor-elsewhere-')), 'copy')
  rotations.copytruncate(log, elsewhere)
  await reader.drain()
  reader.now += 30_000
  copyFileSync(elsewhere, `${log}.1`)
  pack(`${log}.1`)
  await reader.outlast()
  expect(sorted(reader.lines)).toBe(numbered(0, 200))
  reader.crash()
})

it('does not read again what it has read to its end, under another name or unpacked', async () => {
  const { log, reader } = await standing(100, '*')
  rotations.create(log, `${log}.1`)
  await reader.outlast()
  copyFileSync(`${log}.1`, `${log}.bak`)
  await reader.outlast()
  await reader.stop()
  reader.start()
  pack(`${log}.bak`)
  renameSync(`${log}.1`, `${log}.2`)
  copyFileSync(`${log}.2`, `${log}.3`)
  appendFileSync(`${log}.3`, numbered(100, 110))
  rmSync(`${log}.2`)
  await reader.outlast()
  expect(sorted(reader.lines)).toBe(numbered(0, 110))
  reader.crash()
})

describe('what is surely lost', () => {
  it('is counted and said, and remembered', async () => {
    const { log, reader } = await standing(100)
    appendFileSync(log, numbered(100, 200))
    reader.look()
    truncateSync(log)
    appendFileSync(log, numbered(200, 210))
    await reader.outlast()
    const [from, to] = [numbered(0, 100).length, numbered(0, 200).length]
    expect(sorted(reader.lines)).toBe(numbered(0, 100) + numbered(200, 210))
    expect(reader.files.problems()).toEqual([
      {
        name: log,
        past: true,
        message: `${to - from} bytes from byte ${from} on are lost: the file was emptied or deleted before they were read, and no copy has them`
      }
    ])
    expect(reader.positions.map(({ position }) => position['lost'])).toEqual([to - from, 0])
    const [cut, anew] = accountsIn(reader)
    expect(cut).toMatchObject({ seen: to, read: from, lost: to - from, waiting: 0, endUnknown: true })
    expect(anew).toMatchObject({ seen: numbered(200, 210).length, lost: 0, waiting: 0 })
    await reader.stop()
    reader.start()
    reader.look()
    expect(reader.files.problems()).toHaveLength(1)
    reader.crash()
  })

  it('is what a copy lacks of what was seen', async () => {
    const { log, reader } = await standing(100)
    appendFileSync(log, numbered(100, 150))
    copyFileSync(log, `${log}.1`)
    appendFileSync(log, numbered(150, 200))
    reader.look()
    truncateSync(log)
    await reader.outlast()
    expect(sorted(reader.lines)).toBe(numbered(0, 150))
    const { length: lost } = numbered(150, 200)
    expect(accountsIn(reader)[0]).toMatchObject({ read: numbered(0, 150).length, lost, waiting: 0 })
    reader.crash()
  })

  it('is not known of what was deleted while nobody looked', async () => {
    const { log, reader } = await standing(100)
    await reader.stop()
    rmSync(log)
    writeFileSync(log, numbered(500, 510))
    reader.start()
    await reader.outlast()
    const read = numbered(0, 100).length
    expect(accountsIn(reader)[0]).toMatchObject({ seen: read, read, lost: 0, endUnknown: true })
    expect(accountsIn(reader)[1]).not.toHaveProperty('endUnknown')
    reader.crash()
  })

  it('is nothing where all that was seen was read', async () => {
    const { log, reader } = await standing(100)
    truncateSync(log)
    await reader.outlast()
    expect(reader.files.problems()).toEqual([])
    reader.crash()
  })
})

it('accounts for what stood there before the first start, and for copies', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'visor-standstill-'))
  const log = join(folder, 'access.log')
  writeFileSync(log, numbered(0, 100))
  const reader = new Reader({ paths: [`${log}*`], from: 'end' })
  await reader.drain()
  appendFileSync(log, numbered(100, 110))
  await reader.drain()
  renameSync(log, `${log}.1`)
  await reader.outlast()
  copyFileSync(`${log}.1`, `${log}.bak`)
  await reader.outlast()
  const [all, some] = [numbered(0, 110).length, numbered(100, 110).length]
  expect(accountsIn(reader)).toMatchObject([
    { seen: all, read: some, passed: all - some, lost: 0 },
    { seen: all, read: 0, passed: all, lost: 0 }
  ])
  reader.crash()
})

it('takes a final line without a newline a minute after the last change, however often it is started', async () => {
  const { log, reader } = await standing(10)
  appendFileSync(log, 'the end')
  renameSync(log, `${log}.1`)
  await reader.drain()
  for (let seconds = 0; seconds < 60; seconds += 20) {
    expect(reader.lines).not.toContain('the end')
    await reader.stop()
    reader.now += 20_000
    reader.start()
    await reader.drain()
  }
  expect(reader.lines).toContain('the end')
  reader.crash()
})

it('says which folder is missing, and reads once it is there', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'visor-standstill-')), 'later')
  const reader = new Reader({ paths: [join(folder, '*.log')] })
  await reader.drain()
  expect(reader.files.problems()).toEqual([
    { name: join(folder, '*.log'), message: `its folder ${folder} does not exist; Visor waits for it` }
  ])
  mkdirSync(folder)
  writeFileSync(join(folder, 'a.log'), 'a\n')
  await reader.drain()
  expect(reader.files.problems()).toEqual([])
  expect(reader.lines).toEqual(['a'])
  reader.crash()
})
