import { MILLISECOND } from '../core/time.ts'
import type { Format } from '../core/format.ts'
import type { Program } from '../core/program.ts'
import { formatOf, originsOf } from './compile.ts'
import { delimit } from './delimit.ts'
import { asNumber, asText, type Directive, type Meaning } from './directives.ts'
import type { DirectiveItem, Item } from './grammar.ts'
import { lower } from './lower.ts'
import { withCaret } from '../core/caret.ts'
import { strftimeSteps } from './time.ts'

/**
 * Fields of the extended log format (W3C, WD-logfile-960323) as IIS writes them: bytes are counted with headers, and the time
 * taken is in milliseconds.
 */
export const W3C_FIELDS: Readonly<Record<string, Meaning>> = {
  date: { as: 'time' },
  time: { as: 'time' },
  'c-ip': asText('client'),
  'c-port': asNumber('client_port'),
  'cs-username': asText('user'),
  's-sitename': asText('var.s-sitename'),
  's-computername': asText('var.s-computername'),
  's-ip': asText('local_address'),
  's-port': asNumber('port'),
  'cs-method': asText('method'),
  'cs-uri-stem': asText('path'),
  'cs-uri-query': asText('query'),
  'cs-version': asText('protocol'),
  'cs-protocol-version': asText('protocol'),
  'cs-host': asText('vhost'),
  'cs(host)': asText('vhost'),
  'cs(user-agent)': asText('agent'),
  'cs(referer)': asText('referrer'),
  'sc-status': asNumber('status'),
  'sc-bytes': asNumber('bytes_out'),
  'cs-bytes': asNumber('bytes_in'),
  'time-taken': asNumber('duration', MILLISECOND)
}

/** What begins a line that names the fields of the lines behind it. */
const HEADER = /^\uFEFF?#Fields:[ \t]*/i

/** Whether a text names the fields of an extended log. */
export function isFieldsLine(text: string): boolean {
  return HEADER.test(text)
}

/**
 * The format of the lines behind a `#Fields:` line. Their times are in UTC.
 * @throws VisorError FORMAT with a caret under the field at fault
 */
export function compileW3c(line: string): Format {
  const found = line.trimEnd().replace(HEADER, '#Fields: ')
  const names = found.slice('#Fields: '.length)
  return withCaret('FORMAT', names, () => {
    const lowered = delimit(false, lower('access', [itemsOf(names)], { lookUp, timeOf }))
    const origins = originsOf(lowered, names, /\S+/y)
    const program: Program = { steps: lowered.steps, zoned: true, escapes: 'none', directivePrefix: '#' }
    return formatOf('w3c', 'access', found, program, { style: 'none', origins })
  })
}

/** Names with blanks between them, or tabs where the line has any. */
function itemsOf(names: string): Item[] {
  const separator = names.includes('\t') ? '\t' : ' '
  return Array.from(names.matchAll(/\S+/g)).flatMap(({ 0: letter, index: at }, i): Item[] => {
    const item = { letter, argument: undefined, redirect: undefined, hyphen: false, conditional: false, at }
    const directive = { type: 'directive', ...item } as const
    return i === 0 ? [directive] : [{ type: 'literal', text: separator, at }, directive]
  })
}

/** Every name means something: one without a field of its own has its value under `var.`. */
function lookUp({ letter }: DirectiveItem): Directive {
  const name = letter.toLowerCase()
  const header = /^(cs|sc)\((.+)\)$/.exec(name)
  const other = header ? `${header[1] === 'cs' ? 'header' : 'reply'}.${header[2]}` : `var.${name}`
  const meaning = Object.hasOwn(W3C_FIELDS, name) ? W3C_FIELDS[name] : undefined
  return { kind: 'access', letter, meaning: meaning ?? asText(other), summary: '' }
}

function timeOf({ letter, at }: DirectiveItem): ReturnType<Parameters<typeof lower>[2]['timeOf']> {
  const format = letter.toLowerCase() === 'date' ? '%Y-%m-%d' : '%H:%M:%S'
  return { field: 'time', steps: strftimeSteps(format, 'time', at) }
}
