import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { main } from '../main.ts'

const folder = mkdtempSync(join(tmpdir(), 'visor-check-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Runs a command over a configuration in this process. */
async function run(name: string, config: object, file = 'visor.json') {
  const path = join(folder, file)
  writeFileSync(path, JSON.stringify(config))
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const texts = Promise.all([text(stdout), text(stderr)])
  const { signal } = new AbortController()
  const context = { stdout, stderr, env: { HOME: folder }, signal, exitCode: 0 as const }
  const exit = await main([name, '--config', path], context)
  stdout.end()
  stderr.end()
  const [out, err] = await texts
  return { exit, out, err, path }
}

describe('visor check', () => {
  it('tries what the engine needs', async () => {
    const engine = { type: 'spark', connect: 'sc://127.0.0.1:1' }
    const { exit, out } = await run('check', { engine, receivers: { here: { type: 'console' } } })
    expect({ exit, line: /engine spark\n(.*)\n/.exec(out)?.[1] }).toEqual({
      exit: 1,
      line: expect.stringMatching(
        /^! {2}connection {2}sc:\/\/127\.0\.0\.1:1 does not answer: .*Check the address/
      )
    })
  })

  it('says which sources take lines from everybody', async () => {
    const open = { type: 'udp', listen: '0.0.0.0:5514' }
    const { exit, out } = await run('check', {
      sources: { open, guarded: { ...open, allow: ['10.0.0.0/8'] } },
      receivers: { here: { type: 'console' } }
    })
    expect(exit).toBe(0)
    expect(out.match(/^.*takes lines from everybody.*$/gm)).toEqual([
      '  ! source open listens at 0.0.0.0:5514 and takes lines from everybody who reaches it: set "allow", such as [10.0.0.0/8]'
    ])
  })

  it('prints settings of the first Visor in their new form, which other commands refuse', async () => {
    const settings = { batch_interval: 3, kafka: { addr: 'localhost:9092', topic: 'Logs' } }
    const { exit, out, path } = await run('check', settings, 'kafka_monitor.json')
    expect({ exit, config: parse(out) }).toEqual({
      exit: 1,
      config: { sources: { logs: { type: 'kafka', brokers: ['localhost:9092'], topics: ['Logs'] } } }
    })
    const watch = await run('watch', settings, 'kafka_monitor.json')
    expect(watch).toMatchObject({
      exit: 2,
      err: expect.stringContaining(`\`visor check --config ${path}\` prints it in its new form`)
    })
  })

  it('says what an engine on Spark lacks', async () => {
    const { exit, err } = await run('check', { engine: { type: 'spark' } })
    expect({ exit, err }).toEqual({ exit: 2, err: expect.stringContaining('such as "sc://') })
  })

  it('refuses settings of Spark that do not go together, and says what to do', async () => {
    const engine = {
      type: 'spark',
      connect: 'sc://127.0.0.1:1',
      archive: { path: '/archive' },
      kafka: { read: 'spark' }
    }
    const { exit, err } = await run('check', { engine })
    expect({ exit, err }).toEqual({
      exit: 2,
      err: expect.stringMatching(
        /engine\.kafka\.read: does not go with "archive", .*: leave out either "read: spark" or "archive"/
      )
    })
    const apart = [
      { ...engine, archive: undefined },
      { ...engine, kafka: { read: 'worker' } }
    ]
    for (const one of apart) expect(await run('check', { engine: one })).toMatchObject({ exit: 1 })
  })
})
