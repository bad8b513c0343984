import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MINUTE_MS } from '../src/core/time.ts'
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
  writeFileSync(join(folder, 'latin.yaml'), Uint8Array.of(0x61, 0x3a, 0x20, 0xe9, 0x0a))
  writeFileSync(join(folder, 'alias.yaml'), 'store: *nowhere\n')
  writeFileSync(join(folder, 'long.yaml'), `${NAME}\n`)
  writeFileSync(join(folder, 'packed.xz'), Uint8Array.of(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0))
  symlinkSync('loop', join(folder, 'loop'))
  writeFileSync(join(folder, 'prose.txt'), 'no log at all\nof any kind\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

const NAME = 'x'.repeat(300)
/** A file that cannot be what it is given as, and what to do about just that. */
const REFUSED: readonly (readonly [args: string, message: string, remedy: string])[] = [
  ['parse FOLDER', 'FOLDER is a folder; name the files in it.', 'For all of them: `FOLDER/*`.'],
  ['watch FOLDER', 'FOLDER is a folder', 'For all of them: `FOLDER/*`.'],
  [
    'check -c FOLDER',
    'cannot be opened: illegal operation on a directory',
    'This is a folder: name a file in it.'
  ],
  ['generate FOLDER', 'the scenario FOLDER cannot be opened', 'This is a folder: name a file in it.'],
  ['generate --lines 1 -o FOLDER', 'cannot write FOLDER', 'This is a folder: name a file in it.'],
  ['init --httpd-conf FOLDER', 'FOLDER: it is a folder', 'This is a folder: name a file in it.'],
  ['parse FOLDER/loop', 'FOLDER/loop cannot be opened', 'Symbolic links in the path lead in a circle'],
  [
    'report FOLDER/calm.yaml/x',
    'not a directory (ENOTDIR)',
    'something in it that should be a folder is a file'
  ],
  [`report ${SAMPLE} -o FOLDER/calm.yaml/x.html`, 'ENOTDIR', 'should be a folder is a file'],
  [
    `report ${SAMPLE} -o FOLDER/none/x.html`,
    'its folder FOLDER/none does not exist',
    'Make that folder first'
  ],
  [`parse FOLDER/${NAME}`, 'name too long (ENAMETOOLONG)', 'Shorten it'],
  ['parse FOLDER/packed.xz', 'is compressed with xz', 'Unpack it first'],
  ['parse EMPTY', 'a file is given as an empty text', 'A variable of the shell may have no value there.'],
  ['watch EMPTY', 'a file is given as an empty text', 'A variable of the shell may have no value there.'],
  ['watch a.log --store EMPTY', '--store is given as an empty text', 'A variable of the shell'],
  [
    'watch a.log --store FOLDER/calm.yaml',
    'cannot make the folder FOLDER/calm.yaml',
    'Something else is there'
  ],
  [
    'watch a.log --host nope.invalid --store FOLDER/named',
    'nope.invalid is no address of this machine alone',
    'access: token'
  ],
  [
    'watch a.log --host 192.0.2.1 --store FOLDER/numbered',
    '192.0.2.1 is no address of this machine alone',
    'access: token'
  ],
  [
    'query --store FOLDER/none',
    'there is no store in FOLDER/none',
    '`visor watch` makes one; `--store` names another'
  ],
  [
    'init --output FOLDER/calm.yaml --httpd-conf FOLDER/prose.txt',
    'calm.yaml is there already',
    '`--force` writes it anew; `--output` names another file.'
  ],
  ['check -c FOLDER/latin.yaml', 'latin.yaml is no text in UTF-8', 'Save it as UTF-8'],
  ['check -c FOLDER/alias.yaml', 'alias.yaml: Unresolved alias', 'Mend the named line'],
  ['check -c FOLDER/long.yaml', `got "${NAME.slice(0, 59)}…`, 'Mend the named line'],
  [
    'alerts show x --store FOLDER/none',
    'there are no alerts in FOLDER/none',
    '`--store` names another folder'
  ],
  ['alerts silence --nope', "unknown option '--nope'", 'See `visor alerts silence --help`.'],
  ...(existsSync('/proc/self')
    ? ([
        ['watch a.log --store /proc/x', 'cannot make the folder /proc/x', 'No folder can be made there'],
        ['generate --lines 1 -o /proc/x', 'cannot write /proc/x: no such file', 'No file can be made there']
      ] as const)
    : []),
  ...(existsSync('/dev/full')
    ? ([
        [
          'generate --lines 9 --speed max -o /dev/full',
          'cannot write /dev/full: the disk of /dev is full',
          'The disk is full: free space on it'
        ]
      ] as const)
    : [])
]

describe('what the system refuses is told with what to do about it', () => {
  it.concurrent.each(REFUSED)('visor %s', async (args, message, remedy) => {
    const words = args.split(' ').map(word => word.replaceAll('FOLDER', folder).replace('EMPTY', ''))
    const { exit, out, err } = await visor(words)
    expect(err).toContain(message.replaceAll('FOLDER', folder))
    expect(err.split('\n').at(-2)).toContain(remedy.replaceAll('FOLDER', folder))
    expect(err).not.toContain('COMMAND')
    expect([exit, out]).toEqual([expect.toBeOneOf([1, 2]), ''])
  })

  it.skipIf(process.platform === 'win32').each([22, 23, 24, 28, 32, 36])(
    'too few files, %i, for Node and Visor together',
    async files => {
      const store = join(folder, `few-${files}`)
      const shell = 'ulimit -n "$1"; shift; exec "$@"'
      const run = ['bin/visor.js', 'watch', SAMPLE, '--port', '0', '--store', store]
      const { status, stderr } = spawnSync(
        'bash',
        ['-c', shell, 'bash', String(files), process.execPath, ...run],
        { encoding: 'utf8', timeout: MINUTE_MS }
      )
      expect(stderr).toMatch(/ulimit -n/)
      expect(stderr).not.toMatch(/not built|report it|free space/)
      expect(status).toBe(1)
    }
  )
})

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
    ['watch', 2, 'nothing to watch: no file or address is named, and '],
    ['watch --format common -c FOLDER/nothing.yaml', 2, '--format is for named files and addresses'],
    ['watch -c FOLDER/nothing.yaml', 2, 'nothing.yaml names no sources'],
    [
      'check',
      2,
      'there is no configuration; looked at /nonexistent/.config/visor/config.json',
      '`visor init` writes one'
    ],
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
