/** How the cases of other parsers are asked of Visor: their formats, and their names of fields. */
import { CODE } from '../../src/derived/signature.ts'
import type { LogEvent } from '../../src/core/fields.ts'

/** A case as a peer states it. */
export interface Case {
  readonly format: string
  readonly line: string
  readonly expected: Readonly<Record<string, unknown>>
}

/** What Visor says for one name of a peer: a value, or the moment in microseconds where the peer tells a time. */
type Answer = (event: LogEvent) => string | number | null | undefined

export interface Peer {
  /** Formats to be tried, as Visor knows them; none where they are to be found out. */
  formats(test: Case): readonly string[] | undefined
  readonly answers: Readonly<Record<string, Answer>>
}

const field =
  (name: string): Answer =>
  event =>
    event[name]
/** A target as it was asked for, of which Visor makes path and query. */
const target: Answer = ({ path, query }) =>
  query === null || query === undefined ? path : `${path}?${query}`
const request: Answer = event => {
  if (event['method'] === null) return event['request']
  return [event['method'], target(event), event['protocol']].filter(part => (part ?? null) !== null).join(' ')
}
const version: Answer = ({ protocol }) =>
  typeof protocol === 'string' ? protocol.replace('HTTP/', '') : null
const quoted =
  (name: string): Answer =>
  event =>
    event[name] === null ? null : `"${event[name]}"`
const time: Answer = event => event.time
const code: Answer = ({ message }) => (typeof message === 'string' ? CODE.derive(message) : undefined)
/** Peers take the code off the message, and leave in it the referrer and what goes on in the next line. */
const message: Answer = event => {
  const whole = [event['message'], event['details']].filter(part => (part ?? null) !== null).join('\n')
  const text = whole.replace(/^AH\d+: /, '')
  return event['referrer'] === null ? text : `${text}, referer: ${event['referrer']}`
}
const accessLevel: Answer = event => (Number(event['status']) >= 400 ? 'error' : 'info')

const FLUENTD: Peer = {
  formats: ({ format }) => {
    if (format.startsWith('common')) return ['common']
    if (format === 'apache error') return ['error24', 'error22_pid', 'error22']
    // Its nginx format has the address and a host where the combined one has client and ident.
    return format === 'nginx combined'
      ? [
          '%h %v %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"',
          '%h %v %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" "%{X-Forwarded-For}i"',
          '%h %v %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %{X-Forwarded-For}i'
        ]
      : ['combined']
  },
  answers: {
    user: field('user'),
    method: field('method'),
    code: field('status'),
    size: field('bytes'),
    remote: field('client'),
    host: event => event['vhost'] ?? event['client'],
    path: target,
    referer: field('referrer'),
    agent: field('agent'),
    level: field('level'),
    client: field('client'),
    message: field('message'),
    pid: field('pid'),
    __time: time
  }
}

const KASSNER: Peer = {
  formats: ({ format }) => [format],
  answers: {
    host: field('client'),
    logname: field('ident'),
    user: field('user'),
    time,
    request,
    status: field('status'),
    sentBytes: field('bytes_out'),
    HeaderReferer: field('referrer'),
    HeaderUserAgent: field('agent'),
    HeaderUseragent: field('agent'),
    serverName: field('vhost'),
    port: field('port'),
    URL: field('path'),
    remoteIp: field('client')
  }
}

const TURBOT: Peer = {
  formats: ({ format }) => [format],
  answers: {
    remote_addr: field('client'),
    remote_logname: field('ident'),
    remote_user: field('user'),
    timestamp: time,
    request_method: field('method'),
    request_uri: target,
    server_protocol: field('protocol'),
    status: field('status'),
    body_bytes_sent: field('bytes'),
    http_referer: field('referrer'),
    http_user_agent: field('agent'),
    bytes_received: field('bytes_in'),
    bytes_sent: field('bytes_out'),
    request_time: event => Number(event['duration']) / 1e6,
    request_time_ms: event => Number(event['duration']) / 1e3,
    server_port: field('port'),
    client_port: field('client_port')
  }
}

const LNAV: Peer = {
  formats: ({ format }) => (format === 'combined' ? ['combined'] : undefined),
  answers: {
    level: event => event['level'] ?? accessLevel(event),
    log_time: time,
    log_level: accessLevel,
    c_ip: field('client'),
    cs_method: field('method'),
    cs_referer: field('referrer'),
    cs_uri_query: field('query'),
    cs_uri_stem: field('path'),
    cs_user_agent: field('agent'),
    cs_username: field('user'),
    cs_version: field('protocol'),
    sc_bytes: field('bytes'),
    sc_status: field('status'),
    cs_host: field('vhost')
  }
}

const LOGSTASH: Peer = {
  formats: ({ format }) =>
    format.includes('COMBINED') ? ['combined'] : ['error24', 'error22_pid', 'error22'],
  answers: {
    clientip: field('client'),
    clientport: field('client_port'),
    verb: field('method'),
    request: target,
    httpversion: version,
    response: field('status'),
    bytes: field('bytes'),
    referrer: quoted('referrer'),
    agent: quoted('agent'),
    auth: field('user'),
    ident: field('ident'),
    timestamp: time,
    module: field('module'),
    loglevel: field('level'),
    pid: field('pid'),
    tid: field('tid'),
    proxy_errorcode: field('os_error_code'),
    proxy_message: field('os_error'),
    errorcode: code,
    'message.1': message,
    'http.request.method': field('method'),
    'http.request.referrer': field('referrer'),
    'http.response.body.bytes': field('bytes'),
    'http.response.status_code': field('status'),
    'http.version': version,
    'source.address': field('client'),
    'source.port': field('client_port'),
    'url.original': target,
    'user_agent.original': field('agent'),
    'user.name': field('user'),
    'log.level': field('level'),
    'process.pid': field('pid'),
    'process.thread.id': field('tid'),
    'error.code': code,
    'apache.error.module': field('module'),
    'apache.error.proxy.error.code': field('os_error_code'),
    'apache.error.proxy.error.message': field('os_error')
  }
}

export const PEERS: Readonly<Record<string, Peer>> = {
  fluentd: FLUENTD,
  'kassner-log-parser': KASSNER,
  lnav: LNAV,
  'logstash-httpd': LOGSTASH,
  'turbot-tailpipe-apache': TURBOT
}
