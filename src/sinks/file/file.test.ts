import { execFile, execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { Sink } from '../../core/sink.ts'
import { conformsToSink, linesOf, sinkDependencies } from '../contract.ts'
import { linesIn, split } from '../testing/lines.ts'
import { shell } from '../testing/shell.ts'
import { fileSink } from './index.ts'
import { fileSinkOptions } from './options.ts'
import { ReaderLeft } from '../stdout/stream.ts'

const folder = mkdtempSync(join(tmpdir(), 'visor-sink-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0

function freshPath(): string {
  return join(folder, `${files++}.log`)
}

async function open(path: string, signal?: AbortSignal): Promise<Sink> {
  return fileSink.open(fileSinkOptions.parse({ path }), sinkDependencies(signal))
}

describe('a file', () => {
  conformsToSink(async () => {
    const path = freshPath()
    return {
      open: dependencies => fileSink.open(fileSinkOptions.parse({ path }), dependencies),
      received: async () => linesIn(path)
    }
  })

  it.each([
    ['access.log', 'access.log'],
    ['file:access.log', 'access.log'],
    ['file:///var/log/access.log', '/var/log/access.log'],
    ['file:a://b', 'a://b'],
    ['./-', './-'],
    ['-', undefined],
    ['tcp://127.0.0.1:1', undefined]
  ])('takes %s as %s', (target, path) => {
    expect(fileSink.take(target)).toEqual(path === undefined ? undefined : { path })
  })

  it('is appended to', async () => {
    const path = freshPath()
    writeFileSync(path, 'old\n')
    const sink = await open(path)
    await sink.write(linesOf(['new']))
    await sink.close()
    expect([linesIn(path), sink.written]).toEqual([['old', 'new'], 1])
  })

  it('has its half line ended before the first of ours, and is left alone when there is none', async () => {
    const path = freshPath()
    writeFileSync(path, 'old\nha')
    await (await open(path)).close()
    expect(readFileSync(path, 'utf8')).toBe('old\nha')
    const sink = await open(path)
    await sink.write(linesOf(['new']))
    await sink.close()
    expect([linesIn(path), sink.written]).toEqual([['old', 'ha', 'new'], 1])
  })

  it.each([
    ['a folder that is not there', () => join(folder, 'none', 'a.log'), /none\/a\.log.*none does not exist/],
    ['a folder', () => folder, /directory \(EISDIR\)/],
    [
      'a folder that is a file',
      () => {
        const path = freshPath()
        writeFileSync(path, '')
        return join(path, 'a.log')
      },
      /not a directory/
    ]
  ])('that cannot be opened is reported: %s', async (_, path, message) => {
    const error = await open(path()).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'FILE_UNWRITABLE', message: expect.stringMatching(message) })
  })
})

describe('a disk that is full', () => {
  it.skipIf(!existsSync('/dev/full'))('is reported by the write after, or by close', async () => {
    const refused = {
      code: 'FILE_UNWRITABLE',
      message: expect.stringMatching(
        /^cannot write \/dev\/full: the disk of \/dev is full \(mount point .*\); 0 lines written$/
      )
    }
    const sink = await open('/dev/full')
    await sink.write(linesOf(['lost']))
    await expect(sink.write(linesOf(['more']))).rejects.toMatchObject(refused)
    await expect(sink.write(linesOf(['more']))).rejects.toMatchObject(refused)
    await sink.close()
    const other = await open('/dev/full')
    await other.write(linesOf(['lost']))
    await expect(other.close()).rejects.toMatchObject(refused)
    expect([sink.written, other.written]).toEqual([0, 0])
  })

  it.each([
    ['many lines at once', 100_000, 50_000],
    ['few lines at once', 20_000, 7]
  ])('leaves whole lines, which are counted: %s', async (_, lines, batch) => {
    const path = freshPath()
    const { result } = await shell(`ulimit -f 100; write "${path}" ${lines} ${batch}`)
    const arrived = linesIn(path)
    expect(readFileSync(path, 'utf8').endsWith('\n')).toBe(true)
    expect(arrived).toEqual(Array.from(arrived, (_, i) => `${i} ${'x'.repeat(i % 90)}`))
    expect(arrived.length).toBeGreaterThan(1000)
    expect(result).toEqual({
      written: arrived.length,
      name: 'VisorError',
      message: `cannot write ${path}: file too large (EFBIG); ${arrived.length.toLocaleString('en')} lines written`
    })
  })
})

describe('what is no file', () => {
  it.each(['rename', 'copytruncate', 'gzip'])('is not rotated: %s', async rotate => {
    const options = fileSinkOptions.parse({ path: '/dev/null', rotate, every: '10' })
    await expect(fileSink.open(options, sinkDependencies())).rejects.toMatchObject({
      code: 'USAGE',
      message: '/dev/null cannot be rotated: it is no regular file'
    })
  })

  it('but a device takes lines', async () => {
    const sink = await open('/dev/null')
    await sink.write(linesOf(['a', 'b']))
    await sink.close()
    expect(sink.written).toBe(2)
  })

  it('but a FIFO waits for its reader and gets all lines', async () => {
    const path = freshPath()
    execFileSync('mkfifo', [path])
    const sink = await open(path)
    const first = sink.write(linesOf(['first']))
    expect(sink.warnings?.()).toEqual([`waits for a reader of ${path}`])
    const read = new Promise<string>((done, fail) =>
      execFile('cat', [path], { maxBuffer: 1e8 }, (error, out) => (error ? fail(error) : done(out)))
    )
    await first
    const all = Array.from({ length: 50_000 }, (_, i) => `line ${i}`)
    await sink.write(linesOf(all))
    await sink.close()
    expect(split(await read)).toEqual(['first', ...all])
    expect(sink.written).toBe(50_001)
  })

  it('but a FIFO whose reader leaves ends the writing', async () => {
    const path = freshPath()
    execFileSync('mkfifo', [path])
    const sink = await open(path)
    const head = new Promise<string>(done => execFile('head', ['-n', '3', path], (_, out) => done(out)))
    const all = linesOf(Array.from({ length: 1000 }, (_, i) => `line ${i}`))
    const writing = (async () => {
      for (;;) await sink.write(all)
    })()
    await expect(writing).rejects.toThrow(ReaderLeft)
    expect(await head).toBe('line 0\nline 1\nline 2\n')
    await sink.close()
  })

  it('but a FIFO ends waiting when the signal aborts', async () => {
    const path = freshPath()
    execFileSync('mkfifo', [path])
    const abort = new AbortController()
    const sink = await open(path, abort.signal)
    const writing = sink.write(linesOf(['never']))
    abort.abort('stopped')
    await expect(writing).rejects.toBe('stopped')
    await sink.close()
    expect(sink.written).toBe(0)
  })
})
