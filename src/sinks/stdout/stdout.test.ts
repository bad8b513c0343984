import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import { conformsToSink, linesOf, sinkDependencies } from '../contract.ts'
import { linesIn, split } from '../testing/lines.ts'
import { shell } from '../testing/shell.ts'
import { stdoutSink } from './index.ts'
import { ReaderLeft } from './stream.ts'

const folder = mkdtempSync(join(tmpdir(), 'visor-stdout-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** A process whose input is a pipe of the system's. */
function reader(command: string, ...args: string[]) {
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  let out = ''
  child.stdout.on('data', (data: Buffer) => (out += data.toString('latin1')))
  const ended = new Promise<string>(done =>
    child.on('close', () => done(Buffer.from(out, 'latin1').toString()))
  )
  return { input: child.stdin, ended, kill: () => child.kill() }
}

describe('standard output', () => {
  conformsToSink(async () => {
    const { input, ended } = reader('cat')
    return {
      open: dependencies => stdoutSink.open({}, { ...dependencies, stdout: input }),
      received: async () => {
        input.end()
        return split(await ended)
      }
    }
  })

  it('ends when its reader has seen enough', async () => {
    const { input, ended } = reader('head', '-n', '3')
    const sink = await stdoutSink.open({}, { ...sinkDependencies(), stdout: input })
    const lines = linesOf(Array.from({ length: 1000 }, (_, i) => `line ${i}`))
    let handed = 0
    const writing = (async () => {
      for (;;) {
        handed += lines.count
        await sink.write(lines)
      }
    })()
    await expect(writing).rejects.toThrow(ReaderLeft)
    await expect(sink.write(lines)).rejects.toThrow(ReaderLeft)
    await sink.close()
    expect(await ended).toBe('line 0\nline 1\nline 2\n')
    expect(sink.written).toBeLessThanOrEqual(handed)
  })

  it('waits for a reader that sleeps, until the signal aborts', async () => {
    const { input, ended, kill } = reader('sleep', '60')
    const abort = new AbortController()
    const sink = await stdoutSink.open({}, { ...sinkDependencies(abort.signal), stdout: input })
    const writing = sink.write(linesOf(Array.from({ length: 10_000 }, () => 'x'.repeat(100))))
    abort.abort('stopped')
    await expect(writing).rejects.toBe('stopped')
    await sink.close()
    expect(sink.written).toBe(0)
    kill()
    await ended
  })

  it('reports any other failure', async () => {
    const stdout = new PassThrough()
    const sink = await stdoutSink.open({}, { ...sinkDependencies(), stdout })
    stdout.destroy(new Error('it broke'))
    await expect(sink.write(linesOf(['lost']))).rejects.toMatchObject({
      code: 'FILE_UNWRITABLE',
      message: expect.stringContaining('cannot write standard output: ')
    })
    await sink.close()
  })
})

describe('a process', () => {
  it('ends quietly in `| head`', async () => {
    const { out, result, exit } = await shell('write - 1000000 1000 | head -n 3')
    expect([split(out).length, result.name, exit]).toEqual([3, 'ReaderLeft', 0])
    expect(result.written).toBeLessThan(1_000_000)
  })

  it('hands all lines through a pipe', async () => {
    const { out, result } = await shell('write - 100000 5000 | wc -l')
    expect([Number(out), result]).toEqual([100_000, { written: 100_000 }])
  })

  it('whose output is a file leaves whole lines there when the disk is full, and counts them', async () => {
    const path = join(folder, 'out.log')
    const { result } = await shell(`ulimit -f 100; write - 100000 20000 > "${path}"`)
    expect(readFileSync(path, 'utf8').endsWith('\n')).toBe(true)
    expect(result).toMatchObject({
      written: linesIn(path).length,
      message: expect.stringContaining('cannot write standard output: file too large (EFBIG); ')
    })
    expect(result.written).toBeGreaterThan(1000)
  })
})
