import { MILLISECOND, SECOND, type Micros } from '../core/time.ts'
import type { ClfStep, CtimeStep, NumberStep, Step, TimeField, TimePartStep } from '../core/program.ts'
import { jsonPrinter, timestampText } from './json/print.ts'
import type { Print, Values } from './values.ts'
import { clfText, clockAt, ctimeText, padded, partText, type WallClock } from './clock.ts'

/** A printer of lines that the steps read. `literal` makes of a literal what shall stand in the line. */
export function printOf(steps: readonly Step[], literal: (text: string) => string): Print {
  const parts = steps.map(step => printOfStep(step, literal))
  const [only] = parts
  if (only && parts.length === 1) return only
  return values => {
    let line = ''
    for (const part of parts) line += part(values)
    return line
  }
}

function printOfStep(step: Step, literal: (text: string) => string): Print {
  switch (step.op) {
    case 'literal': {
      const text = literal(step.text)
      return () => text
    }
    case 'text':
      return values => values.text(step.field) ?? '-'
    case 'number':
      return numberPrinter(step)
    case 'chain':
      return values => {
        const rest = values.text(step.rest)
        return (values.text(step.field) ?? '-') + (rest === null ? '' : `, ${rest}`)
      }
    case 'request':
      return requestText
    case 'target':
      return values => targetText(values) ?? '-'
    case 'address':
      return values => {
        const port = values.number(step.port)
        return (values.text(step.field) ?? '-') + (port === null ? '' : `:${port}`)
      }
    case 'group':
      return groupPrinter(step.steps, literal)
    case 'json':
      return jsonPrinter(step, inner => printOfStep(inner, literal))
    case 'timestamp':
      return values => timestampText(step, values.time(step.field), values.zone)
    default:
      return timePrinter(step)
  }
}

/** Whole units, the rest cut off as Apache does; or with as many decimals as the step has. */
function numberPrinter({ field, scale, decimals }: NumberStep): Print {
  const text =
    decimals === undefined
      ? (value: number): string => wholeText(Math.trunc(value / scale))
      : (value: number): string => (value / scale).toFixed(decimals)
  return values => {
    const value = values.number(field)
    return value === null ? '-' : text(value)
  }
}

/** Below this, texts of numbers are kept: sizes and statuses come again and again. */
const KEPT = 1 << 16
const keptTexts: string[] = []

function wholeText(value: number): string {
  return value >= 0 && value < KEPT ? (keptTexts[value] ??= String(value)) : String(value)
}

function requestText(values: Values): string {
  const whole = values.text('request')
  if (whole !== null) return whole
  const method = values.text('method')
  const target = targetText(values)
  const protocol = values.text('protocol')
  if (method === null && target === null && protocol === null) return '-'
  return `${method ?? '-'} ${target ?? '-'}${protocol === null ? '' : ` ${protocol}`}`
}

function targetText(values: Values): string | null {
  const query = values.text('query')
  const path = values.text('path')
  return query === null ? path : `${path ?? '-'}?${query}`
}

/** All of a group is printed when all its values are there, else nothing. */
function groupPrinter(steps: readonly Step[], literal: (text: string) => string): Print {
  const printer = printOf(steps, literal)
  return values => (steps.every(step => isThere(step, values)) ? printer(values) : '')
}

/** Whether there is what a step cannot do without; the port of an address is nothing of that kind. */
function isThere(step: Step, values: Values): boolean {
  if (step.op === 'request') return values.has('method') || values.has('request')
  if (step.op === 'target') return values.has('path')
  return 'field' in step ? values.has(step.field) : true
}

function timePrinter(step: ClfStep | CtimeStep | TimePartStep): Print {
  const { field } = step
  if (step.op === 'clf') return clockPrinter(field, clfText)
  if (step.op === 'ctime') {
    const before = clockPrinter(field, clock => ctimeText(clock)[0])
    const after = clockPrinter(field, clock => ctimeText(clock)[1])
    if (step.fraction === 0) return values => before(values) + after(values)
    const fraction = fractionPrinter(field, step.fraction)
    return values => `${before(values)}.${fraction(values)}${after(values)}`
  }
  switch (step.part) {
    case 'milli':
      return fractionPrinter(field, 3)
    case 'micro':
      return fractionPrinter(field, 6)
    case 'seconds':
      return sincePrinter(field, SECOND)
    case 'millis':
      return sincePrinter(field, MILLISECOND)
    case 'micros':
      return sincePrinter(field, 1)
    default: {
      const { part } = step
      return clockPrinter(field, clock => partText(part, clock))
    }
  }
}

/** Prints what is the same for a whole second, so it is made once for neighbouring lines. */
function clockPrinter(field: TimeField, print: (clock: WallClock) => string): Print {
  let second = Number.NaN
  let zone = 0
  let text = ''
  return values => {
    const wanted = Math.floor(values.time(field) / SECOND)
    if (wanted !== second || values.zone !== zone) {
      second = wanted
      zone = values.zone
      text = flat(print(clockAt(second, zone)))
    }
    return text
  }
}

/** The text as one piece: V8 keeps what was joined as a tree, which is slow to copy each time. */
export function flat(text: string): string {
  return Buffer.from(text).toString()
}

function fractionPrinter(field: TimeField, digits: 3 | 6): Print {
  const unit = digits === 3 ? MILLISECOND : 1
  return values => {
    const time = values.time(field)
    const micros = time - Math.floor(time / SECOND) * SECOND
    return padded(Math.floor(micros / unit), digits)
  }
}

function sincePrinter(field: TimeField, unit: Micros): Print {
  return values => String(Math.floor(values.time(field) / unit))
}
