import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../test/port.ts'
import type { LogEvent } from '../core/fields.ts'
import { Scanner } from '../scanner/index.ts'
import { readBack } from './contract.ts'
import { formatFor } from './index.ts'
import { PRESET_STRINGS } from './presets.ts'

/** Debian's Apache. Where it is installed, the formats are held against what it really writes. */
const APACHE = '/usr/sbin/apache2'
const MODULES = '/usr/lib/apache2/modules'

const ACCESS = [
  ...PRESET_STRINGS.filter(({ kind }) => kind === 'access').map(({ text }) => text),
  String.raw`%a %{c}a %{c}h %A %B %k %L %{c}L %m %p %{local}p %{remote}p %P %{tid}P %{hextid}P \"%R\" %S %t %X`,
  String.raw`\"%f\" \"%U\" \"%q\" %t %V %v`,
  String.raw`\"%m %U%q %H\" %t %D %T %{ms}T %{us}T %{s}T`,
  '[%{%d/%b/%Y:%H:%M:%S}t.%{msec_frac}t %{%z}t] %>s',
  '%{begin:%F %T %z}t %{end:%F %T}t.%{end:usec_frac}t %D',
  '%{sec}t%{msec_frac}t %{end:usec}t %>s',
  '%{%c}t|%{usec_frac}t|%h|%{%a %j %e %R}t|',
  '%{%u|%F %I:%M:%S %P}t|%h|%{%w}t|',
  String.raw`%t \"%{X-Id}i\" \"%{Content-Type}o\" \"%{sid}C\" \"%{N}n\" \"%400,404{User-agent}i\" \"%!200{Referer}i\" %<s`,
  String.raw`%t\t\"%r\"\t%^FB %{a}^ti %{b}^to 100%%`
]
/** The first is what Apache writes without any ErrorLogFormat. */
const ERROR = [
  '',
  '[%t] [%l] [pid %P] %F: %E: [client %a] %M',
  String.raw`[%{u}t] [%-m:%l] [pid %P:tid %T] %7F: %E: [client\ %a] %M% ,\ referer\ %{Referer}i`,
  '[%{uc}t] [%-m:%-l] [R:%L] [C:%{C}L] %7F: %E: %M',
  String.raw`[%{cuz}t] [%m] [%l] g=%{g}T k=%k v=%v V=%V [at\ %A] [%{c}a] %-{User-Agent}i| %M`
]

const CLOSE = 'Host: h\r\nConnection: close\r\n'
const REQUESTS = [
  `GET /index.html?a=b&c="x"\\y HTTP/1.1\r\n${CLOSE}Referer: http://a/"q"\\z\r\nUser-Agent: "x" \\ \xc3\xa9\tz\r\nX-Id: a"]b [c\r\nCookie: sid=abc; b=c\r\n\r\n`,
  'GET / HTTP/1.0\r\n\r\n',
  'GET /\r\n',
  `GET /no/such%0a%22%09 HTTP/1.1\r\n${CLOSE}Referer: \r\n\r\n`,
  '\x16\x03\x01\x02\x00\x01\r\n\r\n',
  `OPTIONS * HTTP/1.1\r\n${CLOSE}\r\n`,
  `GET /secret/"quote" HTTP/1.1\r\n${CLOSE}Referer: http://r/\r\n\r\n`,
  `GET /a b c HTTP/1.1\r\n${CLOSE}\r\n`,
  'BAD\r\n',
  `GET /${'a'.repeat(9000)} HTTP/1.1\r\n${CLOSE}\r\n`
]

/** Sends bytes and waits for the whole answer; tries again while nobody listens yet. */
async function ask(port: number, bytes: string, tries = 100): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
  } catch (error) {
    if (tries === 0) throw error
    await sleep(50)
    return ask(port, bytes, tries - 1)
  }
  socket.end(Buffer.from(bytes, 'latin1'))
  return text(socket)
}

function configuration(folder: string, ports: readonly number[]): string {
  const modules = ['mpm_event', 'authz_core'].map(
    name => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`
  )
  const hosts = ERROR.flatMap((format, i) => [
    `Listen 127.0.0.1:${ports[i]}`,
    `<VirtualHost *:${ports[i]}>`,
    `ServerName host${i}.example`,
    `DocumentRoot ${folder}/www`,
    'LogLevel debug',
    `ErrorLog ${folder}/error${i}`,
    format === '' ? '' : `ErrorLogFormat "${format}"`,
    '<Location /secret>\nRequire all denied\n</Location>',
    ...(i === 0 ? ACCESS.map((format, j) => `CustomLog ${folder}/access${j} "${format}"`) : []),
    '</VirtualHost>'
  ])
  const root = process.getuid?.() === 0 ? ['User nobody', 'Group nogroup'] : []
  const own = [
    `ServerRoot ${folder}`,
    `DefaultRuntimeDir ${folder}`,
    `PidFile ${folder}/pid`,
    `ErrorLog ${folder}/main`
  ]
  return [...own, ...root, 'ServerName main.example', 'LogIOTrackTTFB ON', ...modules, ...hosts, ''].join(
    '\n'
  )
}

describe.skipIf(!existsSync(APACHE))('logs of a running Apache', () => {
  const folder = mkdtempSync(join(tmpdir(), 'visor-apache-'))

  beforeAll(async () => {
    chmodSync(folder, 0o755)
    mkdirSync(join(folder, 'www'))
    writeFileSync(join(folder, 'www/index.html'), 'hello\n')
    const ports = await Promise.all(ERROR.map(freePort))
    writeFileSync(join(folder, 'httpd.conf'), configuration(folder, ports))
    const apache = spawn(APACHE, ['-f', join(folder, 'httpd.conf'), '-DFOREGROUND'], { stdio: 'ignore' })
    for (const port of ports) for (const request of REQUESTS) await ask(port, request)
    apache.kill('SIGTERM')
    await once(apache, 'exit')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** The events of a log, each line of which must come back byte for byte. */
  const read = (file: string, format: string, kind: 'access' | 'error'): LogEvent[] => {
    const found = formatFor(format, kind)
    const lines = readFileSync(join(folder, file), 'latin1').split('\n').slice(0, -1)
    const all = readBack(found, new Scanner([found.program], { zone: 'UTC' }), lines)
    expect(all.map(({ line }) => line)).toEqual(lines)
    return all.map(({ event }) => event)
  }

  it.each(ACCESS.map((format, i) => ({ format, i })))('access $format', ({ format, i }) => {
    expect(read(`access${i}`, format, 'access')).toHaveLength(REQUESTS.length)
  })

  it.each(ERROR.map((format, i) => ({ format, i })))('error $format', ({ format, i }) => {
    const events = read(`error${i}`, format || 'error24', 'error')
    expect(events.some(({ message }) => String(message).startsWith('AH01630: client denied'))).toBe(true)
  })

  it('are understood', () => {
    const [first, , old, missing, noise, , , spaces] = read('access2', 'forwarded', 'access')
    expect(first).toMatchObject({
      client: '127.0.0.1',
      user: null,
      method: 'GET',
      path: '/index.html',
      query: 'a=b&c="x"\\y',
      protocol: 'HTTP/1.1',
      referrer: 'http://a/"q"\\z',
      agent: '"x" \\ é\tz'
    })
    expect(old).toMatchObject({ method: 'GET', path: '/', protocol: null })
    expect(missing).toMatchObject({ path: '/no/such%0a%22%09', status: 404, referrer: '' })
    expect(noise).toMatchObject({ method: null, request: '\x16\x03\x01\x02', status: 400 })
    expect(spaces).toMatchObject({ method: null, request: expect.stringContaining('GET /a b'), status: 400 })

    const denied = read('error0', 'error24', 'error').find(({ message }) =>
      String(message).includes('AH01630')
    )
    expect(denied).toMatchObject({
      module: 'authz_core',
      level: 'error',
      client: '127.0.0.1',
      file: null,
      referrer: 'http://r/',
      message: `AH01630: client denied by server configuration: ${folder}/www/secret`
    })
  })
})
