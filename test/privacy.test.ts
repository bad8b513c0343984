import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { MailServer } from '../src/notifiers/testing/mail-server.ts'
import { startVisor, visor, type Running } from './visor.ts'
import { eventually } from './watching.ts'

/** What stands in every secret below, each with a number of its own, so that any of them is found anywhere. */
const MARK = /h1d[0-9a-z]{3}Zq/gi

let made = 0
/** A new secret, as people choose them. */
const own = (): string => `h1d${(made++).toString(36).padStart(3, '0')}Zq`
/** One that nobody has chosen. */
const long = (): string => `${own()}8f3K2mP9xL5vB7nT4c`
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const percent = (text: string): string =>
  Array.from(Buffer.from(text), byte => `%${byte.toString(16).padStart(2, '0')}`).join('')

/** Parameters, in every way of writing a name. */
const NAMES = [
  'token access_token accessToken ID_TOKEN csrfmiddlewaretoken key api_key APIKEY client-secret',
  'password new_password2 passwd pwd user[password] a[0][token] auth[] code reset_code',
  'session PHPSESSID sid X-Amz-Signature sig jwt otp pass%77ord User%5BToken%5D',
  percent('token')
].flatMap(names => names.split(' '))
const pair = (name: string): string => `${name}=${own()}`

/** What is a secret wherever it stands. */
const SHAPES: readonly (() => string)[] = [
  () => `eyJhbGciOiJIUzI1NiJ9.${own()}eyJzdWIiOiIxIn0.${own()}`,
  () => `AKIA${own().toUpperCase()}EXAMPLE`,
  () => `ghp_${long()}`,
  () => `github_pat_${long()}`,
  () => `glpat-${long()}`,
  () => `sk_live_${long()}`,
  () => `xoxb-123456789-${own()}`,
  () => `AIza${long()}8f3K2mP9xL5vB7`,
  () => `npm_${long()}8f3K2mP9xL5vB7`,
  () => `sk-ant-${long()}`,
  () => `https://user:${own()}@example.com/`,
  () => `https%3A%2F%2F${own()}%3Apw%40example.com%2F`
]

/** Ways to wrap a pair or a shape, of which another one comes out. */
const PLAIN = (text: string): string => `a=1&${text}&b=2`
const NESTED = (text: string): string => `next=${encodeURIComponent(`https://example.com/?x=1&${text}`)}`
const TWICE = (text: string): string =>
  `next=${encodeURIComponent(encodeURIComponent(`https://example.com/?${text}&y=1`))}`

const at = (): string => {
  const [day = '', clock = ''] = new Date().toISOString().split('T')
  const [year, month = '1', date] = day.split('-')
  const name = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')[Number(month) - 1]
  return `${date}/${name}/${year}:${clock.slice(0, 8)} +0000`
}

interface Request {
  readonly target?: string
  readonly referrer?: string
  readonly agent?: string
  readonly authorization?: string
  readonly cookie?: string
  readonly status?: string
}

/** Each a line of its own, most of them failures, so that alerts fire and quote them. */
function accessLine({
  target = '/',
  referrer = '-',
  agent = 'curl/8',
  authorization = '-',
  cookie = '-',
  status = '500'
}: Request): string {
  return `192.0.2.7 - - [${at()}] "GET ${target} HTTP/1.1" ${status} 7 "${referrer}" "${agent}" "${authorization}" "${cookie}"\n`
}

const errorLine = (message: string): string => {
  const now = new Date()
  const [day, date, year, clock] = [
    now.toUTCString().slice(0, 3),
    at().slice(0, 6),
    now.getUTCFullYear(),
    now.toISOString().slice(11, 19)
  ]
  return `[${day} ${date.slice(3)} ${date.slice(0, 2)} ${clock}.000000 ${year}] [core:error] [pid 7:tid 8] [client 192.0.2.7:80] ${message}\n`
}

const jsonLine = (more: Record<string, unknown>): string =>
  `${JSON.stringify({ time: new Date().toISOString(), client: '192.0.2.7', method: 'GET', status: 500, uri: '/', ...more })}\n`

function logs(): { access: string; error: string; json: string; count: number } {
  const requests: Request[] = [
    ...NAMES.flatMap(name => [
      { target: `/q?${PLAIN(pair(name))}` },
      { referrer: `https://example.com/?${PLAIN(pair(name))}` }
    ]),
    ...NAMES.slice(0, 12).flatMap(name => [
      { target: `/m;${pair(name.replaceAll(/[[\]%]/g, ''))}/x` },
      { target: `/n?${NESTED(pair(name))}` },
      { target: `/n?${TWICE(pair(name))}`, status: '0500' },
      { referrer: `https://example.com/#${pair(name)}` }
    ]),
    ...SHAPES.flatMap(shape => [
      { target: `/s?x=${shape()}` },
      { target: `/s/${shape()}/y` },
      { referrer: `https://a.example/${shape()}` }
    ]),
    { agent: `curl/8 token=${own()}` },
    { target: `/reset/${long()}` },
    { authorization: `Bearer ${long()}` },
    { authorization: `Basic ${base64(`user:${own()}`)} ${own()}` },
    { authorization: own(), status: '0500' },
    { cookie: `lang=${own()}; theme=${own()}` },
    { cookie: `PHPSESSID=${own()}`, status: '0500' },
    { target: `http://user:${own()}@example.com/` }
  ]
  const strange = [
    `GET /?${pair('token')} of no format`,
    `POST /x password=${own()}; Cookie: a=${own()}; b=${own()}`,
    `Authorization: Basic ${base64(`${own()}:${own()}`)}${own()}`,
    `{"password":"${own()}","n":{"api_key":"${own()}"}`,
    `\x16\x03 ${pair('secret')} ${SHAPES[0]?.()}`
  ]
  const messages = [
    ...NAMES.slice(0, 16).map(
      name => `AH01234: cannot open /x?${PLAIN(pair(name))}, referer: https://example.com/?${pair(name)}`
    ),
    ...SHAPES.map(shape => `AH05678: what came was ${shape()}`),
    `PHP Warning: login failed for bob, password: ${own()}`,
    `PHP Fatal error: {"apiKey":"${own()}","user":{"Password" : "${own()}"}}, 'secret' => '${own()}'`,
    `AH09999: header Authorization: Bearer ${long()}, Set-Cookie: sid=${own()}; Path=/`
  ]
  const objects = [
    ...NAMES.slice(0, 10).map(name => ({ [name]: own(), uri: `/j?${PLAIN(pair(name))}` })),
    { headers: { Authorization: [`Bearer ${long()}`], Cookie: [`a=${own()}; b=${own()}`] } },
    { body: JSON.stringify({ password: own(), nested: JSON.stringify({ token: own() }) }) },
    { pin: 1234, note: SHAPES[2]?.(), deep: { a: [{ client_secret: own() }] } }
  ]
  const access = [...requests.map(accessLine), ...strange.map(line => `${line}\n`)]
  const [error, json] = [messages.map(errorLine), objects.map(jsonLine)]
  return {
    access: access.join(''),
    error: error.join(''),
    json: json.join(''),
    count: access.length + error.length + json.length
  }
}

const folder = mkdtempSync(join(tmpdir(), 'visor-privacy-'))
const path = (name: string): string => join(folder, name)
const store = path('store')

/** Secrets that are in something, as text or as mails write it. */
function found(text: string): string[] {
  const decoded = text
    .replaceAll(/=\r?\n/g, '')
    .replaceAll(
      /(?:[A-Za-z0-9+/]{60,}={0,2}\r?\n?)+/g,
      all => `${all} ${Buffer.from(all, 'base64').toString('latin1')}`
    )
  return [...new Set(decoded.match(MARK))]
}

/** Files of a folder and those below, as bytes. */
function filesIn(place: string): [string, string][] {
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'latin1')])
}

let mails: MailServer
let running: Running
let address = ''
let written: ReturnType<typeof logs>

const get = async (question: string): Promise<string> => {
  const answer = await fetch(new URL(question, address))
  const text = await answer.text()
  expect([question, answer.status, text.slice(0, 200)]).toEqual([question, 200, expect.any(String)])
  return text
}

const command = async (...args: string[]): Promise<string> => {
  const { exit, out, err } = await visor([...args])
  expect([args, exit, exit === 0 ? '' : err]).toEqual([args, 0, ''])
  return out + err
}

beforeAll(async () => {
  mails = await MailServer.start()
  written = logs()
  writeFileSync(
    path('visor.yaml'),
    `sources:
  web: { path: access.log, format: '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "%{Authorization}i" "%{Cookie}i"' }
  errors: { path: error.log, format: 'error24', zone: UTC }
  api: { path: api.log, format: 'json time=time client=client method=method status=status path=uri' }
page: { port: 0 }
store: { path: store }
alerts:
  rules:
    any: { type: count, where: 'status:500', over: 1, window: 10m, receivers: mail }
    seen: { type: new, field: signature }
    words: { type: match, field: level, in: [error], receivers: mail }
reports:
  day: { every: 1h, receivers: mail }
receivers:
  mail: { type: email, to: ops@example.org, host: 127.0.0.1, port: ${mails.port} }
`
  )
  writeFileSync(path('access.log'), written.access, 'latin1')
  writeFileSync(path('error.log'), written.error)
  writeFileSync(path('api.log'), written.json)
  running = startVisor(['watch', '--config', path('visor.yaml'), '--output', path('results.jsonl')])
  const [, url = ''] = await running.until(/live at (\S+)/)
  address = url
  await eventually(
    async () => JSON.parse(await get('/api/status')).counters.read,
    read => read === written.count
  )
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

describe('of more than 200 secrets', () => {
  it('all are in the logs', () => {
    expect(made).toBeGreaterThan(200)
    const all = found([written.access, written.error, written.json].join('')).length
    // Those in base64 are no texts in the log.
    expect(made - all).toBeLessThan(8)
  })

  it('none is on the page or in its answers', async () => {
    const questions = [
      '/api/status',
      '/api/summary?period=1h',
      '/api/sources',
      '/api/lines?limit=1000',
      '/api/signatures',
      '/api/rejected',
      ...['path', 'query', 'referrer', 'agent', 'header.authorization', 'header.cookie', 'message'].map(
        field => `/api/stats?stats=count+by+${field}`
      ),
      '/api/alerts',
      '/api/alerts/history'
    ]
    for (const question of questions) {
      const answer = await fetch(new URL(question, address))
      const text = await answer.text()
      expect([question, answer.status, found(text)]).toEqual([question, 200, []])
    }
  })

  it('none is in what the page is sent as it comes', async () => {
    const stop = new AbortController()
    const { body } = await fetch(new URL('/api/live', address), { signal: stop.signal })
    let text = ''
    for await (const part of body ?? []) {
      text += Buffer.from(part).toString('latin1')
      if (text.includes('"lines"')) break
    }
    stop.abort()
    expect([text.includes('***'), found(text)]).toEqual([true, []])
  })

  it('none is printed by any command', async () => {
    const config = ['--config', path('visor.yaml')]
    const [alert] = JSON.parse(await command('alerts', 'list', '--json', ...config))
    const all = [
      ['query', '*', '--limit', '1000', ...config],
      ['query', 'token', '--json', ...config],
      ['query', '--signatures', ...config],
      ['query', '--sql', 'select value, raw from dictionary', '--limit', '10000', ...config],
      ['alerts', 'show', alert.id, ...config],
      ['alerts', 'history', ...config],
      ['sources', ...config],
      ['check', ...config],
      ...['txt', 'json', 'csv', 'html'].map(shape => ['report', '-o', shape, '--last', '1h', ...config]),
      ['report', '--preview', 'day', ...config],
      ['report', '--mail', 'day', ...config],
      ...['json', 'html'].map(shape => ['report', '-o', shape, path('error.log'), ...config]),
      ['parse', path('error.log')],
      ['parse', path('api.log'), '-f', 'json time=time client=client method=method status=status path=uri'],
      ['parse', '--explain', path('error.log')]
    ]
    for (const args of all) expect([args, found(await command(...args))]).toEqual([args, []])
  })

  it('all lines are in the store as they are masked: an audit finds each once', async () => {
    const { sources } = JSON.parse(await command('audit', '--json', '--config', path('visor.yaml')))
    expect(sources).toMatchObject(
      Array.from({ length: 3 }, () => ({ whole: true, missing: { count: 0 }, double: { count: 0 } }))
    )
    expect(sources[0]).toMatchObject({ lines: { rejected: 5 }, rejectedFound: 5 })
  })

  it('none is in a mail', async () => {
    await eventually(
      async () => mails.mails.filter(({ mail }) => mail.subject?.includes('day')).length,
      count => count > 0
    )
    for (const { raw, mail } of mails.mails)
      for (const text of [raw, mail.text ?? '', mail.html === false ? '' : (mail.html ?? '')])
        expect([mail.subject, found(text)]).toEqual([mail.subject, []])
    expect(mails.mails.some(({ mail }) => mail.text?.includes('***'))).toBe(true)
  })

  it('none is in a file of store, state and results, while it runs and afterwards', async () => {
    const check = (): void => {
      const files = filesIn(store)
      expect(files.map(([name]) => name)).toEqual(expect.arrayContaining(['state.sqlite', 'visor.duckdb']))
      for (const [name = '', text = ''] of [
        ...files,
        ['results', readFileSync(path('results.jsonl'), 'latin1')]
      ])
        expect([name, found(text ?? '')]).toEqual([name, []])
    }
    check()
    const { err } = await running.stop('SIGTERM')
    expect(found(err)).toEqual([])
    check()
  })
})
