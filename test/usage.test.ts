import { chmodSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { visor } from './visor.ts'

const SAMPLE = 'test/samples/combined.log'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'visor-usage-'))
  chmodSync(folder, 0o755)
  writeFileSync(join(folder, 'bad.yaml'), 'pgae: {}\n')
  writeFileSync(join(folder, 'format.yaml'), 'sources:\n  web: { path: a.log, format: "%h %d" }\n')
  writeFileSync(join(folder, 'nothing.yaml'), 'page: { port: 0 }\n')
  writeFileSync(join(folder, 'scenario.yaml'), 'rate: 5o\n')
  writeFileSync(join(folder, 'incident.yaml'), 'incidents:\n  - { type: errors, at: 1s, fro: 3s }\n')
  writeFileSync(join(folder, 'calm.yaml'), 'rate: 5\n')
  writeFileSync(join(folder, 'prose.txt'), 'no log at all\nof any kind\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('wrong use gives one clear message and its code', () => {
  const cases: [args: string, exit: number, message: string, remedy?: string][] = [
    ['repotr x.log', 2, "unknown command 'repotr'; did you mean report?", 'See `visor --help`.'],
    ['report --formt x', 2, "unknown option '--formt'; did you mean --format?", 'See `visor report --help`.'],
    ['report', 2, 'name the files to report on (- is standard input), or a period of the store: --last 24h'],
    ['report --preview a --mail a', 2, '--preview and --mail do not go together'],
    ['report --schedule a.log', 2, '--schedule is about the reports of the configuration, not about files'],
    ['report --mail a', 2, 'there is no report a; the configuration has none (`reports:`)'],
    ['report a.log --top', 2, "option '-n, --top <count>' argument missing"],
    [
      'report a.log --top 0',
      2,
      "option '-n, --top <count>' argument '0' is invalid. Expected a whole number from 1 to 1000."
    ],
    [
      'report a.log -o x.pdf',
      2,
      'Expected txt, json, csv or html, or a file that ends in .txt, .json, .csv or .html.'
    ],
    [
      'report a.log -o json -o csv',
      2,
      'Only one report can go to standard output; name a file for the others.'
    ],
    ['report a.log -z Mars', 2, 'Expected a time zone such as UTC or Europe/Berlin.'],
    ['watch a.log --from start', 2, 'Allowed choices are beginning, end.'],
    ['watch a.log --window 2h', 2, 'Expected a duration from 1s to 1h'],
    ['watch a.log --port 70000', 2, 'Expected a whole number from 0 to 65535.'],
    ['check extra', 2, 'too many arguments'],
    ['generate -r 0', 2, 'Expected a number from 0.01 to 100000000.'],
    ['generate --start tomorrow', 2, 'Expected a time such as 2026-01-31 or 2026-01-31T08:00Z.'],
    ['generate --speed max', 2, '--speed max has no end: set one with --for or --lines'],
    ['generate --mode both', 2, 'name where the error log goes with --errors'],
    ['generate -f error24', 2, '--format error24 is of error logs, and only the access log is written'],
    ['generate -o FOLDER/none/a.log', 1, 'a.log: its folder '],
    ['generate -o a.log --rotate rename', 2, 'every: expected with rotate'],
    ['generate FOLDER/scenario.yaml', 2, 'scenario.yaml:1:7: rate: expected a number, got "5o"'],
    ['generate FOLDER/incident.yaml', 2, 'unknown setting "incidents.0.fro"; did you mean "for"?'],
    ['drill FOLDER/calm.yaml', 2, 'calm.yaml names no incidents and has no end: set one with --for'],
    ['spark start --token=', 2, 'Expected letters, digits and any of'],
    ['spark start --token a;b', 2, 'Expected letters, digits and any of'],
    ['alerts lst', 2, "unknown command 'lst'"],
    ['alerts show', 2, "missing required argument 'id'"],
    ['alerts list --limit 0', 2, 'Expected a whole number from 1 to 10000.'],
    ['alerts silence x --for soon', 2, 'Expected a duration from 1s to 365d'],
    ['alerts test-rule slow', 2, "required option '--replay <file...>' not specified"],
    [
      'watch',
      2,
      'nothing to watch: no file or address is named, and no configuration is at /nonexistent/.config/visor/config.json'
    ],
    ['watch --format common -c FOLDER/nothing.yaml', 2, '--format is for named files and addresses'],
    ['watch -c FOLDER/nothing.yaml', 2, 'nothing.yaml names no sources'],
    ['check', 2, 'there is no configuration; looked at /nonexistent/.config/visor/config.json'],
    ['check -c FOLDER/bad.yaml', 2, 'bad.yaml:1:1: unknown setting "pgae"; did you mean "page"?'],
    ['check -c FOLDER/none.yaml', 1, 'there is no configuration FOLDER/none.yaml'],
    ['report FOLDER/none.log', 1, 'FOLDER/none.log does not exist', 'Check the path.'],
    ['parse FOLDER/none.log', 1, 'FOLDER/none.log does not exist'],
    ['parse FOLDER', 1, 'FOLDER is a folder; name the files in it.'],
    [
      'report FOLDER/prose.txt',
      1,
      'no known format reads any of the first 2 lines',
      'Name it with `--format`'
    ],
    ['parse FOLDER/prose.txt', 1, 'no known format reads any of the first 2 lines'],
    [`report ${SAMPLE} -o FOLDER/none/x.json`, 1, 'cannot write FOLDER/none/x.json']
  ]
  it.concurrent.each(cases)('visor %s', async (args, exit, message, remedy = '') => {
    const outcome = await visor(args.replaceAll('FOLDER', folder).split(' '))
    expect(outcome.err).toContain(message.replaceAll('FOLDER', folder))
    expect(outcome.err).toMatch(/^visor: /)
    expect(outcome.err).toContain(remedy)
    expect(outcome.err.trimEnd().split('\n')).toHaveLength(2)
    expect(outcome).toMatchObject({ exit, out: '' })
  })

  const formats: [command: string, format: string, at: number][] = [
    ['parse', '%h %d %t', 3],
    ['report', '%t "%{Referer', 5],
    ['watch', 'nonsense', 0]
  ]
  it.concurrent.each(formats)('visor %s -f %j has a caret under its mistake', async (command, format, at) => {
    const { exit, err } = await visor([command, SAMPLE, '--format', format])
    const lines = err.split('\n')
    expect(exit).toBe(2)
    expect(lines[1]).toBe(format)
    expect(lines[2]).toBe(`${' '.repeat(at)}^`)
  })

  it('a format in the configuration is told with its place', async () => {
    const { exit, err } = await visor(['check', '-c', join(folder, 'format.yaml')])
    expect(exit).toBe(2)
    expect(err).toContain('format.yaml:2:31: ')
    expect(err.split('\n')[2]).toBe('   ^')
  })

  it.skipIf(process.getuid?.() !== 0)('a file that may not be read', async () => {
    const secret = join(folder, 'secret.log')
    cpSync(SAMPLE, secret)
    chmodSync(secret, 0o600)
    for (const command of ['report', 'parse', 'watch']) {
      const { exit, err } = await visor([command, secret], { uid: 65_534 })
      expect({ exit, err }).toMatchObject({
        exit: 1,
        err: expect.stringContaining(`visor: ${secret} cannot be opened`)
      })
      expect(err).toContain('Check its permissions')
    }
  })

  it('a port in use', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise(done => server.once('listening', done))
    const address = server.address()
    const port = typeof address === 'object' ? String(address?.port) : ''
    const { exit, err } = await visor(['watch', SAMPLE, '--port', port, '--store', join(folder, 'port')])
    server.close()
    expect({ exit, err }).toMatchObject({ exit: 1, err: expect.stringContaining(port) })
    expect(err).toContain('`--port 0` takes any free one')
  })

  it('control characters of a file name are shown, not sent', async () => {
    expect((await visor(['parse', 'x\u001b[2J\n.log'])).err).toContain('x\\x1b[2J')
  })
})
