import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { Option } from 'commander'
import { describe, expect, it } from 'vitest'
import { main } from './main.ts'
import { COMMANDS } from './program.ts'

const all = COMMANDS.flatMap(one =>
  'commands' in one ? one.commands.map(inner => ({ ...inner, name: `${one.name} ${inner.name}` })) : [one]
)

describe.each(all.filter(({ options }) => Object.keys(options).length > 0))('visor $name', ({ options }) => {
  it.each(Object.entries(options))('gets --%s under the name that its declaration has', (name, declared) => {
    const { flags, negation, conflicts = [] } = declared
    expect(new Option(flags).attributeName()).toBe(name)
    if (negation) expect(new Option(negation.flags).attributeName()).toBe(name)
    expect(Object.keys(options)).toEqual(expect.arrayContaining([...conflicts]))
  })
})

/** Runs a command line in this process. */
async function run(...args: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()]
  const texts = Promise.all([text(stdout), text(stderr)])
  const { signal } = new AbortController()
  const exit = await main(args, { stdout, stderr, env: {}, signal, exitCode: 0 })
  stdout.end()
  stderr.end()
  const [out, err] = await texts
  return { exit, out, err }
}

describe('help', () => {
  const groups = COMMANDS.filter(one => 'commands' in one).map(({ name }) => name)

  it.each(groups)('visor %s alone shows its commands', async name => {
    const bare = await run(name)
    expect(bare).toMatchObject({ exit: 0, err: '', out: expect.stringContaining(`Usage: visor ${name} `) })
    expect(await run(name, '--help')).toEqual(bare)
    expect(await run('help', name)).toEqual(bare)
  })

  it.each(all.map(({ name }) => name))('visor help %s is that of the command', async name => {
    const { exit, out, err } = await run('help', ...name.split(' '))
    expect([exit, err, out]).toEqual([0, '', expect.stringContaining(`Usage: visor ${name} `)])
  })

  it.each([
    [['help', 'NOPE'], "unknown command 'NOPE'", '`visor --help`'],
    [['help', 'alert'], "unknown command 'alert'; did you mean alerts?", '`visor --help`'],
    [['help', 'alerts', 'nope'], "unknown command 'nope'", '`visor alerts --help`'],
    [['alerts', 'help', 'lst'], "unknown command 'lst'; did you mean list?", '`visor alerts --help`'],
    [['help', 'watch', 'x'], "unknown command 'x'", '`visor watch --help`'],
    [['alerts', 'nope'], "unknown command 'nope'", '`visor alerts --help`']
  ])('visor %j is an error', async (args, what, advice) => {
    const { exit, out, err } = await run(...args)
    expect([exit, out]).toEqual([2, ''])
    expect(err).toContain(what)
    expect(err).toContain(advice)
  })
})
