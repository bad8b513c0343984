import { MILLISECOND, SECOND, type Micros } from '../../core/time.ts'
import type { JsonMember, JsonStep, TimestampStep, NumberStep } from '../../core/program.ts'
import { clockAt, padded, partText } from '../clock.ts'
import type { Print, Values } from '../values.ts'

/** What is printed between a `{` and its `}`: names, quoted, with a member each, or with more names. */
type Tree = Map<string, Print | Tree>

/**
 * A printer of JSON objects, members in the order of the step. `print` makes the printer of a member's own step; one
 * that is absent (`-`) is left out.
 */
export function jsonPrinter({ members }: JsonStep, print: (step: JsonMember['step']) => Print): Print {
  const tree: Tree = new Map()
  for (const { path, step } of members) {
    const bare = step.op === 'number' || (step.op === 'timestamp' && step.since !== undefined)
    const inner = step.op === 'number' ? numberPrinter(step) : print(step)
    put(tree, path, bare ? inner : quoted(inner))
  }
  return values => objectText(tree, values)
}

/** A number of JSON has fractions of its unit. */
function numberPrinter({ field, scale }: NumberStep): Print {
  return values => {
    const value = values.number(field)
    return value === null ? '-' : String(value / scale)
  }
}

function quoted(print: Print): Print {
  return values => {
    const text = print(values)
    return text === '-' ? text : `"${text}"`
  }
}

function put(tree: Tree, [first = '', ...rest]: readonly string[], printer: Print): void {
  const name = JSON.stringify(first)
  if (rest.length === 0) {
    tree.set(name, printer)
    return
  }
  const known = tree.get(name)
  const inner = known instanceof Map ? known : new Map<string, Print | Tree>()
  tree.set(name, inner)
  put(inner, rest, printer)
}

function objectText(tree: Tree, values: Values): string {
  const members = Array.from(tree).flatMap(([name, inner]) => {
    const text = inner instanceof Map ? objectText(inner, values) : inner(values)
    return text === '-' || text === '{}' ? [] : [`${name}:${text}`]
  })
  return `{${members.join(',')}}`
}

/** A time as the step has it: in its unit since 1970, or as `2000-10-10T13:55:36.123456-07:00`. */
export function timestampText({ since }: TimestampStep, time: Micros, zone: number): string {
  const second = Math.floor(time / SECOND)
  const micros = padded(time - second * SECOND, 6)
  if (since === 'us') return String(time)
  if (since === 'ns') return `${time}000`
  if (since === 's') return `${second}${fraction(micros)}`
  if (since === 'ms') return `${Math.floor(time / MILLISECOND)}${fraction(micros.slice(3))}`
  const clock = clockAt(second, zone)
  const [year, month, day, hour, minute, end] = (
    ['year', 'month', 'day', 'hour', 'minute', 'second'] as const
  ).map(part => partText(part, clock))
  const offset = zone === 0 ? 'Z' : partText('zoneColon', clock)
  return `${year}-${month}-${day}T${hour}:${minute}:${end}${fraction(micros)}${offset}`
}

/** Digits behind a point, nothing for zeros. */
function fraction(digits: string): string {
  return /^0*$/.test(digits) ? '' : `.${digits.replace(/0+$/, '')}`
}
