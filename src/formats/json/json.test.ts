import { describe, expect, it } from 'vitest'
import { acceptor } from '../../reading/choose.ts'
import { Scanner } from '../../scanner/index.ts'
import { conformsToFormat } from '../contract.ts'
import { detect } from '../detect.ts'
import { formatFor } from '../index.ts'

const CADDY = {
  level: 'info',
  ts: 1646861401.5241024,
  logger: 'http.log.access',
  msg: 'handled request',
  request: {
    remote_ip: '127.0.0.1',
    remote_port: '41342',
    client_ip: '10.0.0.9',
    proto: 'HTTP/2.0',
    method: 'GET',
    host: 'localhost',
    uri: '/a?b=c',
    headers: { 'User-Agent': ['curl/7.82.0'], Accept: ['*/*'] }
  },
  bytes_read: 0,
  user_id: '',
  duration: 0.000929675,
  size: 10900,
  status: 200,
  resp_headers: { Server: ['Caddy'], 'Content-Type': ['text/html'] }
}

const TRAEFIK = {
  ClientAddr: '10.0.0.1:52342',
  ClientHost: '10.0.0.1',
  ClientPort: '52342',
  ClientUsername: '-',
  DownstreamContentSize: 19,
  DownstreamStatus: 404,
  Duration: 81_234_567,
  RequestContentSize: 0,
  RequestHost: 'example.org',
  RequestMethod: 'GET',
  RequestPath: '/nothing',
  RequestProtocol: 'HTTP/1.1',
  'request_User-Agent': 'Mozilla/5.0',
  RouterName: 'web@docker',
  StartUTC: '2021-03-04T05:06:07.123456789Z',
  time: '2021-03-04T05:06:07Z'
}

const NGINX = {
  time_local: '04/Mar/2021:05:06:07 +0100',
  remote_addr: '2001:db8::1',
  remote_user: '',
  request: 'POST /login?x HTTP/1.1',
  status: '302',
  body_bytes_sent: '0',
  request_time: '0.052',
  http_referrer: '',
  http_user_agent: 'x "y" \u00e9',
  upstream: 'one'
}

const ECS = {
  '@timestamp': '2021-03-04T05:06:07.5+01:00',
  'http.response.status_code': 503,
  'url.path': '/x',
  source: { ip: '192.0.2.1' },
  event: { duration: 12_000_000 },
  http: { request: { method: 'GET' } }
}

const APPLICATION = {
  level: 'error',
  ts: 1646861401524,
  logger: 'http.handlers',
  msg: 'dial tcp 10.0.0.1:80',
  n: 3
}

/** What is read of a line that is an object. */
function read(formatText: string, line: string): Record<string, unknown> {
  const format = formatFor(formatText)
  const scanner = new Scanner([format.program])
  const bytes = Buffer.from(`${line}\n`)
  scanner.input().set(bytes)
  scanner.filled(bytes.length)
  const { batches, rejected } = scanner.scan({ final: true })
  const [batch] = batches
  if (!batch || batch.rows === 0) return { rejected: rejected.map(({ reason }) => reason) }
  const fields = Array.from(batch.columns, ([name, column]): [string, string | number | undefined] => [
    name,
    column.type === 'text' ? column.dictionary.text(column.codes[0] ?? 0) : column.values[0]
  ])
  const there = fields.filter(([, value]) => value !== '' && !Number.isNaN(value))
  return { time: batch.time[0], zone: batch.zone[0], ...Object.fromEntries(there) }
}

describe('JSON logs found out from their lines', () => {
  it.each([
    [
      'caddy',
      CADDY,
      {
        time: 1646861401524102,
        zone: 0,
        client: '10.0.0.9',
        client_port: 41342,
        peer: '127.0.0.1',
        path: '/a',
        query: 'b=c',
        protocol: 'HTTP/2.0',
        agent: 'curl/7.82.0',
        duration: 930,
        bytes: 10900,
        status: 200,
        'reply.content-type': 'text/html'
      }
    ],
    [
      'traefik',
      TRAEFIK,
      {
        time: Date.UTC(2021, 2, 4, 5, 6, 7) * 1000 + 123456,
        client: '10.0.0.1',
        duration: 81235,
        status: 404,
        path: '/nothing',
        vhost: 'example.org',
        'json.RouterName': 'web@docker'
      }
    ],
    [
      'json',
      NGINX,
      {
        time: Date.UTC(2021, 2, 4, 4, 6, 7) * 1000,
        zone: 60,
        client: '2001:db8::1',
        method: 'POST',
        path: '/login',
        query: 'x',
        status: 302,
        bytes: 0,
        duration: 52_000,
        agent: 'x "y" \u00e9',
        'json.upstream': 'one'
      }
    ],
    [
      'json',
      ECS,
      {
        time: Date.UTC(2021, 2, 4, 4, 6, 7, 500) * 1000,
        zone: 60,
        client: '192.0.2.1',
        status: 503,
        duration: 12_000
      }
    ],
    [
      'json',
      APPLICATION,
      {
        time: 1646861401524000,
        level: 'error',
        module: 'http.handlers',
        message: 'dial tcp 10.0.0.1:80',
        'json.n': '3'
      }
    ]
  ])('%s', (name, object, wanted) => {
    const line = JSON.stringify(object)
    const { formats, why } = detect([Buffer.from(line)], acceptor())
    expect(formats.map(format => format.name)).toEqual([name])
    expect(why).toContain(`${name}: the first line follows it`)
    const text = formats[0]?.text ?? ''
    expect(read(text, line)).toMatchObject(wanted)
    expect(read(text, '{"ts":1646861401.5}')).toEqual({ rejected: [expect.stringMatching(/missing|time/)] })
  })

  it('keeps access lines and messages of one log apart', () => {
    const other = { ...APPLICATION, ts: 1646861401.5 }
    const lines = [CADDY, other, CADDY, other, CADDY].map(object => Buffer.from(JSON.stringify(object)))
    const { formats } = detect(lines, acceptor())
    expect(formats.map(({ name, kind }) => [name, kind])).toEqual([
      ['caddy', 'access'],
      ['json', 'error']
    ])
  })

  it('finds no format in objects without a time, or with nothing that is known', () => {
    for (const line of ['{"status":200}', '{"ts":1646861401}', '{"ts":1,"status":', '[]', '{}']) {
      expect(detect([Buffer.from(line)], acceptor()).formats).toEqual([])
    }
  })
})

for (const text of [
  'json time=@timestamp:ms status=http\\.status request=r bytes=b client=c:chain json.x=a\\\\b.x\\:y',
  'json client=remote:port time=t time_end=end:us duration=d:ms path=uri query=args method=m',
  'json time=ts:ns message=msg level=level pid=pid client=peer.ip'
]) {
  conformsToFormat(formatFor(text))
}

describe('texts of JSON formats that are wrong', () => {
  it.each([
    ['json status=status', 'No member is the `time`.', 18],
    ['json time=ts statuses=s', 'There is no field statuses; a member of no known meaning is `json.s`.', 13],
    ['json time=ts status', 'Here `field=name.of.member` is expected.', 13],
    ['json time=ts status=', 'Here `field=name.of.member` is expected.', 13],
    ['json time=ts status=a..b', 'A name of a member is missing.', 20],
    ['json time=ts:h', 'A time is given in s, ms, us or ns, not in h.', 5],
    ['json time=ts duration=d:m', 'A duration is given in s, ms, us or ns, not in m.', 13],
    ['json time=ts status=s:ms', 'status has no such form as ms.', 13],
    ['json time=ts status=a status=b', 'status is named twice.', 22],
    ['json time=ts status=a bytes=a', '["a"] is named twice.', 22]
  ])('%s', (text, message, at) => {
    expect(() => formatFor(text)).toThrow(
      expect.objectContaining({ code: 'FORMAT', message: `${message}\n${text}\n${' '.repeat(at)}^` })
    )
  })
})
