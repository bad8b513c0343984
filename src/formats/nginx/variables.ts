import { SECOND } from '../../core/time.ts'
import type { Directive, Meaning } from '../directives.ts'
import type { DirectiveItem } from '../grammar.ts'

/** What a variable of nginx gives, as a directive of Apache does. */
export interface Variable {
  readonly name: string
  readonly meaning: Meaning
  /** Of two that give the same the higher one gets the field's name. */
  readonly rank?: number
  readonly summary: string
}

const text = (field: string): Meaning => ({ as: 'text', field })
const word = (field: string): Meaning => ({ as: 'text', field, word: true })
const number = (field: string, scale = 1, decimals?: number): Meaning => ({
  as: 'number',
  field,
  scale,
  ...(decimals !== undefined && { decimals })
})

/** The variables of nginx that have a field of their own: ngx_http_core_module, log, ssl, realip and upstream. */
export const VARIABLES: readonly Variable[] = [
  { name: 'remote_addr', meaning: word('client'), rank: 1, summary: 'address of the client' },
  {
    name: 'realip_remote_addr',
    meaning: word('peer'),
    summary: 'address of the connection, a proxy perhaps'
  },
  { name: 'remote_port', meaning: number('client_port'), summary: 'port of the client' },
  { name: 'remote_user', meaning: text('user'), summary: 'authenticated user' },
  { name: 'time_local', meaning: { as: 'time' }, summary: 'time of the answer, as Apache writes it' },
  { name: 'time_iso8601', meaning: { as: 'time' }, summary: 'the same as ISO 8601 has it' },
  { name: 'msec', meaning: { as: 'time' }, summary: 'the same in seconds since 1970, with milliseconds' },
  {
    name: 'request',
    meaning: { as: 'request' },
    rank: 3,
    summary: 'request line: `method`, `path`, `query`, `protocol`; `request` whole where it is none'
  },
  {
    name: 'request_uri',
    meaning: { as: 'target' },
    rank: 2,
    summary: 'target of the request: `path`, `query`'
  },
  { name: 'uri', meaning: { as: 'path' }, rank: 1, summary: 'path after rewrites, without the query' },
  { name: 'document_uri', meaning: { as: 'path' }, summary: 'the same' },
  { name: 'args', meaning: text('query'), summary: 'query' },
  { name: 'query_string', meaning: text('query'), summary: 'the same' },
  { name: 'request_method', meaning: word('method'), summary: 'request method' },
  { name: 'server_protocol', meaning: word('protocol'), summary: 'protocol of the request' },
  { name: 'status', meaning: number('status'), rank: 1, summary: 'status of the answer' },
  {
    name: 'body_bytes_sent',
    meaning: number('bytes'),
    rank: 1,
    summary: 'bytes of the answer, without its headers'
  },
  { name: 'bytes_sent', meaning: number('bytes_out'), summary: 'bytes sent, headers included' },
  { name: 'request_length', meaning: number('bytes_in'), summary: 'bytes received, headers included' },
  {
    name: 'request_time',
    meaning: number('duration', SECOND, 3),
    rank: 1,
    summary: 'time taken, in seconds'
  },
  { name: 'http_referer', meaning: text('referrer'), summary: 'page the request came from' },
  { name: 'http_user_agent', meaning: text('agent'), summary: 'user agent' },
  { name: 'server_name', meaning: word('vhost'), rank: 2, summary: 'name of the server that answered' },
  { name: 'host', meaning: word('vhost'), rank: 1, summary: 'name of the server that was asked for' },
  { name: 'server_port', meaning: number('port'), rank: 1, summary: 'port that answered' },
  { name: 'server_addr', meaning: word('local_address'), summary: 'address of the server' },
  {
    name: 'connection',
    meaning: word('connection_id'),
    summary: 'number of the connection, also in the error log'
  },
  {
    name: 'connection_requests',
    meaning: number('keepalive'),
    summary: 'requests on the connection, this one too'
  },
  { name: 'request_id', meaning: word('request_id'), summary: 'id of the request' },
  { name: 'request_filename', meaning: text('filename'), summary: 'file that was served' },
  { name: 'pid', meaning: number('pid'), summary: 'process that served' }
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
  return { kind: 'access', letter, meaning: text(field + name), summary }
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
