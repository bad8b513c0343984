import type { Micros } from './time.ts'

/** Which kind of log a field belongs to. */
export type Kind = 'access' | 'error'

export interface FieldInfo {
  readonly name: string
  readonly type: 'text' | 'number'
  readonly kinds: readonly Kind[]
  readonly summary: string
  /**
   * What OpenTelemetry's semantic conventions call the same thing (an attribute, or in capitals a field of its log records)
   * and what the Elastic Common Schema does; `null` where there is no name for it.
   */
  readonly otel: string | null
  readonly ecs: string | null
}

const access: readonly Kind[] = ['access']
const error: readonly Kind[] = ['error']
const both: readonly Kind[] = ['access', 'error']

const field =
  (type: FieldInfo['type']) =>
  (
    name: string,
    kinds: readonly Kind[],
    summary: string,
    otel: string | null = null,
    ecs: string | null = otel
  ): FieldInfo => ({ name, type, kinds, summary, otel, ecs })
const text = field('text')
const number = field('number')

/**
 * Every named field of a log line besides `time`; those that are derived of them are in derived/. Fields of
 * the open-ended directives (`header.accept`, `cookie.sid`, `note.x`, `env.x`, `reply.x`, `ssl.x`, nginx's `var.x`, `json.x`)
 * are text and need no entry here.
 */
export const LINE_FIELDS: readonly FieldInfo[] = [
  text('client', both, 'address or host name that asked', 'client.address'),
  text('ident', access, 'identd user name'),
  text('user', access, 'authenticated user', 'user.name'),
  text('method', access, 'request method', 'http.request.method'),
  text('path', access, 'path asked for, without the query', 'url.path'),
  text('query', access, 'what follows the ? of the request', 'url.query'),
  text('protocol', access, 'HTTP/1.1 and the like', 'network.protocol.version', 'http.version'),
  text('request', access, 'first line of the request where it is no HTTP request'),
  number('status', access, 'status of the answer', 'http.response.status_code'),
  number(
    'bytes',
    access,
    'bytes of the answer, without its headers',
    'http.response.body.size',
    'http.response.body.bytes'
  ),
  text(
    'referrer',
    both,
    'page the request came from',
    'http.request.header.referer',
    'http.request.referrer'
  ),
  text('agent', access, 'user agent', 'user_agent.original'),
  text('vhost', access, 'virtual host that answered', 'server.address'),
  number('port', access, 'port that answered', 'server.port'),
  number('duration', access, 'time taken, in microseconds inside, in seconds shown', null, 'event.duration'),
  number('bytes_in', access, 'bytes received, headers included', 'http.request.size', 'http.request.bytes'),
  number('bytes_out', access, 'bytes sent, headers included', 'http.response.size', 'http.response.bytes'),
  text('request_id', both, 'id shared by the access line and its error lines', null, 'http.request.id'),
  text('level', error, 'severity, emerg to trace8', 'SeverityText', 'log.level'),
  text('module', error, 'server module that spoke', null, 'log.logger'),
  number('pid', both, 'process', 'process.pid'),
  number('tid', both, 'thread', 'thread.id', 'process.thread.id'),
  number('client_port', both, 'port of the client', 'client.port'),
  text('file', error, 'source file', 'code.file.path', 'log.origin.file.name'),
  text('os_error', error, 'text of the system error', 'error.message'),
  text('message', error, 'the message, its AH code included', 'Body', 'message'),
  text(
    'details',
    error,
    'lines that follow the message without a header of their own, such as a stack trace',
    'exception.stacktrace',
    'error.stack_trace'
  ),
  text(
    'forwarded',
    access,
    'proxies on the way, where the client is the first address of X-Forwarded-For',
    'http.request.header.x-forwarded-for',
    null
  ),
  number('time_end', access, 'when the answer was finished, in microseconds since 1970', null, 'event.end'),
  number('bytes_total', access, 'bytes received and sent, headers included', null, 'network.bytes'),
  number('ttfb', access, 'microseconds to the first byte of the answer'),
  number('ttfu', access, 'microseconds until the request was received whole'),
  text('filename', access, 'file that was served', 'file.path'),
  text('handler', access, 'handler that made the answer'),
  number('keepalive', both, 'requests before this one on the connection'),
  text('connection', access, 'X aborted, + kept alive, absent: closed'),
  text('connection_id', both, 'id of the connection in the error log'),
  text(
    'peer',
    both,
    'other end of the connection, a proxy perhaps',
    'network.peer.address',
    'source.address'
  ),
  number('peer_port', both, 'port of the other end of the connection', 'network.peer.port', 'source.port'),
  text('local_address', both, 'address of the server', 'network.local.address', 'destination.address'),
  number('local_port', both, 'actual port of the server', 'network.local.port', 'destination.port'),
  text('tid_hex', access, 'thread, hexadecimal'),
  number('system_tid', error, 'thread, as the system numbers it'),
  number('file_line', error, 'line in the source file', 'code.line.number', 'log.origin.file.line'),
  text('os_error_code', error, 'number of the system error', 'error.type', 'error.code')
]

/** Whether a field is a span of time: microseconds inside, seconds for people. */
export function isDuration(name: string): boolean {
  return /^(duration|ttfb|ttfu)(_\d+)?$/.test(name)
}

const byName = new Map(LINE_FIELDS.map(field => [field.name, field]))

/**
 * What is known of a field; open-ended names (with a dot) are text, a numbered name (`status_2`, the second
 * directive for the status) is as its first. `undefined` for a name that no log has.
 */
export function lineField(name: string): FieldInfo | undefined {
  const known = byName.get(name)
  if (known) return known
  if (/^(header|cookie|note|env|reply|trailer|reply_trailer|ssl|var|json)\../.test(name)) {
    const header = /^(?:header|reply)\./.exec(name)?.[0]
    const side = header === 'reply.' ? 'response' : 'request'
    const otel = header === undefined ? null : `http.${side}.header.${name.slice(header.length)}`
    return text(name, both, 'value of an open-ended directive', otel, null)
  }
  const first = byName.get(/^(.+)_\d+$/.exec(name)?.[1] ?? '')
  if (first) return field(first.type)(name, first.kinds, `${first.summary}, again`)
  return /^time_\d+$/.test(name) ? text(name, both, 'the time, again') : undefined
}

/**
 * One log line as an object. Text is decoded; numbers are in the units of LINE_FIELDS; `null` is absent.
 * `zone` is the minutes east of UTC it is written with.
 */
export interface LogEvent {
  readonly time: Micros
  readonly zone: number
  readonly [field: string]: string | number | null
}
