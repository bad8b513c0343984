/** Which kind of log a field belongs to. */
export type Kind = 'access' | 'error'

export interface FieldInfo {
  readonly name: string
  readonly type: 'text' | 'number'
  readonly kinds: readonly Kind[]
  readonly summary: string
  /** The field that it is derived of, where lines do not tell it themselves. */
  readonly from?: string
  /** The OpenTelemetry (or, where there is none, ECS) name of the same thing. */
  readonly otel: string
}

const access: readonly Kind[] = ['access']
const error: readonly Kind[] = ['error']
const both: readonly Kind[] = ['access', 'error']

/**
 * Every named field of a log line besides `time`. Fields of the open-ended directives (`header.accept`,
 * `cookie.sid`, `note.x`, `env.x`, `reply.x`, `ssl.x`, nginx's `var.x`, `json.x`) are text and need no entry here.
 */
export const FIELDS: readonly FieldInfo[] = [
  {
    name: 'client',
    type: 'text',
    kinds: both,
    summary: 'address or host name that asked',
    otel: 'client.address'
  },
  { name: 'ident', type: 'text', kinds: access, summary: 'identd user name', otel: 'apache.access.ident' },
  { name: 'user', type: 'text', kinds: access, summary: 'authenticated user', otel: 'user.name' },
  { name: 'method', type: 'text', kinds: access, summary: 'request method', otel: 'http.request.method' },
  {
    name: 'path',
    type: 'text',
    kinds: access,
    summary: 'path asked for, without the query',
    otel: 'url.path'
  },
  {
    name: 'query',
    type: 'text',
    kinds: access,
    summary: 'what follows the ? of the request',
    otel: 'url.query'
  },
  {
    name: 'protocol',
    type: 'text',
    kinds: access,
    summary: 'HTTP/1.1 and the like',
    otel: 'network.protocol.version'
  },
  {
    name: 'request',
    type: 'text',
    kinds: access,
    summary: 'first line of the request where it is no HTTP request',
    otel: 'http.request.line'
  },
  {
    name: 'status',
    type: 'number',
    kinds: access,
    summary: 'status of the answer',
    otel: 'http.response.status_code'
  },
  {
    name: 'bytes',
    type: 'number',
    kinds: access,
    summary: 'bytes of the answer, without its headers',
    otel: 'http.response.body.size'
  },
  {
    name: 'referrer',
    type: 'text',
    kinds: both,
    summary: 'page the request came from',
    otel: 'http.request.header.referer'
  },
  { name: 'agent', type: 'text', kinds: access, summary: 'user agent', otel: 'user_agent.original' },
  {
    name: 'vhost',
    type: 'text',
    kinds: access,
    summary: 'virtual host that answered',
    otel: 'server.address'
  },
  { name: 'port', type: 'number', kinds: access, summary: 'port that answered', otel: 'server.port' },
  {
    name: 'duration',
    type: 'number',
    kinds: access,
    summary: 'time taken, in microseconds inside, in seconds shown',
    otel: 'http.server.request.duration'
  },
  {
    name: 'bytes_in',
    type: 'number',
    kinds: access,
    summary: 'bytes received, headers included',
    otel: 'http.request.size'
  },
  {
    name: 'bytes_out',
    type: 'number',
    kinds: access,
    summary: 'bytes sent, headers included',
    otel: 'http.response.size'
  },
  {
    name: 'request_id',
    type: 'text',
    kinds: both,
    summary: 'id shared by the access line and its error lines',
    otel: 'http.request.id'
  },
  { name: 'level', type: 'text', kinds: error, summary: 'severity, emerg to trace8', otel: 'log.level' },
  {
    name: 'module',
    type: 'text',
    kinds: error,
    summary: 'server module that spoke',
    otel: 'apache.error.module'
  },
  { name: 'pid', type: 'number', kinds: both, summary: 'process', otel: 'process.pid' },
  { name: 'tid', type: 'number', kinds: both, summary: 'thread', otel: 'thread.id' },
  { name: 'client_port', type: 'number', kinds: both, summary: 'port of the client', otel: 'client.port' },
  { name: 'file', type: 'text', kinds: error, summary: 'source file', otel: 'code.file.path' },
  {
    name: 'os_error',
    type: 'text',
    kinds: error,
    summary: 'text of the system error',
    otel: 'error.type'
  },
  { name: 'message', type: 'text', kinds: error, summary: 'the message, its AH code included', otel: 'body' },
  {
    name: 'details',
    type: 'text',
    kinds: error,
    summary: 'lines that follow the message without a header of their own, such as a stack trace',
    otel: 'exception.stacktrace'
  },
  {
    name: 'forwarded',
    type: 'text',
    kinds: access,
    summary: 'proxies on the way, where the client is the first address of X-Forwarded-For',
    otel: 'http.request.header.x-forwarded-for'
  },
  {
    name: 'time_end',
    type: 'number',
    kinds: access,
    summary: 'when the answer was finished, in microseconds since 1970',
    otel: 'time_end'
  },
  {
    name: 'bytes_total',
    type: 'number',
    kinds: access,
    summary: 'bytes received and sent, headers included',
    otel: 'bytes_total'
  },
  {
    name: 'ttfb',
    type: 'number',
    kinds: access,
    summary: 'microseconds to the first byte of the answer',
    otel: 'ttfb'
  },
  {
    name: 'ttfu',
    type: 'number',
    kinds: access,
    summary: 'microseconds until the request was received whole',
    otel: 'ttfu'
  },
  { name: 'filename', type: 'text', kinds: access, summary: 'file that was served', otel: 'file.path' },
  {
    name: 'handler',
    type: 'text',
    kinds: access,
    summary: 'handler that made the answer',
    otel: 'apache.access.handler'
  },
  {
    name: 'keepalive',
    type: 'number',
    kinds: both,
    summary: 'requests before this one on the connection',
    otel: 'apache.access.keepalive'
  },
  {
    name: 'connection',
    type: 'text',
    kinds: access,
    summary: 'X aborted, + kept alive, absent: closed',
    otel: 'apache.access.connection'
  },
  {
    name: 'connection_id',
    type: 'text',
    kinds: both,
    summary: 'id of the connection in the error log',
    otel: 'apache.connection.id'
  },
  {
    name: 'peer',
    type: 'text',
    kinds: both,
    summary: 'other end of the connection, a proxy perhaps',
    otel: 'network.peer.address'
  },
  {
    name: 'peer_port',
    type: 'number',
    kinds: both,
    summary: 'port of the other end of the connection',
    otel: 'network.peer.port'
  },
  {
    name: 'local_address',
    type: 'text',
    kinds: both,
    summary: 'address of the server',
    otel: 'network.local.address'
  },
  {
    name: 'local_port',
    type: 'number',
    kinds: both,
    summary: 'actual port of the server',
    otel: 'network.local.port'
  },
  { name: 'tid_hex', type: 'text', kinds: access, summary: 'thread, hexadecimal', otel: 'thread.name' },
  {
    name: 'system_tid',
    type: 'number',
    kinds: error,
    summary: 'thread, as the system numbers it',
    otel: 'system_tid'
  },
  {
    name: 'file_line',
    type: 'number',
    kinds: error,
    summary: 'line in the source file',
    otel: 'code.line.number'
  },
  {
    name: 'os_error_code',
    type: 'text',
    kinds: error,
    summary: 'number of the system error',
    otel: 'error.code'
  },
  {
    name: 'browser',
    type: 'text',
    kinds: access,
    from: 'agent',
    summary: 'browser by the user agent, without its version; none for programs',
    otel: 'user_agent.name'
  },
  {
    name: 'os',
    type: 'text',
    kinds: access,
    from: 'agent',
    summary: 'system by the user agent',
    otel: 'user_agent.os.name'
  },
  {
    name: 'bot',
    type: 'text',
    kinds: access,
    from: 'agent',
    summary: 'name of the program that asks, by the user agent; none for people',
    otel: 'user_agent.synthetic.type'
  },
  {
    name: 'country',
    type: 'text',
    kinds: both,
    from: 'client',
    summary: "country (ISO code) in which the client's address is registered",
    otel: 'client.geo.country_iso_code'
  },
  {
    name: 'signature',
    type: 'text',
    kinds: error,
    from: 'message',
    summary: 'the message with numbers, paths, addresses and ids taken out',
    otel: 'log.template'
  },
  {
    name: 'code',
    type: 'text',
    kinds: error,
    from: 'message',
    summary: "Apache's number of the message, AH01234",
    otel: 'event.code'
  }
]

/** Whether a field is a span of time: microseconds inside, seconds for people. */
export function isDuration(name: string): boolean {
  return /^(duration|ttfb|ttfu)(_\d+)?$/.test(name)
}

const byName = new Map(FIELDS.map(field => [field.name, field]))

/**
 * What is known of a field; open-ended names (with a dot) are text, a numbered name (`status_2`, the second
 * directive that tells the status) is as its first. `undefined` for a name that no log has.
 */
export function fieldInfo(name: string): FieldInfo | undefined {
  const known = byName.get(name)
  if (known) return known
  if (/^(header|cookie|note|env|reply|trailer|reply_trailer|ssl|var|json)\../.test(name)) {
    return { name, type: 'text', kinds: both, summary: 'value of an open-ended directive', otel: name }
  }
  const first = byName.get(/^(.+)_\d+$/.exec(name)?.[1] ?? '')
  if (first) return { ...first, name, summary: `${first.summary}, told again` }
  if (!/^time_\d+$/.test(name)) return undefined
  return { name, type: 'text', kinds: both, summary: 'the time, told again', otel: name }
}

/**
 * One log line as an object. Text is decoded; numbers are in the units of FIELDS; `null` is absent.
 * `time` is microseconds since 1970 UTC, `zone` the minutes east of UTC it is written with.
 */
export interface LogEvent {
  readonly time: number
  readonly zone: number
  readonly [field: string]: string | number | null
}
