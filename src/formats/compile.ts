import { escapeText } from '../core/escape.ts'
import type { Kind, LogEvent } from '../core/fields.ts'
import type { Format, RawValues } from '../core/format.ts'
import { columnsOf, type Program, type Step } from '../core/program.ts'
import { delimit } from './delimit.ts'
import { parseErrorLogFormat, parseLogFormat } from './grammar.ts'
import { lower } from './lower.ts'
import { makePrinter, type Values } from './print.ts'
import { FormatProblem, formatError } from './problem.ts'
import { isZoned } from './time.ts'

/**
 * The format of a directive string (without a `LogFormat` before it or quotes around it).
 * @throws VisorError FORMAT with a caret under the character at fault
 */
export function compileFormat(name: string, kind: Kind, text: string): Format {
  const steps = compileSteps(kind, text)
  const program: Program = { steps, zoned: isZoned(allSteps(steps)) }
  const ends = allSteps(steps).some(step => 'field' in step && step.field === 'time_end')
  const fields = [...columnsOf(steps).map(column => column.name), ...(ends ? ['time_end'] : [])]
  const printLine = makePrinter(steps, literal => literal)
  const printLatin1 = makePrinter(steps, literal => Buffer.from(literal).toString('latin1'))
  return {
    name,
    kind,
    text: text.replaceAll(/\\.|"|\\$/gs, found => (found.length === 1 ? `\\${found}` : found)),
    program,
    fields,
    print: event => printLine(eventValues(event, kind)),
    printRaw: values => Buffer.from(printLatin1(rawValues(values)), 'latin1')
  }
}

function compileSteps(kind: Kind, text: string): Step[] {
  try {
    const fields = kind === 'access' ? [parseLogFormat(text)] : parseErrorLogFormat(text)
    return delimit(kind, lower(kind, fields))
  } catch (error) {
    if (error instanceof FormatProblem) throw formatError(text, error.at, error.message)
    throw error
  }
}

/** All steps, those inside groups too. */
function allSteps(steps: readonly Step[]): Step[] {
  return steps.flatMap(step => (step.op === 'group' ? allSteps(step.steps) : [step]))
}

function eventValues(event: LogEvent, kind: Kind): Values {
  const number = (field: string): number | null => {
    const value = event[field]
    return typeof value === 'number' ? value : null
  }
  return {
    zone: event.zone,
    // An event that does not know when it ended was over at once.
    time: field => number(field) ?? event.time,
    number,
    has: field => event[field] !== null && event[field] !== undefined,
    text: field => {
      const value = event[field]
      return value === null || value === undefined ? null : escapeText(String(value), kind)
    }
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
