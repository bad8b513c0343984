import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { reportSchema } from '../src/reports/report.ts'
import { startVisor, visor } from './visor.ts'

const SAMPLE = 'test/samples/combined.log'
const COMMANDS = [
  'init',
  'watch',
  'relay',
  'report',
  'query',
  'alerts',
  'parse',
  'demo',
  'generate',
  'drill',
  'check',
  'formats'
]

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'visor-cli-'))
  chmodSync(folder, 0o755)
  writeFileSync(join(folder, 'prose.txt'), 'no log at all\nof any kind\n')
})
afterAll(() => rmSync(folder, { recursive: true }))

describe.concurrent('help', () => {
  it('comes without arguments, with --help, and as a command', async () => {
    const [plain, option, command] = await Promise.all([[], ['--help'], ['help']].map(args => visor(args)))
    expect(plain).toMatchObject({ exit: 0, err: '' })
    expect(option).toEqual(plain)
    expect(command).toEqual(plain)
    for (const name of COMMANDS) expect(plain?.out).toContain(`\n  ${name} `)
  })

  it.concurrent.each(COMMANDS)('visor %s --help has examples', async name => {
    const { exit, out } = await visor([name, '--help'])
    expect(exit).toBe(0)
    expect(out).toMatch(/\nExamples:\n {2}.*visor /)
  })

  it('the version is that of package.json', async () => {
    const { version }: { version: string } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect(await visor(['--version'])).toEqual({ exit: 0, out: `${version}\n`, err: '' })
  })
})

function events(out: string): Record<string, unknown>[] {
  return out
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}

describe.concurrent('visor parse', () => {
  it('gives an event for each good line, and a reason for each bad one', async () => {
    const { exit, out, err } = await visor(['parse', SAMPLE])
    expect(exit).toBe(0)
    expect(err.trimEnd().split('\n')).toEqual([
      `${SAMPLE}:4: column 11: user has no end: " [" is missing: this line is no access line`,
      `${SAMPLE}:9: column 18: time is no valid time: 203.0.113.9 - - [31/Feb/2026:15:30:01 +0200] "GET / HTTP/1.1" 200 1 "-" "-"`,
      '8 read, 6 parsed, 2 rejected'
    ])
    expect(events(out)).toHaveLength(6)
    expect(events(out)[1]).toEqual({
      time: '2026-10-10T13:55:37+02:00',
      client: '203.0.113.5',
      user: 'frank',
      method: 'GET',
      path: '/search',
      query: 'q=café',
      protocol: 'HTTP/1.1',
      status: 200,
      bytes: 512,
      referrer: 'https://example.org/',
      agent: 'Mozilla/5.0 (X11; Linux x86_64)'
    })
    expect(events(out)[5]).toMatchObject({ request: '\u0016\u0003\u0001', status: 400 })
  })

  it('tells microseconds and seconds of duration', async () => {
    expect(events((await visor(['parse', '-z', 'UTC', 'test/samples/error24.log'])).out)[0]).toMatchObject({
      time: '2026-10-10T13:55:36.123456Z',
      level: 'error',
      client: '203.0.113.5'
    })
    const durations = await visor(['parse', '-f', '%h %l %u %t "%r" %>s %b %D', 'test/samples/duration.log'])
    expect(events(durations.out).map(event => event['duration'])).toEqual([0.0015, 2.5])
  })

  it('reads standard input and gzip alike', async () => {
    const { out } = await visor(['parse', SAMPLE])
    const packed = join(folder, 'combined.log.gz')
    writeFileSync(packed, gzipSync(readFileSync(SAMPLE)))
    expect((await visor(['parse', packed])).out).toBe(out)
    expect((await visor(['parse'], { input: readFileSync(SAMPLE) })).out).toBe(out)
    expect((await visor(['parse', '-'], { input: readFileSync(SAMPLE) })).out).toBe(out)
  })

  it('of nothing is nothing, of no good line is code 1', async () => {
    expect(await visor(['parse'])).toEqual({ exit: 0, out: '', err: '0 read, 0 parsed, 0 rejected\n' })
    const { exit, err } = await visor(['parse', '-f', 'common'], { input: 'a\u001b[2Jb\n\n\u00ff\n' })
    expect(exit).toBe(1)
    expect(err).toContain('stdin:1: column 1')
    expect(err).toContain('a\\x1b[2Jb\n')
    expect(err).toContain('\nstdin:3: ')
    expect(err).toContain('2 read, 0 parsed, 2 rejected')
  })

  it('ends silently when its reader has seen enough', async () => {
    const lines = readFileSync(SAMPLE, 'utf8').repeat(5000)
    writeFileSync(join(folder, 'long.log'), lines)
    const shell = `set -o pipefail; "${process.execPath}" bin/visor.js parse "${join(folder, 'long.log')}" 2>"${folder}/err" | head -1`
    expect(execFileSync('bash', ['-c', shell], { encoding: 'utf8' }).split('\n')).toHaveLength(2)
    expect(readFileSync(join(folder, 'err'), 'utf8')).not.toMatch(/EPIPE|Error/)
  })
})

describe.concurrent('visor formats', () => {
  it('lists names and strings, as JSON with the fields', async () => {
    expect((await visor(['formats'])).out).toMatch(/^combined +access +%h %l %u %t/m)
    const known: { name: string; fields: string[] }[] = JSON.parse((await visor(['formats', '--json'])).out)
    expect(known.find(({ name }) => name === 'common')?.fields).toContain('status')
  })
})

describe.concurrent('visor report', () => {
  it('gives JSON that follows its schema, with exact counters', async () => {
    const { exit, out, err } = await visor([
      'report',
      SAMPLE,
      'test/samples/error24.log',
      '-o',
      'json',
      '--top',
      '2'
    ])
    expect({ exit, err }).toEqual({ exit: 0, err: '' })
    const report = reportSchema(z).parse(JSON.parse(out))
    const shipped = z.fromJSONSchema(JSON.parse(readFileSync('docs/report.schema.json', 'utf8')))
    expect(shipped.safeParse(JSON.parse(out)).error).toBeUndefined()
    expect(shipped.safeParse({ ...JSON.parse(out), lines: {} }).success).toBe(false)
    expect(report.lines).toEqual({ read: 10, parsed: 8, rejected: 2, late: 0 })
    expect(report.metrics['status']).toMatchObject({
      count: 6,
      distinct: 5,
      top: [{ key: '200', count: 2, sum: 2838 }, {}]
    })
    expect(report.metrics['status']?.other).toMatchObject({ count: 3, distinct: 3 })
    expect(report.metrics['level']?.top.map(({ key }) => key).sort()).toEqual(['error', 'notice'])
    expect(report.files.map(file => file.format.name)).toEqual(['combined', 'error24'])
  })

  it('writes a file by its suffix', async () => {
    for (const suffix of ['json', 'txt', 'csv', 'html']) {
      const path = join(folder, `report.${suffix}`)
      expect(await visor(['report', SAMPLE, '-o', path])).toEqual({ exit: 0, out: '', err: '' })
      expect(readFileSync(path, 'utf8')).toBe((await visor(['report', SAMPLE, '-o', suffix])).out)
    }
  })

  it('writes several reports of one analysis, which nobody else may read, all of each or nothing', async () => {
    const own = mkdtempSync(join(folder, 'several-'))
    const path = (name: string): string => join(own, name)
    writeFileSync(path('old.json'), 'old', { mode: 0o644 })
    symlinkSync(path('old.json'), path('link.json'))
    const given = ['link.json', 'a.html', 'a.csv'].flatMap(name => ['-o', path(name)])
    const { exit, out } = await visor(['report', SAMPLE, ...given, '-o', 'txt'])
    expect({ exit, out }).toEqual({ exit: 0, out: expect.stringContaining('8 read = 6 parsed') })
    expect(JSON.parse(readFileSync(path('old.json'), 'utf8'))).toMatchObject({ lines: { read: 8 } })
    for (const name of ['old.json', 'a.html', 'a.csv']) expect(statSync(path(name)).mode & 0o777).toBe(0o600)
    expect(lstatSync(path('link.json')).isSymbolicLink()).toBe(true)
    expect(readdirSync(own).filter(name => name.endsWith('.part'))).toEqual([])
  })

  it('finds out before it reads whether the report can be written', async () => {
    const { exit, err } = await visor(['report', 'none.log', '-o', join(folder, 'none', 'x.json')])
    expect(exit).toBe(1)
    expect(err).toMatch(/^visor: cannot write .*none\/x\.json: its folder .*none does not exist/)
  })

  it('reads standard input', async () => {
    const { out } = await visor(['report', '-', '-o', 'json'], { input: readFileSync(SAMPLE) })
    expect(reportSchema(z).parse(JSON.parse(out)).lines).toEqual({ read: 8, parsed: 6, rejected: 2, late: 0 })
  })

  it('gives text by default', async () => {
    const { out } = await visor(['report', SAMPLE])
    expect(out).toContain('8 read = 6 parsed + 2 rejected + 0 late')
    expect(out).toContain('this line is no access line')
  })
})

describe.concurrent('visor check', () => {
  it('tells what it found and changes nothing', async () => {
    const config = join(folder, 'good.yaml')
    writeFileSync(config, `sources:\n  web: { paths: [${process.cwd()}/test/samples/c*.log, none/*.log] }\n`)
    const { exit, out } = await visor(['check', '-c', config])
    expect(exit).toBe(1)
    expect(out).toContain(`${config} is valid.`)
    expect(out).toMatch(/combined\.log +combined: 6 of the first 8 lines follow it/)
    expect(out).toMatch(/! .*none\/\*\.log +no such file yet/)
  })

  it('shows rules and receivers, and tells which can never work', async () => {
    const config = join(folder, 'alerts.yaml')
    writeFileSync(
      config,
      `alerts:
  defaults: false
  rules: { tea: { type: count, where: 'status:418', by: client, over: 2, receivers: ops } }
receivers:
  ops: { type: email, to: ops@example.org, host: mail.example.org, user: visor, password: hunter22 }
  chat: { type: slack, url: 'https://chat.example.org/hooks/s3cret' }
  lost: { type: email, account: none.json }
`
    )
    const { exit, out } = await visor(['check', '-c', config])
    expect(exit).toBe(1)
    expect(out).toMatch(/\nrules\n {2}tea {2}count {2}warning {2}Tea, each client, to ops\n/)
    expect(out).toMatch(/\n {3}ops +email +ops@example\.org by smtp mail\.example\.org:587\n/)
    expect(out).toMatch(
      /\n! {2}lost +email +cannot read the account file .*none\.json: no such file or directory/
    )
    expect(out).not.toMatch(/hunter22|s3cret/)
  })

  it('says what it would listen on, and does not', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise(done => server.once('listening', done))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const config = join(folder, 'network.yaml')
    writeFileSync(
      config,
      `sources:\n  a: { type: syslog, listen: ${port} }\n  b: { type: http, listen: ${port} }\n  c: { path: "-" }\n`
    )
    const { exit, out } = await visor(['check', '-c', config])
    server.close()
    expect(exit).toBe(0)
    expect(out).toContain(`syslog over TCP and UDP at 127.0.0.1:${port}: not tried`)
    expect(out).toContain(`POST to http://127.0.0.1:${port}/: not tried`)
    expect(out).toContain('standard input: not tried')
  })
})

describe.concurrent('visor watch', () => {
  it('as a mini-monitor counts every line once and appends the windows', async () => {
    const own = mkdtempSync(join(folder, 'live-'))
    const [log, results] = [join(own, 'live.log'), join(own, 'results.jsonl')]
    const line = readFileSync('test/samples/combined.log', 'utf8').split('\n')[0] ?? ''
    writeFileSync(log, `${line}\n`)
    const running = startVisor(['watch', log, '--no-page', '-o', results, '--store', join(own, 'store')])
    await running.until(/ 1 read = 1 parsed/)
    appendFileSync(log, `${line}\n`.repeat(999))
    await running.until(/ 1,000 read = 1,000 parsed \+ 0 rejected \+ 0 late/)
    expect(await running.stop('SIGINT')).toMatchObject({ exit: 0, err: '' })
    const windows: { metrics: { requests: { count: number } } }[] = readFileSync(results, 'utf8')
      .trimEnd()
      .split('\n')
      .map(text => JSON.parse(text))
    expect(windows.reduce((sum, { metrics }) => sum + metrics.requests.count, 0)).toBe(1000)
  })
})

describe('a clone that is not built', () => {
  it('says what to do', () => {
    const clone = join(folder, 'unbuilt')
    cpSync('bin', join(clone, 'bin'), { recursive: true })
    writeFileSync(join(clone, 'package.json'), '{"type":"module"}')
    const run = (): string =>
      execFileSync(process.execPath, [join(clone, 'bin/visor.js')], { stdio: 'pipe', encoding: 'utf8' })
    expect(run).toThrow('visor: not built yet; run `npm run build` in ')
  })
})

describe.concurrent('visor demo', () => {
  it('serves its page and leaves nothing behind', async () => {
    const running = startVisor(['demo', '--port', '0'])
    const [, address = ''] = await running.until(/live at (http:\S+)/)
    const [, logs = ''] = await running.until(/a second in (\S+)/)
    expect((await fetch(address)).status).toBe(200)
    expect(await running.stop('SIGTERM')).toMatchObject({ exit: 0, err: '' })
    expect(existsSync(logs)).toBe(false)
  })
})

it.skipIf(!existsSync('/dev/full'))('a full disk behind standard output is told', () => {
  const shell = `"${process.execPath}" bin/visor.js parse ${SAMPLE} > /dev/full 2>"${folder}/full"; echo $?`
  expect(execFileSync('bash', ['-c', shell], { encoding: 'utf8' })).toBe('1\n')
  expect(readFileSync(join(folder, 'full'), 'utf8')).toContain('visor: cannot write standard output: ENOSPC')
})

describe.concurrent('an interrupted command', () => {
  it.concurrent.each([
    ['SIGINT', 130],
    ['SIGTERM', 143]
  ] as const)('ends at %s with code %i', async (signal, exit) => {
    const running = startVisor(['parse', '-f', 'combined'])
    running.write(readFileSync(SAMPLE), false)
    await running.until(/"client"/)
    expect(await running.stop(signal)).toMatchObject({ exit })
  })
})

const OLD = '/usr/bin/node'
const oldVersion = existsSync(OLD) ? execFileSync(OLD, ['--version'], { encoding: 'utf8' }) : ''
const isOld = /^v(1\d|20|21)\./.test(oldVersion)

describe.skipIf(!isOld)('an older Node outside', () => {
  it('goes on under the development Node', async () => {
    const { exit, out } = await visor(['parse', SAMPLE], { node: OLD })
    expect(exit).toBe(0)
    expect(out).toBe((await visor(['parse', SAMPLE])).out)
    expect((await visor(['parse', '/none'], { node: OLD })).exit).toBe(1)
  })

  it('hands signals on, and one that comes twice at once counts once', async () => {
    const log = join(folder, 'old.log')
    writeFileSync(log, '')
    const running = startVisor(['watch', log, '--no-page', '--no-store'], { node: OLD, detached: true })
    await running.until(/0 read/)
    expect(await running.stop('SIGINT', 'group')).toMatchObject({ exit: 0, err: '' })
  })

  it('does not outlive the outer one', async () => {
    const log = join(folder, 'orphan.log')
    writeFileSync(log, '')
    const running = startVisor(['watch', log, '--no-page', '--no-store'], { node: OLD })
    await running.until(/0 read/)
    // The output is closed only when both have ended.
    expect(await running.stop('SIGKILL')).toMatchObject({ exit: null, err: '' })
  })

  it('says how to update where there is none', async () => {
    cpSync('bin', join(folder, 'clone', 'bin'), { recursive: true })
    writeFileSync(join(folder, 'clone', 'package.json'), '{"type":"module"}')
    const run = (): string =>
      execFileSync(OLD, [join(folder, 'clone/bin/visor.js')], { stdio: 'pipe', encoding: 'utf8' })
    expect(run).toThrow(/visor: Node 20\S* is too old, 22\.22 or newer is needed/)
  })
})
