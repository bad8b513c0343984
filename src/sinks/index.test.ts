import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { linesOf, sinkDependencies } from './contract.ts'
import { openSink, SINKS } from './index.ts'
import { linesIn } from './testing/lines.ts'

const folder = mkdtempSync(join(tmpdir(), 'visor-sinks-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('sinks', () => {
  it('come in all kinds, each of which alone takes its example', () => {
    expect(SINKS.map(({ name }) => name)).toEqual(['file', 'stdout', 'tcp-listen', 'tcp', 'kafka'])
    for (const { name, example } of SINKS)
      expect(SINKS.filter(kind => kind.take(example)).map(({ name }) => name)).toEqual([name])
  })

  it('say what their options are for', () => {
    for (const { options } of SINKS)
      for (const option of Object.values(options.shape)) expect(option.meta()?.description ?? '').not.toBe('')
  })

  it('are opened by a target, with options beside it', async () => {
    const path = join(folder, 'access.log')
    const sink = await openSink(path, { rotate: 'rename', every: 2, keep: 1 }, sinkDependencies())
    await sink.write(linesOf(['a', 'b', 'c']))
    await sink.close()
    expect([linesIn(`${path}.1`), linesIn(path)]).toEqual([['a', 'b'], ['c']])
  })

  it('by options beside a target that outweigh its own', async () => {
    const path = join(folder, 'other.log')
    const sink = await openSink('access.log', { path }, sinkDependencies())
    expect(sink.name).toBe(path)
    await sink.close()
  })

  it.each<[target: string, more: Record<string, unknown>, message: string]>([
    ['', {}, ': path: expected a path, got ""'],
    ['a.log', { path: 5 }, 'a.log: path: expected a path, got 5'],
    ['a.log', { rotat: 'gzip' }, 'a.log: unknown option rotat; did you mean rotate?'],
    ['a.log', { zzz: 1 }, 'a.log: unknown option zzz; there are path, rotate, every, keep'],
    ['-', { keep: 1 }, '-: unknown option keep; there are none here'],
    [
      'a.log',
      { rotate: 'renam', every: '1h' },
      'a.log: rotate: expected rename or copytruncate or gzip, got "renam"; did you mean rename?'
    ],
    [
      'a.log',
      { rotate: 'gzip', every: '5x' },
      'a.log: every: expected lines such as 100000, a size such as 512KB or 10MB, or a duration such as 1h, got "5x"'
    ],
    [
      'a.log',
      { rotate: 'gzip' },
      'a.log: every: expected with rotate: lines (100000), a size (10MB) or a duration (1h), nothing is given'
    ],
    [
      'a.log',
      { every: '5' },
      'a.log: rotate: expected with every: rename, copytruncate or gzip, nothing is given'
    ],
    [
      'a.log',
      { rotate: 'gzip', every: '5', keep: '0' },
      'a.log: keep: expected a whole number from 1 to 100000, got "0"'
    ],
    [
      'tcp://',
      {},
      'tcp://: host: expected a host, got ""\ntcp://: port: expected a whole number from 1 to 65535, nothing is given'
    ],
    ['tcp://h:0', {}, 'tcp://h:0: port: expected a whole number from 1 to 65535, got "0"'],
    ['tcp-listen://:', {}, 'tcp-listen://:: port: expected a whole number from 0 to 65535, got ""'],
    ['tcp:h:1', {}, 'tcp:h:1: did you mean tcp://? A file of that name is file:tcp:h:1'],
    ['tcp-lisen://:1', {}, 'tcp-lisen://:1: lines cannot go there; did you mean tcp-listen://127.0.0.1:5555?']
  ])('say what is wrong with %s %j', async (target, more, message) => {
    await expect(openSink(target, more, sinkDependencies())).rejects.toMatchObject({ code: 'USAGE', message })
  })

  it('say where lines can go', async () => {
    await expect(openSink('http://x', {}, sinkDependencies())).rejects.toMatchObject({
      code: 'USAGE',
      message: expect.stringMatching(
        /^http:\/\/x: lines cannot go there; possible are access\.log, -, tcp-listen:/
      )
    })
  })

  it.each([
    ['tcp-listen://0.0.0.0:5555', { host: '0.0.0.0', port: '5555' }],
    ['tcp-listen://:5555', { host: '', port: '5555' }],
    ['tcp-listen://[::1]:5555/', { host: '::1', port: '5555' }],
    ['tcp://example.org:514', { host: 'example.org', port: '514' }]
  ])('take %s apart', (target, options) => {
    expect(SINKS.map(kind => kind.take(target)).filter(taken => taken !== undefined)).toEqual([options])
  })
})
