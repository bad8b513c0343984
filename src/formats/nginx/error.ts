import type { Format } from '../../core/format.ts'
import type { RequestStep, Step, TextStep } from '../../core/program.ts'
import { formatOf } from '../compile.ts'
import { delimit } from '../delimit.ts'
import { strftimeSteps } from '../time.ts'

const text = (field: string): TextStep => ({ op: 'text', field, until: '', quoted: false })
const literal = (text: string): Step => ({ op: 'literal', text })
const group = (...steps: Step[]): Step => ({ op: 'group', steps })
/** nginx writes quotes within these as they are, so only one behind which another piece may begin ends them. */
const quoted = (name: string, inner: TextStep | RequestStep): Step =>
  group(literal(`, ${name}: "`), { ...inner, edge: true }, literal('"'))

/**
 * The error log of nginx: `2017/05/17 08:05:24 [error] 1234#5678: *91 message, client: …, server: …, request: "…", upstream:
 * "…", host: "…", referrer: "…"`, the pieces from `*91` on where they apply (ngx_log_error_core, ngx_http_log_error_handler).
 */
const STEPS: readonly Step[] = [
  ...strftimeSteps('%Y/%m/%d', 'time', 0),
  literal(' '),
  ...strftimeSteps('%H:%M:%S', 'time', 0),
  literal(' ['),
  text('level'),
  literal('] '),
  { op: 'number', field: 'pid', scale: 1 },
  literal('#'),
  { op: 'number', field: 'tid', scale: 1 },
  literal(': '),
  group(literal('*'), text('connection_id'), literal(' ')),
  // Who asks writes into messages (the path) and into what follows them, so the first place counts that can begin what nginx adds.
  { ...text('message'), headed: true },
  group(
    literal(', client: '),
    { ...text('client'), word: true },
    literal(', server: '),
    // A name of a server holds no comma, whatever follows.
    { ...text('vhost'), until: ',', orEnd: true },
    quoted('request', { op: 'request', until: '', quoted: false }),
    quoted('subrequest', text('var.subrequest')),
    quoted('upstream', text('var.upstream')),
    quoted('host', text('header.host')),
    // Nothing follows it, so it ends where the line does.
    group(literal(', referrer: "'), { ...text('referrer'), until: '"', last: true }, literal('"')),
    // What was cut off at 2048 bytes, or moved by quotes in what a client sent.
    group(literal(', '), text('rest'))
  )
]

/** nginx's error log as it comes. */
export function compileNginxError(): Format {
  const { steps } = delimit(false, { steps: [...STEPS], at: new Map() })
  const continued = { opening: '0123456789', alone: ['nginx: '] }
  const program = { steps, zoned: false, escapes: 'none', continued } as const
  return formatOf('nginx_error', 'error', 'nginx_error', program, { style: 'none' })
}
