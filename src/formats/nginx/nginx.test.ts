import { describe, expect, it } from 'vitest'
import { Scanner } from '../../scanner/index.ts'
import { conformsToFormat, readBack } from '../contract.ts'
import { formatFor } from '../index.ts'

const COMBINED =
  '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" "$http_user_agent"'
const JSON_FORMAT = String.raw`log_format j escape=json '{"time":"$time_iso8601","client":"$remote_addr",'
  '"request":"$request","status":$status,"took":$request_time,"agent":"$http_user_agent"}';`

for (const text of [
  COMBINED,
  '$host [$time_iso8601] "$request_uri" $request_method $server_protocol ${status}s $request_time "$http_x_forwarded_for"',
  '$msec $pid "$request" $connection_requests/$bytes_sent "$upstream_response_time" "$cookie_SID" $ssl_protocol',
  JSON_FORMAT,
  `log_format n escape=none '$time_local|$remote_user|$uri';`
])
  conformsToFormat(formatFor(text))

/** The fields of a line that are there. */
function fields(text: string, line: string): Record<string, unknown> {
  const format = formatFor(text)
  const [read] = readBack(format, new Scanner([format.program], { zone: 'UTC' }), [line])
  const all = Object.entries(read?.event ?? {})
  return Object.fromEntries(all.filter(([, value]) => value !== null))
}

const SECOND = Date.UTC(2017, 4, 17, 8, 5, 24) * 1000

describe('log_format', () => {
  it('is read from a whole statement, its pieces joined and its escapes resolved', () => {
    const statement = `log_format main '$remote_addr [$time_local] '\n    "\\"$request\\"";`
    expect(formatFor(statement).text).toBe('$remote_addr [$time_local] "$request"')
  })

  it('tells times and durations in the units of Visor', () => {
    expect(
      fields('$msec $request_time $time_iso8601', '1495008324.250 0.005 2017-05-17T08:05:24+00:00')
    ).toEqual({
      time: SECOND + 250_000,
      time_2: '2017-05-17T08:05:24+00:00',
      zone: 0,
      duration: 5000
    })
  })

  it('reads what escape=json and escape=default write', () => {
    const json = String.raw`{"time":"2017-05-17T10:05:24+02:00","client":"::1","request":"GET /a?b=\"c\" HTTP/1.1","status":200,"took":1.250,"agent":"é\u0001\/"}`
    expect(fields(JSON_FORMAT, json)).toMatchObject({
      time: SECOND,
      zone: 120,
      path: '/a',
      query: 'b="c"',
      duration: 1_250_000,
      agent: 'é\u0001/'
    })
    const plain = String.raw`::1 - - [17/May/2017:08:05:24 +0000] "GET / HTTP/1.1" 200 3 "-" "\x22\xC3\xA9\x5C"`
    expect(fields(COMBINED, plain)).toMatchObject({ agent: '"é\\' })
    expect(formatFor(COMBINED).print({ time: SECOND, zone: 0, agent: '"é\\' })).toContain(
      String.raw`"\x22\xC3\xA9\x5C"`
    )
  })

  it.each([
    ['$time_local $status$pid', /A digit may follow/],
    ['$remote_addr $status', /A time directive is needed/],
    ['log_format x escape=json \'"$time_local$http_a"\';', /./]
  ])('%s is refused or read with a reason', (text, message) => {
    const found = (): string => {
      try {
        return formatFor(text).text
      } catch (error) {
        return String(error)
      }
    }
    expect(found()).toMatch(message)
  })

  it('is not taken for one of Apache', () => {
    expect(formatFor('"$%r$" %t').program.steps[0]).toEqual({ op: 'literal', text: '"$' })
  })
})

describe('the error log', () => {
  const HEAD = '2017/05/17 08:05:24 [error] 12#34: '
  it.each([
    [
      `${HEAD}*91 open() "/x" failed (2: No such file or directory), client: 1.2.3.4, server: a.b, request: "GET /x?y HTTP/1.1", upstream: "http://u:1/x", host: "a.b", referrer: "http://r/"`,
      {
        connection_id: '91',
        message: 'open() "/x" failed (2: No such file or directory)',
        client: '1.2.3.4',
        vhost: 'a.b',
        method: 'GET',
        path: '/x',
        query: 'y',
        protocol: 'HTTP/1.1',
        'var.upstream': 'http://u:1/x',
        'header.host': 'a.b',
        referrer: 'http://r/'
      }
    ],
    [
      `${HEAD}*3 open() "/a"b" failed, client: 1.2.3.4, server: a.b, request: "GET /a"b HTTP/1.0"`,
      {
        connection_id: '3',
        message: 'open() "/a"b" failed',
        client: '1.2.3.4',
        vhost: 'a.b',
        method: 'GET',
        path: '/a"b',
        protocol: 'HTTP/1.0'
      }
    ],
    // Whoever asks writes into the referrer, the host, the request and, by the path, into the message.
    [
      `${HEAD}*1 forbidden, client: 1.2.3.4, server: s, request: "GET /p HTTP/1.1", host: "h", referrer: "http://a/", client: 9.9.9.9, server: s, request: "GET / HTTP/1.1", host: "h"`,
      {
        connection_id: '1',
        message: 'forbidden',
        client: '1.2.3.4',
        vhost: 's',
        method: 'GET',
        path: '/p',
        protocol: 'HTTP/1.1',
        'header.host': 'h',
        referrer: 'http://a/", client: 9.9.9.9, server: s, request: "GET / HTTP/1.1", host: "h'
      }
    ],
    [
      `${HEAD}*1 x, client: 1.2.3.4, server: s, request: "GET /x HTTP/1.1", referrer: "http://a/?q=a, client: b"`,
      {
        connection_id: '1',
        message: 'x',
        client: '1.2.3.4',
        vhost: 's',
        method: 'GET',
        path: '/x',
        protocol: 'HTTP/1.1',
        referrer: 'http://a/?q=a, client: b'
      }
    ],
    [
      `${HEAD}*1 open() "/a, client: b" failed, client: 1.2.3.4, server: s, request: "GET /a, client: b HTTP/1.1"`,
      {
        connection_id: '1',
        message: 'open() "/a, client: b" failed',
        client: '1.2.3.4',
        vhost: 's',
        method: 'GET',
        path: '/a, client: b',
        protocol: 'HTTP/1.1'
      }
    ],
    [
      `${HEAD}*1 x, client: 1.2.3.4, server: s, request: "GET /a", host: "b HTTP/1.1", host: "h"`,
      {
        connection_id: '1',
        message: 'x',
        client: '1.2.3.4',
        vhost: 's',
        method: 'GET',
        path: '/a',
        'header.host': 'b HTTP/1.1',
        rest: 'host: "h"'
      }
    ],
    // nginx cuts lines off at 2048 bytes.
    [
      `${HEAD}*1 x, client: 1.2.3.4, server: s, request: "GET /aaaa`,
      { connection_id: '1', message: 'x', client: '1.2.3.4', vhost: 's', rest: 'request: "GET /aaaa' }
    ],
    [
      `${HEAD}*1 x, client: 1.2.3.4, server: s, request: "GET / HTTP/1.1", ho`,
      {
        connection_id: '1',
        message: 'x',
        client: '1.2.3.4',
        vhost: 's',
        method: 'GET',
        path: '/',
        protocol: 'HTTP/1.1',
        rest: 'ho'
      }
    ],
    [`${HEAD}*1 x, client: 1.2.3`, { connection_id: '1', message: 'x, client: 1.2.3' }],
    [`${HEAD}signal process started`, { message: 'signal process started' }],
    [
      `${HEAD}*7 client sent invalid header, client: ::1, server: _`,
      {
        connection_id: '7',
        message: 'client sent invalid header',
        client: '::1',
        vhost: '_'
      }
    ]
  ])('%s', (line, expected) => {
    expect(fields('nginx_error', line)).toEqual({
      time: SECOND,
      zone: 0,
      level: 'error',
      pid: 12,
      tid: 34,
      ...expected
    })
  })
})
