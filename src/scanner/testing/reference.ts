/**
 * The slow, plain way to run a program over bytes: the truth that the tests hold the kernel to. It shares no logic with
 * the kernel and favours the obvious over the fast.
 */
import { Flag } from '../../core/batch.ts'
import {
  DETAILS,
  flatten,
  isTimeStep,
  leadingTime,
  type JsonMember,
  type JsonStep,
  type Program,
  type Step,
  type TextStep,
  type TimeField
} from '../../core/program.ts'
import { readJson, scientific } from './reference-json.ts'
import { bytesOf, clear, orAbsent, stepFields, runStep } from './reference-step.ts'
import { newState, type State, Stop, type Taken } from './reference-state.ts'
import { isPrintedBack, timeOf } from './reference-time.ts'

/** Runs a program over one line, one character a byte, up to the step that cannot go on. */
export function traceLine(program: Program, line: string): { taken: readonly Taken[]; stop?: Stop } {
  const state = newState(line, isClear(program.steps))
  const result = parseState(program, state)
  return { taken: state.taken, ...(result instanceof Stop && { stop: result }) }
}

/** A line as its program reads it: text one character a byte, as it stands in the log; `null` is absent. */
export interface ReferenceLine {
  readonly flags: number
  readonly time: number
  readonly zone: number
  readonly fields: Readonly<Record<string, string | number | null>>
}

/** What a program reads of a line, or where and why it cannot go on. */
export function parseLine(program: Program, line: string): ReferenceLine | Stop {
  return parseState(program, newState(line, isClear(program.steps)))
}

function parseState(program: Program, state: State): ReferenceLine | Stop {
  try {
    runSteps(program.steps, 0, state)
    if (state.at !== state.line.length) throw new Stop('trailing', state.at, -1)
    return finish(program, state)
  } catch (error) {
    if (error instanceof Stop) return error
    throw error
  }
}

/** Whether every field is filled by one step only, and every group fills one itself. */
function isClear(steps: readonly Step[]): boolean {
  const names: string[] = []
  const walk = (inner: readonly Step[]): boolean =>
    inner.every(step => {
      names.push(...stepFields(step))
      return step.op !== 'group' || (step.steps.some(one => stepFields(one).length > 0) && walk(step.steps))
    })
  return walk(steps) && new Set(names).size === names.length
}

function finish(program: Program, state: State): ReferenceLine {
  const { pieces } = state.times.time
  const zone = Number(pieces.get('zone') ?? state.times.time_end.pieces.get('zone') ?? 0)
  const micros = (field: TimeField): number => {
    const value = timeOf(state.times[field], zone, state)
    if (!isPrintedBack(state.times[field], value, zone)) state.canonical = false
    return Number(value)
  }
  const time = hasTime(program.steps, 'time') ? micros('time') : NaN
  const fields = { ...state.fields }
  if (hasTime(program.steps, 'time_end')) {
    fields['time_end'] = state.times.time_end.pieces.size > 0 ? micros('time_end') : null
  }
  if (program.continued) fields[DETAILS] = null
  return { flags: state.canonical ? 0 : Flag.notCanonical, time, zone, fields }
}

/** Whether a step among these fills the time. */
export function hasTime(steps: readonly Step[], field: TimeField): boolean {
  return flatten(steps).some(step => isTimeStep(step) && step.field === field)
}

/** Runs steps that are counted from `index`. Gives the next index. */
function runSteps(steps: readonly Step[], index: number, state: State): number {
  for (const [i, step] of steps.entries()) {
    if (step.op === 'text' && step.headed) {
      index = runHeaded(step, steps[i + 1], index, state)
    } else if (step.op === 'group' && isHeaded(steps[i - 1])) {
      index += flatten([step]).length
    } else if (step.op === 'group') {
      runGroup(step.steps, index + 1, state)
      index += flatten([step]).length
    } else if (step.op === 'json') {
      runJson(step, index, state)
      index += flatten([step]).length
    } else {
      const from = state.at
      const reads = (at: number): boolean => goThrough(leadingTime(steps.slice(i + 1)), { ...state, at })
      runStep(step, index, state, reads)
      state.taken.push({ step: index++, from, to: state.at })
    }
  }
  return index
}

function isHeaded(step: Step | undefined): boolean {
  return step?.op === 'text' && step.headed === true
}

/** A text up to where the group behind it can be read, and that group; or all that is left of the line. Gives the group's index. */
function runHeaded(text: TextStep, group: Step | undefined, index: number, state: State): number {
  const { line, at: from } = state
  const inner = group?.op === 'group' ? group.steps : []
  const until = bytesOf(text.until)
  let to = line.indexOf(until, from)
  while (to >= 0 && !goThrough(inner, { ...state, at: to })) to = line.indexOf(until, to + 1)
  state.at = to < 0 ? line.length : to
  state.fields[text.field] = orAbsent(line.slice(from, state.at))
  state.taken.push({ step: index, from, to: state.at })
  if (to < 0) clear(inner, state)
  else runGroup(inner, index + 2, state)
  return index + 1
}

/** Whether these steps go through, whatever they leave behind. */
function goThrough(steps: readonly Step[], { line, at }: State): boolean {
  try {
    runSteps(steps, 0, { ...newState(line, true), at })
    return true
  } catch (error) {
    if (error instanceof Stop) return false
    throw error
  }
}

function runJson(step: JsonStep, index: number, state: State): void {
  const { members } = step
  readJson(step, index, state, (at, text) => {
    const member = members[at]
    if (member) runMember(member, text, index, state)
  })
  const missing = members.findIndex(
    ({ required, step }) => required && stepFields(step).every(name => state.fields[name] === null)
  )
  if (missing >= 0) throw new Stop('missing', state.at, index + 1 + missing)
}

/** Gives a member of JSON its value, or makes its fields absent. */
function runMember({ step }: JsonMember, text: string | undefined, index: number, state: State): void {
  const inner = { ...state, line: text ?? '', at: 0 }
  if (text === undefined) clear([step], state)
  else if (step.op === 'number') {
    const value = scientific(text, step.scale)
    if (value === undefined) throw new Stop('number', 0, index)
    state.fields[step.field] = value
  } else runStep(step, index, inner)
}

function runGroup(steps: readonly Step[], index: number, state: State): void {
  const { at, canonical, taken } = state
  const before = taken.length
  try {
    runSteps(steps, index, state)
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    state.at = at
    state.canonical = canonical
    taken.length = before
    clear(steps, state)
    return
  }
  for (const step of steps) {
    const main = step.op === 'request' ? ['method', 'request'] : stepFields(step).slice(0, 1)
    if (main.length > 0 && main.every(name => state.fields[name] === null)) state.canonical = false
  }
}
