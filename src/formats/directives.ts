import { MILLISECOND, SECOND } from '../core/time.ts'
import type { Kind } from '../core/fields.ts'

/**
 * What a directive gives. `word`: a text that never holds a space, and is empty only where it may be. `scale`: what the printed number is multiplied
 * with to give the unit of the field, `decimals` how many digits stand behind its point. The others are compound: see lower.ts.
 */
export type Meaning =
  | { readonly as: 'text'; readonly field: string; readonly word?: true | 'orEmpty' }
  | { readonly as: 'number'; readonly field: string; readonly scale?: number; readonly decimals?: number }
  | { readonly as: 'address'; readonly field: string; readonly port: string }
  | { readonly as: 'chain'; readonly field: string; readonly rest: string }
  | { readonly as: 'time' | 'request' | 'target' | 'path' | 'query' | 'systemError' | 'sourceFile' }

/** One row of the table. */
export interface Directive {
  readonly kind: Kind
  readonly letter: string
  /** The argument in braces it needs; `NAME` stands for any, which is appended to the field's name. */
  readonly argument?: string
  readonly redirect?: '>'
  readonly meaning: Meaning
  /**
   * Two directives that give the same field: the higher one gets its name, the other a number (`status_2`);
   * among equals the first. Absent is 0.
   */
  readonly rank?: number
  /** In an error log: always has a value, so a field of the line is never dropped for it. */
  readonly always?: true
  readonly summary: string
}

/** The argument of the open-ended directives. */
export const NAME = 'VARNAME'
/** The argument of `%t`: no argument, options or a strftime format. */
export const TIME = 'format'

export const asText = (field: string): Meaning => ({ as: 'text', field })
export const asWord = (field: string): Meaning => ({ as: 'text', field, word: true })
const asAddress = (field: string, port: string): Meaning => ({ as: 'address', field, port })
export function asNumber(field: string, scale = 1, decimals?: number): Meaning {
  return { as: 'number', field, scale, ...(decimals !== undefined && { decimals }) }
}

type Row = Omit<Directive, 'kind'>

/** A row, given how the directive is written behind its `%`: `>s`, `{c}a`. */
function row(written: string, meaning: Meaning, summary: string, more?: Pick<Row, 'rank' | 'always'>): Row {
  const [, redirected, argument, letter = ''] = /^(>?)(?:\{(.+)\})?(.+)$/.exec(written) ?? []
  const given = { ...(redirected && { redirect: '>' as const }), ...(argument !== undefined && { argument }) }
  return { letter, ...given, meaning, ...more, summary }
}

/** LogFormat: mod_log_config, mod_logio and mod_ssl of Apache 2.4. */
const ACCESS: readonly Row[] = [
  row('a', asWord('client'), 'address of the client'),
  row('{c}a', asWord('peer'), 'address of the connection, a proxy perhaps'),
  row('A', asWord('local_address'), 'address of the server'),
  row('B', asNumber('bytes'), 'bytes of the answer, without its headers', { rank: 1 }),
  row('b', asNumber('bytes'), 'the same, `-` where none were sent'),
  row(`{${NAME}}C`, asText('cookie.'), 'cookie of the request'),
  row('D', asNumber('duration'), 'time taken, in microseconds', { rank: 2 }),
  row(`{${NAME}}e`, asText('env.'), 'environment variable'),
  row('f', asText('filename'), 'file that was served'),
  row('h', asWord('client'), 'name of the client, or its address'),
  row('{c}h', asWord('peer'), 'name of the connection, a proxy perhaps'),
  row('H', asWord('protocol'), 'protocol of the request'),
  row('{Referer}i', asText('referrer'), 'page the request came from'),
  row('{User-Agent}i', asText('agent'), 'user agent'),
  row(`{${NAME}}i`, asText('header.'), 'header of the request'),
  row('k', asNumber('keepalive'), 'requests before this one on the connection'),
  row('l', asText('ident'), 'identd user name'),
  row('L', asWord('request_id'), 'id shared with the lines of the error log'),
  row('{c}L', asWord('connection_id'), 'the same of the connection'),
  row('m', asWord('method'), 'request method'),
  row(`{${NAME}}n`, asText('note.'), 'note of a module'),
  row(`{${NAME}}o`, asText('reply.'), 'header of the answer'),
  row('p', asNumber('port'), 'canonical port of the server', { rank: 1 }),
  row('{canonical}p', asNumber('port'), 'the same', { rank: 1 }),
  row('{local}p', asNumber('local_port'), 'actual port of the server'),
  row('{remote}p', asNumber('client_port'), 'port of the client'),
  row('P', asNumber('pid'), 'process that served'),
  row('{pid}P', asNumber('pid'), 'the same'),
  row('{tid}P', asNumber('tid'), 'thread that served'),
  row('{hextid}P', asWord('tid_hex'), 'the same, hexadecimal'),
  row('q', { as: 'query' }, 'query, with its `?`'),
  row(
    'r',
    { as: 'request' },
    'request line: `method`, `path`, `query`, `protocol`; `request` whole where it is none',
    { rank: 3 }
  ),
  row('R', asWord('handler'), 'handler of the answer'),
  row('s', asNumber('status'), 'status of the first request'),
  row('>s', asNumber('status'), 'final status', { rank: 1 }),
  row(`{${TIME}}t`, { as: 'time' }, 'time of the request or, `end:`, of the answer'),
  row('T', asNumber('duration', SECOND), 'time taken, in seconds'),
  row('{s}T', asNumber('duration', SECOND), 'the same'),
  row('{ms}T', asNumber('duration', MILLISECOND), 'in milliseconds', { rank: 1 }),
  row('{us}T', asNumber('duration'), 'in microseconds', { rank: 2 }),
  row('u', asText('user'), 'authenticated user'),
  row('U', { as: 'path' }, 'path asked for, without the query', { rank: 1 }),
  row('v', asWord('vhost'), 'canonical name of the server', { rank: 1 }),
  row('V', asWord('vhost'), 'name of the server as UseCanonicalName sets it'),
  row('X', asWord('connection'), '`X` aborted, `+` kept alive, absent: closed'),
  row('I', asNumber('bytes_in'), 'bytes received, headers included'),
  row('O', asNumber('bytes_out'), 'bytes sent, headers included'),
  row('S', asNumber('bytes_total'), 'bytes received and sent'),
  row('^FB', asNumber('ttfb'), 'microseconds to the first byte of the answer'),
  row('^FU', asNumber('ttfu'), 'microseconds until the request was received whole'),
  row(`{${NAME}}^ti`, asText('trailer.'), 'trailer of the request'),
  row(`{${NAME}}^to`, asText('reply_trailer.'), 'trailer of the answer'),
  row(`{${NAME}}x`, asText('ssl.'), 'variable of mod_ssl, without its `SSL_`')
]

/** ErrorLogFormat: server/log.c of Apache 2.4; `%h` is Visor's own, for Apache 2.2. */
const ERROR: readonly Row[] = [
  row('a', asAddress('client', 'client_port'), 'client, with port'),
  row('{c}a', asAddress('peer', 'peer_port'), 'other end of the connection, with port'),
  row('A', asAddress('local_address', 'local_port'), 'address of the server, with port'),
  row(`{${NAME}}e`, asText('env.'), 'environment variable'),
  row('E', { as: 'systemError' }, 'error of the system: `os_error_code` in parentheses and `os_error`'),
  row('F', { as: 'sourceFile' }, 'source: `file`, and `file_line` in parentheses'),
  row('h', asWord('client'), 'client without port, as Apache 2.2 writes it'),
  row('{Referer}i', asText('referrer'), 'page the request came from'),
  row('{User-Agent}i', asText('agent'), 'user agent'),
  row(`{${NAME}}i`, asText('header.'), 'header of the request'),
  row('k', asNumber('keepalive'), 'requests before this one on the connection'),
  row('l', asWord('level'), 'severity, emerg to trace8', { always: true }),
  row('L', asWord('request_id'), 'id shared with the line of the access log'),
  row('{c}L', asWord('connection_id'), 'the same of the connection'),
  row('{C}L', asWord('connection_id'), 'the same, outside of requests only'),
  row('m', { as: 'text', field: 'module', word: 'orEmpty' }, 'module that spoke'),
  row('M', asText('message'), 'the message, its AH code included', { always: true }),
  row(`{${NAME}}n`, asText('note.'), 'note of a module'),
  row('P', asNumber('pid'), 'process', { always: true }),
  row(`{${TIME}}t`, { as: 'time' }, 'time; `u` microseconds, `c` compact, `z` with zone', { always: true }),
  row('T', asNumber('tid'), 'thread'),
  row('{g}T', asNumber('system_tid'), 'thread, as the system numbers it'),
  row('v', asWord('vhost'), 'canonical name of the server', { rank: 1, always: true }),
  row('V', asWord('vhost'), 'name of the server as UseCanonicalName sets it')
]

/** Every directive of both kinds of format string; all else (scanning, printing, documentation) derives from it. */
export const DIRECTIVES: readonly Directive[] = [
  ...ACCESS.map((row): Directive => ({ kind: 'access', ...row })),
  ...ERROR.map((row): Directive => ({ kind: 'error', ...row }))
]
