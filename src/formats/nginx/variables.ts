import { SECOND } from '../../core/time.ts'
import { asNumber, asText, asWord, type Directive, type Meaning } from '../directives.ts'
import type { DirectiveItem } from '../grammar.ts'

/** What a variable of nginx gives, as a directive of Apache does. */
interface Variable extends Pick<Directive, 'meaning' | 'rank' | 'summary'> {
  readonly name: string
}

function row(name: string, meaning: Meaning, summary: string, rank?: number): Variable {
  return { name, meaning, ...(rank !== undefined && { rank }), summary }
}

/** The variables of nginx that have a field of their own: ngx_http_core_module, log, ssl, realip and upstream. */
export const VARIABLES: readonly Variable[] = [
  row('remote_addr', asWord('client'), 'address of the client', 1),
  row('realip_remote_addr', asWord('peer'), 'address of the connection, a proxy perhaps'),
  row('remote_port', asNumber('client_port'), 'port of the client'),
  row('remote_user', asText('user'), 'authenticated user'),
  row('time_local', { as: 'time' }, 'time of the answer, as Apache writes it'),
  row('time_iso8601', { as: 'time' }, 'the same as ISO 8601 has it'),
  row('msec', { as: 'time' }, 'the same in seconds since 1970, with milliseconds'),
  row(
    'request',
    { as: 'request' },
    'request line: `method`, `path`, `query`, `protocol`; `request` whole where it is none',
    3
  ),
  row('request_uri', { as: 'target' }, 'target of the request: `path`, `query`', 2),
  row('uri', { as: 'path' }, 'path after rewrites, without the query', 1),
  row('document_uri', { as: 'path' }, 'the same'),
  row('args', asText('query'), 'query'),
  row('query_string', asText('query'), 'the same'),
  row('request_method', asWord('method'), 'request method'),
  row('server_protocol', asWord('protocol'), 'protocol of the request'),
  row('status', asNumber('status'), 'status of the answer', 1),
  row('body_bytes_sent', asNumber('bytes'), 'bytes of the answer, without its headers', 1),
  row('bytes_sent', asNumber('bytes_out'), 'bytes sent, headers included'),
  row('request_length', asNumber('bytes_in'), 'bytes received, headers included'),
  row('request_time', asNumber('duration', SECOND, 3), 'time taken, in seconds', 1),
  row('http_referer', asText('referrer'), 'page the request came from'),
  row('http_user_agent', asText('agent'), 'user agent'),
  row('server_name', asWord('vhost'), 'name of the server that answered', 2),
  row('host', asWord('vhost'), 'name of the server that was asked for', 1),
  row('server_port', asNumber('port'), 'port that answered', 1),
  row('server_addr', asWord('local_address'), 'address of the server'),
  row('connection', asWord('connection_id'), 'number of the connection, also in the error log'),
  row('connection_requests', asNumber('keepalive'), 'requests on the connection, this one too'),
  row('request_id', asWord('request_id'), 'id of the request'),
  row('request_filename', asText('filename'), 'file that was served'),
  row('pid', asNumber('pid'), 'process that served')
]

/** Beginnings of names that stand for any header and the like. */
export const OPEN_ENDED: readonly (readonly [prefix: string, field: string, summary: string])[] = [
  ['sent_http_', 'reply.', 'header of the answer'],
  ['sent_trailer_', 'reply_trailer.', 'trailer of the answer'],
  ['http_', 'header.', 'header of the request'],
  ['cookie_', 'cookie.', 'cookie of the request'],
  ['ssl_', 'ssl.', 'variable of TLS'],
  ['', 'var.', 'any other variable, upstream_… among them']
]

/** What a variable means, as an entry of the directives' table; every name means something. */
export function variableOf({ letter }: DirectiveItem): Directive {
  const known = VARIABLES.find(({ name }) => name === letter)
  if (known) return { kind: 'access', letter, ...known }
  const [prefix = '', field = '', summary = ''] =
    OPEN_ENDED.find(([prefix]) => letter.startsWith(prefix)) ?? []
  // nginx writes the hyphens of a header's name as underscores.
  const rest = letter.slice(prefix.length)
  const name = /^(header|reply)/.test(field) ? rest.replaceAll('_', '-') : rest
  return { kind: 'access', letter, meaning: asText(field + name), summary }
}

/** Whether a text names a variable that nginx has, which sets its strings apart from others with a `$`. */
export function namesVariable(text: string): boolean {
  return Array.from(text.matchAll(VARIABLE_NAMES), ([, braced, plain]) => braced ?? plain ?? '').some(
    name =>
      VARIABLES.some(variable => variable.name === name) ||
      /^(http|sent_http|upstream|cookie|ssl)_/.test(name)
  )
}

/** `${name}` or `$name`. */
export const VARIABLE_NAMES = /\$(?:\{(\w+)\}|(\w+))/g
