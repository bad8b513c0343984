import type { EscapeStyle } from '../core/escape.ts'
import type { Kind } from '../core/fields.ts'
import type { Format, RawValues } from '../core/format.ts'
import { columnsOf, DETAILS, flatten, type Program } from '../core/program.ts'
import { delimit } from './delimit.ts'
import { parseErrorLogFormat, parseLogFormat } from './grammar.ts'
import { lookUp } from './lookup.ts'
import { lower, type Dialect, type Lowered } from './lower.ts'
import { printerOf } from './printer.ts'
import { printOf } from './print.ts'
import { withCaret } from '../core/caret.ts'
import { accessTime, errorTime, isZoned } from './time.ts'
import { PartValues, type Print, type Values } from './values.ts'

/**
 * Texts with which lines begin that are no part of the line before them: those that Apache writes before its error log is set
 * up, and the heartbeats of the first Visor's generator.
 */
const ALONE = ['AH0', 'AH1', '(2)', '(13)', '(98)', 'httpd: ', 'apache2: ', '[-] [-] ']

/**
 * The format of a directive string (without a `LogFormat` before it or quotes around it). Lines of an error log that begins
 * with fixed text may go on.
 * @throws VisorError FORMAT with a caret under the character at fault
 */
export function compileFormat(name: string, kind: Kind, text: string): Format {
  const lowered = compileSteps(kind, text)
  const { steps } = lowered
  const program: Program = { steps, zoned: isZoned(flatten(steps)) }
  const [first] = steps
  const continued = kind === 'error' &&
    first?.op === 'literal' && { opening: first.text.slice(0, 1), alone: ALONE }
  const origins = originsOf(lowered, text, /%(?:[-+!<>,\d]|\{[^}]*\})*(?:\^[A-Za-z]{2}|[^])/y)
  return formatOf(name, kind, quotedText(text), continued ? { ...program, continued } : program, { origins })
}

/** A directive string with a backslash before each quote, as configuration has it. */
export function quotedText(text: string): string {
  return text.replaceAll(/\\.|"|\\$/gs, found => (found.length === 1 ? `\\${found}` : found))
}

/** The format of a program: what prints its lines is made of the same steps. */
export function formatOf(
  name: string,
  kind: Kind,
  text: string,
  program: Program,
  { style = kind, origins = [] }: { style?: EscapeStyle; origins?: Format['origins'] } = {}
): Format {
  const { steps, continued } = program
  const ends = flatten(steps).some(step => 'field' in step && step.field === 'time_end')
  const fields = [
    ...columnsOf(steps).map(column => column.name),
    ...(ends ? ['time_end'] : []),
    ...(continued ? [DETAILS] : [])
  ]
  const printLine = printOf(steps, literal => literal)
  const printLatin1 = printOf(steps, literal => Buffer.from(literal).toString('latin1'))
  const whole = (print: Print): Print => (continued ? withDetails(print) : print)
  const printed = whole(printLine)
  const printedLatin1 = whole(printLatin1)
  const values = new PartValues(style)
  return {
    name,
    kind,
    text,
    program,
    origins,
    fields,
    print: event => printed(values.set(event.time, event.zone, [], event)),
    printer: roles => printerOf(steps, style, roles, whole),
    printRaw: values => Buffer.from(printedLatin1(rawValues(values)), 'latin1')
  }
}

/** Prints the lines that go on behind the first. */
function withDetails(print: Print): Print {
  return values => {
    const details = values.text(DETAILS)
    return details === null ? print(values) : `${print(values)}\n${details}`
  }
}

/** The pieces of a format's text that its steps come from, each as long as `piece` (sticky) matches there. */
export function originsOf({ steps, at }: Lowered, text: string, piece: RegExp): (string | undefined)[] {
  return flatten(steps).map(step => {
    const place = at.get(step)
    if (place === undefined) return undefined
    piece.lastIndex = place
    return piece.exec(text)?.[0]
  })
}

function compileSteps(kind: Kind, text: string): Lowered {
  return withCaret('FORMAT', text, () => {
    const fields = kind === 'access' ? [parseLogFormat(text)] : parseErrorLogFormat(text)
    return delimit(kind === 'access', lower(kind, fields, dialectOf(kind)))
  })
}

/** Apache's directives and times. */
function dialectOf(kind: Kind): Dialect {
  const time = kind === 'access' ? accessTime : errorTime
  return {
    lookUp: item => lookUp(kind, item),
    timeOf: ({ argument = '', at }) => time(argument, at + 2)
  }
}

function rawValues(values: RawValues): Values {
  const number = (field: string): number | null => {
    const value = values.get(field)
    return typeof value === 'number' && !Number.isNaN(value) ? value : null
  }
  return {
    zone: values.zone,
    time: field => (field === 'time' ? values.time : (number(field) ?? values.time)),
    number,
    has: field => field === 'time' || values.get(field) instanceof Uint8Array || number(field) !== null,
    text: field => {
      const value = values.get(field)
      return value instanceof Uint8Array ? latin1(value) : null
    }
  }
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}
