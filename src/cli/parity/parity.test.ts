import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { main } from '../main.ts'

/** Runs `visor parity` in this process. */
async function parity(...args: readonly string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const texts = Promise.all([text(stdout), text(stderr)])
  const { signal } = new AbortController()
  const env = { HOME: '/nonexistent' }
  const exit = await main(['parity', ...args], { stdout, stderr, env, signal, exitCode: 0 })
  stdout.end()
  stderr.end()
  const [out, err] = await texts
  return { exit, out, err }
}

describe('visor parity', () => {
  it('prints a line a category, and what both engines read', async () => {
    const { exit, out } = await parity(
      'test/samples/combined.log',
      'test/samples/error24.log',
      '--engine-b',
      'embedded'
    )
    expect(exit).toBe(0)
    expect(
      out
        .replaceAll(/ in .*/g, '')
        .replaceAll(/ +/g, ' ')
        .split('\n')
    ).toEqual([
      'embedded: 10 lines',
      'embedded: 10 lines',
      '',
      expect.stringMatching(/^rollup cells \d+ equal$/),
      expect.stringMatching(/^signal cells [1-9]\d* equal$/),
      'counters 2 equal',
      'rejected lines 2 equal',
      'events 8 equal',
      'positions 2 equal',
      '',
      'No difference.',
      ''
    ])
  })

  it('says that nothing was compared where no line was read', async () => {
    const missing = await parity('test/samples/no-such.log', '--engine-b', 'embedded')
    expect(missing).toMatchObject({
      exit: 1,
      out: '',
      err: expect.stringContaining('there is nothing to be read')
    })
    const unread = await parity('package.json', '--engine-b', 'embedded')
    expect(unread.exit).toBe(1)
    expect(unread.out).toMatch(/\nNothing was compared: no line was read\.\n$/)
  })

  it('gives the same as JSON', async () => {
    const { exit, out } = await parity('test/samples/combined.log', '--engine-b', 'embedded', '--json')
    const { equal, engines, categories } = JSON.parse(out)
    expect({ exit, equal, engines: engines.length, categories: categories.length }).toEqual({
      exit: 0,
      equal: true,
      engines: 2,
      categories: 6
    })
  })

  it.each([
    [['-', '--engine-b', 'embedded'], 'comes only once'],
    [['tcp://127.0.0.1:1', '--engine-b', 'embedded'], 'comes only once'],
    [['test/samples/combined.log', '--engine-b', 'flink'], 'there is no engine flink; there are embedded']
  ])('refuses what it cannot compare: %j', async (args, message) => {
    const { exit, err } = await parity(...args)
    expect({ exit, message: err }).toEqual({ exit: 2, message: expect.stringContaining(message) })
  })
})
