import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { linesOf, sinkDependencies } from '../contract.ts'
import { linesIn } from '../testing/lines.ts'
import { fileSink } from './index.ts'
import { fileSinkOptions, parseRotationLimit } from './options.ts'

const folder = mkdtempSync(join(tmpdir(), 'visor-rotation-'))
afterAll(() => rmSync(folder, { recursive: true }))

const KINDS = ['rename', 'copytruncate', 'gzip'] as const

/** A log in a folder of its own, written in batches; `files` are its lines from the oldest rotated file on. */
async function rotated(
  options: { rotate: (typeof KINDS)[number]; every: string; keep?: number },
  batches: readonly (readonly string[])[],
  before = ''
) {
  const path = join(mkdtempSync(join(folder, 'log-')), 'access.log')
  if (before !== '') writeFileSync(path, before)
  const inode = before === '' ? 0 : statSync(path).ino
  const sink = await fileSink.open(
    fileSinkOptions.parse({ path, keep: 10_000, ...options }),
    sinkDependencies()
  )
  for (const batch of batches) await sink.write(linesOf(batch))
  await sink.close()
  const ages = readdirSync(join(path, '..')).map(name => Number(/\d+/.exec(name)?.[0] ?? 0))
  const suffix = options.rotate === 'gzip' ? '.gz' : ''
  const paths = ages.sort((a, b) => b - a).map(age => (age === 0 ? path : `${path}.${age}${suffix}`))
  return { path, paths, files: paths.map(linesIn), written: sink.written, inode }
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `line ${i} ${'x'.repeat(i % 50)}`)
}

function bytes(lines: readonly string[]): number {
  return lines.join('\n').length + 1
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size))
}

describe.each(KINDS)('rotation by %s', rotate => {
  it.each([1, 7, 100, 250, 1000])('cuts at the limit of lines, in batches of %i', async size => {
    const all = numbered(1000)
    const { files, paths, written } = await rotated({ rotate, every: '100' }, chunks(all, size))
    expect(files).toEqual(chunks(all, 100))
    expect(written).toBe(1000)
    if (rotate === 'gzip') execFileSync('gzip', ['-t', ...paths.slice(0, -1)])
  })

  it.each([1, 7, 1000])('cuts at the first line end at a size or past it, in batches of %i', async size => {
    const all = numbered(1000)
    const { files } = await rotated({ rotate, every: '1KB' }, chunks(all, size))
    expect(files.flat()).toEqual(all)
    for (const lines of files.slice(0, -1)) {
      expect(bytes(lines)).toBeGreaterThanOrEqual(1000)
      expect(bytes(lines.slice(0, -1))).toBeLessThan(1000)
    }
    expect(bytes(files.at(-1) ?? [])).toBeLessThanOrEqual(1000 + 60)
  })

  it('goes by the clock, between two writes', async () => {
    const path = join(mkdtempSync(join(folder, 'log-')), 'access.log')
    let now = 0
    const sink = await fileSink.open(fileSinkOptions.parse({ path, rotate, every: '1h' }), {
      ...sinkDependencies(),
      clock: () => now
    })
    for (now of [0, 3_599_999, 3_600_000, 7_199_999]) await sink.write(linesOf([`at ${now}`]))
    await sink.close()
    expect(linesIn(rotate === 'gzip' ? `${path}.1.gz` : `${path}.1`)).toEqual(['at 0', 'at 3599999'])
    expect(linesIn(path)).toEqual(['at 3600000', 'at 7199999'])
  })

  it('keeps as many files as it is configured to', async () => {
    const all = numbered(100)
    const { files } = await rotated({ rotate, every: '10', keep: 3 }, [all])
    expect(files).toEqual(chunks(all, 10).slice(-4))
  })

  it('counts what the file has already, a half line too', async () => {
    const { files } = await rotated({ rotate, every: '4' }, [['new 1', 'new 2', 'new 3']], 'old 1\nold 2\nha')
    expect(files).toEqual([
      ['old 1', 'old 2', 'ha', 'new 1'],
      ['new 2', 'new 3']
    ])
    const bySize = await rotated({ rotate, every: '10B' }, [['new 1', 'new 2']], 'old 1\nold 2\n')
    expect(bySize.files).toEqual([
      ['old 1', 'old 2'],
      ['new 1', 'new 2']
    ])
  })

  it('has each line once and in order, whatever the batches and the limit', async () => {
    const batches = fc.array(fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 40 }), { maxLength: 12 })
    const limit = fc.oneof(
      fc.integer({ min: 1, max: 60 }).map(String),
      fc.integer({ min: 1, max: 3000 }).map(size => `${size}B`)
    )
    await fc.assert(
      fc.asyncProperty(batches, limit, async (batches, every) => {
        let line = 0
        const texts = batches.map(batch => batch.map(length => `${line++} ${'x'.repeat(length)}`))
        const { files, written, path } = await rotated({ rotate, every }, texts)
        expect(files.flat()).toEqual(texts.flat())
        expect(written).toBe(line)
        if (/^\d+$/.test(every))
          expect(files.filter(l => l.length > 0)).toEqual(chunks(texts.flat(), Number(every)))
        rmSync(join(path, '..'), { recursive: true })
      }),
      { numRuns: 50 }
    )
  })
})

it('a file that cannot be put aside is reported, and keeps its lines', async () => {
  const path = join(mkdtempSync(join(folder, 'log-')), 'access.log')
  mkdirSync(`${path}.1/in-the-way`, { recursive: true })
  const options = fileSinkOptions.parse({ path, rotate: 'rename', every: '2', keep: 1 })
  const sink = await fileSink.open(options, sinkDependencies())
  await sink.write(linesOf(['a', 'b', 'c']))
  await expect(sink.write(linesOf(['d']))).rejects.toMatchObject({
    code: 'FILE_UNWRITABLE',
    message: expect.stringMatching(/^cannot rotate .*access\.log: .*; 2 lines written$/)
  })
  await sink.close()
  expect([linesIn(path), sink.written]).toEqual([['a', 'b'], 2])
})

// Root reads what it may not.
it.skipIf(process.getuid?.() === 0)(
  'a file that cannot be compressed stays, and that is reported',
  async () => {
    const path = join(mkdtempSync(join(folder, 'log-')), 'access.log')
    const sink = await fileSink.open(
      fileSinkOptions.parse({ path, rotate: 'gzip', every: '2' }),
      sinkDependencies()
    )
    chmodSync(path, 0o200)
    await sink.write(linesOf(['a', 'b', 'c']))
    await expect(sink.close()).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: expect.stringMatching(
        /^cannot compress .*access\.log\.1: permission denied .*; 3 lines written$/
      )
    })
    for (const name of [`${path}.1`, path]) chmodSync(name, 0o600)
    expect([linesIn(`${path}.1`), linesIn(path)]).toEqual([['a', 'b'], ['c']])
  }
)

it.each([
  ['100000', { unit: 'lines', amount: 100_000 }],
  ['1b', { unit: 'bytes', amount: 1 }],
  ['512KB', { unit: 'bytes', amount: 512_000 }],
  ['10MB', { unit: 'bytes', amount: 10_000_000 }],
  ['2KiB', { unit: 'bytes', amount: 2048 }],
  ['1gib', { unit: 'bytes', amount: 1024 ** 3 }],
  ['1h', { unit: 'ms', amount: 3_600_000 }],
  ['250ms', { unit: 'ms', amount: 250 }],
  ...['', '0', '0MB', '-1', '1.5MB', '10 MB', '10iB', '5x'].map(text => [text, undefined] as const)
] as const)('reads %j as a limit', (text, limit) => expect(parseRotationLimit(text)).toEqual(limit))

it('copytruncate leaves the file the same, rename makes a new one with its permissions', async () => {
  const before = 'old\n'
  const same = await rotated({ rotate: 'copytruncate', every: '1' }, [['new']], before)
  expect(statSync(same.path).ino).toBe(same.inode)
  const other = await rotated({ rotate: 'rename', every: '1' }, [['new']], before)
  expect(statSync(other.path).ino).not.toBe(other.inode)
  expect(statSync(`${other.path}.1`).ino).toBe(other.inode)
})
