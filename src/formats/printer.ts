import type { EscapeStyle } from '../core/escape.ts'
import type { PartFields, LinePart, Printer, Roles } from '../core/parts.ts'
import { columnsOf, flatten, isTimeStep, type Step } from '../core/program.ts'
import { flat, printOf } from './print.ts'
import { PartValues, type Print, type Values } from './values.ts'

/** Prints a stretch of a line. */
type Stretch = (values: Values, parts: readonly LinePart[]) => string

/** Neighbouring steps that are printed together: of the part of one role, or `undefined` where a line differs from all others. */
interface Run {
  readonly role: number | undefined
  readonly steps: Step[]
}

/** The most parts of one role whose print is kept. */
const KEPT = 1 << 20

/**
 * The printer of a format's steps for lines made of these roles: what steps print of nothing but a role's fields is printed
 * once for each part. `whole` makes a whole line's printer of that of its steps.
 */
export function printerOf(
  steps: readonly Step[],
  style: EscapeStyle,
  roles: Roles,
  whole: (print: Print) => Print
): Printer {
  const stretches = runsOf(steps, roles).map(({ role, steps }) => {
    const print = printOf(steps, literal => literal)
    return role === undefined ? print : keptStretch(print, style, role)
  })
  let parts: readonly LinePart[] = []
  const line = whole(values => {
    let text = ''
    for (const stretch of stretches) text += stretch(values, parts)
    return text
  })
  const values = new PartValues(style, roles)
  return {
    print(time, zone, given, own) {
      parts = given
      return line(values.set(time, zone, given, own))
    }
  }
}

/** Prints the part of a role, and keeps what it printed. */
function keptStretch(print: Print, style: EscapeStyle, role: number): Stretch {
  const kept: string[] = []
  const alone = new PartValues(style)
  const printed = (fields: PartFields): string => print(alone.set(0, 0, [], fields))
  return (_, parts) => {
    const part = parts[role]
    if (part === undefined) return printed({})
    const { id } = part
    if (id < 0 || id >= KEPT) return printed(part.fields)
    return (kept[id] ??= flat(printed(part.fields)))
  }
}

/** Cuts the steps into runs. Fixed text goes with a part where it has one beside it. */
function runsOf(steps: readonly Step[], roles: Roles): Run[] {
  const runs: Run[] = []
  let fixed: Step[] = []
  for (const step of steps) {
    if (step.op === 'literal') {
      fixed.push(step)
      continue
    }
    const role = roleOf(step, roles)
    const last = runs.at(-1)
    if (last && (last.role === role || (role === undefined && last.role !== undefined))) {
      last.steps.push(...fixed)
      fixed = []
    }
    if (last && last.role === role) last.steps.push(step)
    else runs.push({ role, steps: [...fixed, step] })
    fixed = []
  }
  const last = runs.at(-1)
  if (last) last.steps.push(...fixed)
  else runs.push({ role: undefined, steps: fixed })
  return runs
}

/** The one role that has all fields that a step prints. */
function roleOf(step: Step, roles: Roles): number | undefined {
  if (flatten([step]).some(isTimeStep)) return undefined
  const fields = columnsOf([step]).map(({ name }) => name)
  const role = roles.findIndex(known => fields.every(field => known.includes(field)))
  return role < 0 ? undefined : role
}
