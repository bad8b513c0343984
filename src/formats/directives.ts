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

const text = (field: string): Meaning => ({ as: 'text', field })
const word = (field: string): Meaning => ({ as: 'text', field, word: true })
const number = (field: string, scale = 1): Meaning => ({ as: 'number', field, scale })

type Row = Omit<Directive, 'kind'>

/** LogFormat: mod_log_config, mod_logio and mod_ssl of Apache 2.4. */
const ACCESS: readonly Row[] = [
  { letter: 'a', meaning: word('client'), summary: 'address of the client' },
  {
    letter: 'a',
    argument: 'c',
    meaning: word('peer'),
    summary: 'address of the connection, a proxy perhaps'
  },
  { letter: 'A', meaning: word('local_address'), summary: 'address of the server' },
  { letter: 'B', meaning: number('bytes'), rank: 1, summary: 'bytes of the answer, without its headers' },
  { letter: 'b', meaning: number('bytes'), summary: 'the same, `-` where none were sent' },
  { letter: 'C', argument: NAME, meaning: text('cookie.'), summary: 'cookie of the request' },
  {
    letter: 'D',
    meaning: number('duration'),
    rank: 2,
    summary: 'time taken, in microseconds'
  },
  { letter: 'e', argument: NAME, meaning: text('env.'), summary: 'environment variable' },
  { letter: 'f', meaning: text('filename'), summary: 'file that was served' },
  { letter: 'h', meaning: word('client'), summary: 'name of the client, or its address' },
  { letter: 'h', argument: 'c', meaning: word('peer'), summary: 'name of the connection, a proxy perhaps' },
  { letter: 'H', meaning: word('protocol'), summary: 'protocol of the request' },
  { letter: 'i', argument: 'Referer', meaning: text('referrer'), summary: 'page the request came from' },
  { letter: 'i', argument: 'User-Agent', meaning: text('agent'), summary: 'user agent' },
  { letter: 'i', argument: NAME, meaning: text('header.'), summary: 'header of the request' },
  { letter: 'k', meaning: number('keepalive'), summary: 'requests before this one on the connection' },
  { letter: 'l', meaning: text('ident'), summary: 'identd user name' },
  { letter: 'L', meaning: word('request_id'), summary: 'id shared with the lines of the error log' },
  { letter: 'L', argument: 'c', meaning: word('connection_id'), summary: 'the same of the connection' },
  { letter: 'm', meaning: word('method'), summary: 'request method' },
  { letter: 'n', argument: NAME, meaning: text('note.'), summary: 'note of a module' },
  { letter: 'o', argument: NAME, meaning: text('reply.'), summary: 'header of the answer' },
  { letter: 'p', meaning: number('port'), rank: 1, summary: 'canonical port of the server' },
  { letter: 'p', argument: 'canonical', meaning: number('port'), rank: 1, summary: 'the same' },
  { letter: 'p', argument: 'local', meaning: number('local_port'), summary: 'actual port of the server' },
  { letter: 'p', argument: 'remote', meaning: number('client_port'), summary: 'port of the client' },
  { letter: 'P', meaning: number('pid'), summary: 'process that served' },
  { letter: 'P', argument: 'pid', meaning: number('pid'), summary: 'the same' },
  { letter: 'P', argument: 'tid', meaning: number('tid'), summary: 'thread that served' },
  { letter: 'P', argument: 'hextid', meaning: word('tid_hex'), summary: 'the same, hexadecimal' },
  { letter: 'q', meaning: { as: 'query' }, summary: 'query, with its `?`' },
  {
    letter: 'r',
    meaning: { as: 'request' },
    rank: 3,
    summary: 'request line: `method`, `path`, `query`, `protocol`; `request` whole where it is none'
  },
  { letter: 'R', meaning: word('handler'), summary: 'handler of the answer' },
  { letter: 's', meaning: number('status'), summary: 'status of the first request' },
  { letter: 's', redirect: '>', meaning: number('status'), rank: 1, summary: 'final status' },
  {
    letter: 't',
    argument: TIME,
    meaning: { as: 'time' },
    summary: 'time of the request or, `end:`, of the answer'
  },
  { letter: 'T', meaning: number('duration', SECOND), summary: 'time taken, in seconds' },
  { letter: 'T', argument: 's', meaning: number('duration', SECOND), summary: 'the same' },
  {
    letter: 'T',
    argument: 'ms',
    meaning: number('duration', MILLISECOND),
    rank: 1,
    summary: 'in milliseconds'
  },
  { letter: 'T', argument: 'us', meaning: number('duration'), rank: 2, summary: 'in microseconds' },
  { letter: 'u', meaning: text('user'), summary: 'authenticated user' },
  { letter: 'U', meaning: { as: 'path' }, rank: 1, summary: 'path asked for, without the query' },
  { letter: 'v', meaning: word('vhost'), rank: 1, summary: 'canonical name of the server' },
  { letter: 'V', meaning: word('vhost'), summary: 'name of the server as UseCanonicalName sets it' },
  { letter: 'X', meaning: word('connection'), summary: '`X` aborted, `+` kept alive, absent: closed' },
  { letter: 'I', meaning: number('bytes_in'), summary: 'bytes received, headers included' },
  { letter: 'O', meaning: number('bytes_out'), summary: 'bytes sent, headers included' },
  { letter: 'S', meaning: number('bytes_total'), summary: 'bytes received and sent' },
  { letter: '^FB', meaning: number('ttfb'), summary: 'microseconds to the first byte of the answer' },
  { letter: '^FU', meaning: number('ttfu'), summary: 'microseconds until the request was received whole' },
  { letter: '^ti', argument: NAME, meaning: text('trailer.'), summary: 'trailer of the request' },
  { letter: '^to', argument: NAME, meaning: text('reply_trailer.'), summary: 'trailer of the answer' },
  { letter: 'x', argument: NAME, meaning: text('ssl.'), summary: 'variable of mod_ssl, without its `SSL_`' }
]

/** ErrorLogFormat: server/log.c of Apache 2.4; `%h` is Visor's own, for Apache 2.2. */
const ERROR: readonly Row[] = [
  {
    letter: 'a',
    meaning: { as: 'address', field: 'client', port: 'client_port' },
    summary: 'client, with port'
  },
  {
    letter: 'a',
    argument: 'c',
    meaning: { as: 'address', field: 'peer', port: 'peer_port' },
    summary: 'other end of the connection, with port'
  },
  {
    letter: 'A',
    meaning: { as: 'address', field: 'local_address', port: 'local_port' },
    summary: 'address of the server, with port'
  },
  { letter: 'e', argument: NAME, meaning: text('env.'), summary: 'environment variable' },
  {
    letter: 'E',
    meaning: { as: 'systemError' },
    summary: 'error of the system: `os_error_code` in parentheses and `os_error`'
  },
  { letter: 'F', meaning: { as: 'sourceFile' }, summary: 'source: `file`, and `file_line` in parentheses' },
  { letter: 'h', meaning: word('client'), summary: 'client without port, as Apache 2.2 writes it' },
  { letter: 'i', argument: 'Referer', meaning: text('referrer'), summary: 'page the request came from' },
  { letter: 'i', argument: 'User-Agent', meaning: text('agent'), summary: 'user agent' },
  { letter: 'i', argument: NAME, meaning: text('header.'), summary: 'header of the request' },
  { letter: 'k', meaning: number('keepalive'), summary: 'requests before this one on the connection' },
  { letter: 'l', meaning: word('level'), always: true, summary: 'severity, emerg to trace8' },
  { letter: 'L', meaning: word('request_id'), summary: 'id shared with the line of the access log' },
  { letter: 'L', argument: 'c', meaning: word('connection_id'), summary: 'the same of the connection' },
  {
    letter: 'L',
    argument: 'C',
    meaning: word('connection_id'),
    summary: 'the same, outside of requests only'
  },
  { letter: 'm', meaning: { as: 'text', field: 'module', word: 'orEmpty' }, summary: 'module that spoke' },
  { letter: 'M', meaning: text('message'), always: true, summary: 'the message, its AH code included' },
  { letter: 'n', argument: NAME, meaning: text('note.'), summary: 'note of a module' },
  { letter: 'P', meaning: number('pid'), always: true, summary: 'process' },
  {
    letter: 't',
    argument: TIME,
    meaning: { as: 'time' },
    always: true,
    summary: 'time; `u` microseconds, `c` compact, `z` with zone'
  },
  { letter: 'T', meaning: number('tid'), summary: 'thread' },
  { letter: 'T', argument: 'g', meaning: number('system_tid'), summary: 'thread, as the system numbers it' },
  { letter: 'v', meaning: word('vhost'), rank: 1, always: true, summary: 'canonical name of the server' },
  {
    letter: 'V',
    meaning: word('vhost'),
    summary: 'name of the server as UseCanonicalName sets it'
  }
]

/** Every directive of both kinds of format string; all else (scanning, printing, documentation) derives from it. */
export const DIRECTIVES: readonly Directive[] = [
  ...ACCESS.map((row): Directive => ({ kind: 'access', ...row })),
  ...ERROR.map((row): Directive => ({ kind: 'error', ...row }))
]
