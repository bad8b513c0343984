import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MailServer } from '../src/notifiers/testing/mail-server.ts'
import { freePort } from './port.ts'
import { startVisor, visor, type Outcome, type Running } from './visor.ts'
import { eventually } from './watching.ts'

let folder = ''
let mails: MailServer
let running: Running

const path = (name: string): string => join(folder, name)

/** `visor alerts` on the store of the one that runs. */
async function alerts(...args: string[]): Promise<Outcome> {
  return visor(['alerts', ...args, '--config', path('visor.yaml')], { env: { USER: 'kim' } })
}

async function printed(...args: string[]): Promise<string> {
  const { exit, out, err } = await alerts(...args)
  expect([exit, err]).toEqual([0, ''])
  return out
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A line of the access log; by default of now. */
function lineOf(client: string, status: number, time = new Date()): string {
  const [day = '', clock = ''] = time.toISOString().split('T')
  const [year = '', month = '', date = ''] = day.split('-')
  const written = `${date}/${MONTHS[Number(month) - 1]}/${year}:${clock.slice(0, 8)} +0000`
  return `${client} - - [${written}] "GET /tea HTTP/1.1" ${status} 10 "-" "\\x1b[31mred"\n`
}

interface Listed {
  readonly id: string
  readonly labels: Readonly<Record<string, string>>
  readonly phase: string
}

async function listed(...args: string[]): Promise<Listed[]> {
  return JSON.parse(await printed('list', '--json', ...args))
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'visor-alerts-'))
  mails = await MailServer.start()
  writeFileSync(
    path('visor.yaml'),
    `sources: { web: { path: access.log, format: combined } }
page: { port: 0 }
store: { path: store }
alerts:
  rules:
    tea: { type: count, where: 'status:418', by: client, over: 2, window: 10m, receivers: mail }
    calm: { type: count, where: 'status:204', over: 5, window: 10m }
receivers:
  mail: { type: email, to: ops@example.org, host: 127.0.0.1, port: ${mails.port} }
  gone: { type: email, to: [a@example.org], host: 127.0.0.1, port: ${await freePort()}, minSeverity: critical }
  box: { type: mailbox }
`
  )
  writeFileSync(path('access.log'), '')
  running = startVisor(['watch', '--config', path('visor.yaml')])
  await running.until(/live at/)
  appendFileSync(path('access.log'), lineOf('192.0.2.1', 418).repeat(3) + lineOf('192.0.2.2', 204))
  await eventually(
    async () => mails.mails.length,
    count => count > 0
  )
})

afterAll(async () => {
  await running.stop('SIGKILL')
  await mails[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

describe('visor alerts', () => {
  it('an alert is mailed', () => {
    expect(mails.mails).toHaveLength(1)
    expect(mails.mails[0]?.to).toEqual(['ops@example.org'])
    expect(mails.mails[0]?.mail.subject).toContain('Tea')
    expect(mails.mails[0]?.mail.subject).toContain('3 requests in 10m (limit 2)')
  })

  it('is listed, and shown with all that is known of it', async () => {
    const [alert, ...others] = await listed()
    expect([alert, others]).toMatchObject([{ labels: { client: '192.0.2.1' }, phase: 'firing' }, []])
    const list = await printed('list')
    expect(list).toMatch(
      /^alert +severity +phase +since +what\ntea-\w+ +warning +firing +\d{4}-\S+Z +Tea \(client 192\.0\.2\.1\): 3 requests in 10m \(limit 2\)\n$/
    )
    // The mail has come before it is known here that it was accepted.
    const shown = await eventually(
      () => printed('show', alert?.id.slice(0, 6) ?? ''),
      out => out.includes('accepted by')
    )
    expect(shown).toContain(`${alert?.id}\n  Tea (client 192.0.2.1): 3 requests in 10m (limit 2)\n`)
    expect(shown).toMatch(/\n {2}latency +fired [\d.,]+ (µs|ms|s) after its line was written\n/)
    expect(shown).toMatch(/\nlines\n {2}web {2}192\.0\.2\.1 .*418 10 "-" "\\x1b\[31mred"\n/)
    expect(shown).toMatch(/\nhistory\n {2}\S+Z {2}fired {2}3 requests/)
    expect(shown).toMatch(
      /\ndeliveries\n {2}\S+Z {2}mail {2}sent after .* {2}accepted by ops@example\.org\n$/
    )
  })

  it('explains why a rule fires or does not', async () => {
    expect(await printed('explain', 'tea')).toMatch(
      /^tea: Tea\n {2}count, warning, for each client\n[^]*\n {2}client 192\.0\.2\.1 {2}firing {2}3 requests/
    )
    // What came in the last two seconds is not evaluated by the clock yet.
    const calm = await eventually(
      async () => printed('explain', 'calm'),
      out => out.includes('1 request')
    )
    expect(calm).toMatch(/\n {2}- {2}good {2}1 request in 10m \(limit 5\)\n/)
    expect(await alerts('explain', 'tee')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('there is no rule tee')
    })
  })

  it('takes acknowledgements while it runs, and takes them back', async () => {
    const [alert] = await listed()
    const id = alert?.id ?? ''
    expect(await alerts('ack', id)).toMatchObject({ exit: 2, err: expect.stringContaining('--comment') })
    expect(await printed('ack', id, '--comment', 'on \u001b[31mit')).toBe(`${id} is acknowledged by kim\n`)
    const shown = await eventually(
      async () => printed('show', id),
      out => out.includes('taken by')
    )
    expect(shown).toMatch(
      /\n {2}phase +firing, acknowledged\n[^]*\n {2}taken by +kim, \S+Z: on \\x1b\[31mit\n/
    )
    await printed('ack', id, '--undo')
    expect(
      await eventually(
        async () => printed('list'),
        out => !out.includes('acknowledged')
      )
    ).toContain(' firing ')
  })

  it('silences what a query finds, until that is ended', async () => {
    expect(await alerts('silence', 'rule:tea')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('--for and --reason')
    })
    const wrong = await alerts('silence', 'rul:tea', '--for', '1h', '--reason', 'x')
    expect([wrong.exit, wrong.err]).toEqual([2, expect.stringContaining('did you mean `rule`?\nrul:tea\n^')])
    const said = await printed(
      'silence',
      'rule:tea AND client:192.0.2.*',
      '--for',
      '1h',
      '--reason',
      'tea time'
    )
    const [, id = ''] = /^(\w+) lasts until \S+Z\n$/.exec(said) ?? []
    expect(await printed('silences')).toContain('rule:tea AND client:192.0.2.*  tea time\n')
    expect(await printed('list')).toMatch(/ firing, silenced /)
    appendFileSync(path('access.log'), lineOf('192.0.2.9', 418).repeat(3))
    const explained = await eventually(
      async () => printed('explain', 'tea'),
      out => out.includes('192.0.2.9') && out.includes('silenced')
    )
    expect(explained).toMatch(/client 192\.0\.2\.9 .*\n {4}suppressed: silenced by kim \(tea time\)/)
    expect(await printed('silence', '--end', id.slice(0, 4))).toBe(`${id} is over\n`)
    expect(await printed('silences')).toBe('Nothing is silenced.\n')
    expect(await printed('silences', '--all')).toContain(id)
    expect(await alerts('silence', '--end', id)).toMatchObject({ exit: 2 })
  })

  it('shows what happened, and what became of each message', async () => {
    const history = await printed('history', '--rule', 'tea', '--since', '1h')
    expect(history).toMatch(/ {2}fired +tea-\w+ +3 requests/)
    expect(history).toMatch(/ {2}sent +to mail +Tea from 192\.0\.2\.1: .*: accepted by ops@example\.org\n/)
    expect(history).toMatch(/ {2}unacknowledged +tea-/)
    expect(await printed('history', '--rule', 'calm')).toBe('Nothing has happened.\n')
    const { transitions, deliveries } = JSON.parse(await printed('history', '--json'))
    expect([transitions.length > 0, deliveries.length > 0]).toEqual([true, true])
  })

  it('tries receivers at once', async () => {
    const before = mails.mails.length
    expect(await printed('test-receiver', 'mail')).toMatch(
      /^mail: email, ops@example\.org by smtp 127\.0\.0\.1:\d+\n {2}ops@example\.org {2}accepted after [\d.,]+ m?s\n$/
    )
    const subjects = mails.mails.slice(before).map(({ mail }) => mail.subject)
    expect(subjects.filter(subject => subject?.includes('TEST'))).toEqual(['[visor] TEST a test of mail'])
    const { exit, out } = await alerts('test-receiver', 'gone')
    expect([exit, out]).toEqual([
      1,
      expect.stringMatching(/ not taken now, after .*: connection refused \(ECONNREFUSED\)\n$/)
    ])
    expect(await alerts('test-receiver', 'mial')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('did you mean mail?')
    })
    await printed('test-receiver', 'box')
    expect(readdirSync(path('store/mail')).filter(name => name.includes('test-')).length).toBeGreaterThan(0)
  })

  it('goes on when Visor has stopped, but for what only that knows', async () => {
    expect(await running.stop('SIGTERM')).toMatchObject({ exit: 0, err: '' })
    expect(new Set((await listed()).map(({ labels }) => labels['client']))).toEqual(
      new Set(['192.0.2.1', '192.0.2.9'])
    )
    expect(await alerts('explain', 'tea')).toMatchObject({
      exit: 1,
      err: expect.stringContaining('no Visor runs on')
    })
    expect(await alerts('show', 'tea-')).toMatchObject({ exit: 2, err: expect.stringContaining('several') })
    const none = await visor(['alerts', 'list', '--store', path('none')])
    expect([none.exit, none.err]).toEqual([1, expect.stringContaining('there are no alerts in')])
  })
})

describe('visor alerts test-rule', () => {
  const START = Date.UTC(2026, 4, 1)
  const at = (seconds: number): Date => new Date(START + seconds * 1000)

  beforeAll(() => {
    // Two days of a request each minute; in the first night one client asks for tea ten times, in the second another one four times.
    const lines = (from: number, to: number): string =>
      Array.from({ length: to - from }, (_, minute) =>
        lineOf('192.0.2.7', 200, at((from + minute) * 60))
      ).join('')
    const tea = (client: string, hour: number, count: number): string =>
      Array.from({ length: count }, (_, i) => lineOf(client, 418, at(hour * 3600 + i))).join('')
    mkdirSync(path('old'))
    writeFileSync(
      path('old/access.log.1.gz'),
      gzipSync(lines(0, 120) + tea('192.0.2.1', 2, 10) + lines(120, 1440))
    )
    writeFileSync(path('old/access.log'), lines(1440, 1560) + tea('192.0.2.2', 26, 4) + lines(1560, 2880))
  })

  it('shows when a rule would have fired, for how long, and which limits would suit', async () => {
    const out = await printed(
      'test-rule',
      'tea',
      '--replay',
      path('old/access.log'),
      path('old/access.log.1.gz')
    )
    expect(out.split('\n')).toEqual([
      'tea: Tea (count)',
      '2,894 lines from 2026-05-01T00:00:00Z to 2026-05-02T23:59:00Z, 1 d 23 h',
      'It would have fired twice, 1 a day:',
      expect.stringMatching(/^ {2}2026-05-01T02:00:0\dZ {2}client 192\.0\.2\.1 {2}10 {2}for 11 min/),
      expect.stringMatching(/^ {2}2026-05-02T02:00:0\dZ {2}client 192\.0\.2\.2 {2}4 {3}for 11 min/),
      'With over: 12 it would never have fired: that is a fifth above the largest value, 10.',
      'With over: 4 it would have fired about once a day: values were past that in 1 of 2 hours.',
      ''
    ])
  })

  it('takes ready-made rules, and prints JSON', async () => {
    const args = ['test-rule', 'source-silent', '--json', '--replay', path('old/access.log')]
    expect(JSON.parse(await printed(...args))).toMatchObject({
      rule: 'source-silent',
      lines: { read: 1444, parsed: 1444 },
      fired: [],
      perDay: 0
    })
  })

  it.each([
    ['teh', 2, 'there is no rule teh; did you mean tea?'],
    ['disk-full', 2, 'the rule disk-full evaluates Visor itself'],
    ['tea', 1, 'none.log does not exist']
  ])('%s is refused where it must be', async (rule, exit, message) => {
    const outcome = await alerts('test-rule', rule, '--replay', path('none.log'))
    expect([outcome.exit, outcome.err]).toEqual([exit, expect.stringContaining(message)])
  })
})
