/**
 * The slow, plain way to run a program over bytes: the truth that the tests hold the kernel to, and what explains a line
 * to people. It shares no logic with the kernel and favours the obvious over the fast.
 */
import { Flag, type Rejection } from '../core/batch.ts'
import {
  DETAILS,
  flatten,
  isTimeStep,
  type JsonMember,
  type JsonStep,
  type Program,
  type Step,
  type TimeField
} from '../core/program.ts'
import { readJson, scientific } from './reference-json.ts'
import { bytesOf, clear, fieldsOf, orAbsent, runStep } from './reference-step.ts'
import { newState, type State, Stop, type Taken } from './reference-state.ts'
import { isPrintedBack, timeOf } from './reference-time.ts'

/** One parsed line. Text is the bytes as they stand in the log, one character a byte; `null` is absent. */
export interface ReferenceEvent {
  /** Which of the programs it followed. */
  readonly program: number
  readonly start: number
  readonly length: number
  readonly flags: number
  readonly time: number
  readonly zone: number
  readonly fields: Readonly<Record<string, string | number | null>>
}

export interface ReferenceOptions {
  /** Bytes that a line may have. Default 1 MiB. */
  readonly maxLine?: number
}

interface Results {
  readonly events: ReferenceEvent[]
  readonly rejections: Rejection[]
}

/**
 * All lines of `bytes`, as if they came in one piece and nothing followed. Times without a zone are not moved, and lines
 * that tell no time have none.
 */
export function referenceScan(
  programs: readonly Program[],
  bytes: Uint8Array,
  { maxLine = 1 << 20 }: ReferenceOptions = {}
): Results {
  const text = Buffer.from(bytes).toString('latin1')
  const results: Results = { events: [], rejections: [] }
  const { events, rejections } = results
  /** The last line may go on. */
  let open = false
  let start = 0
  for (const piece of text.split('\n')) {
    const unterminated = start + piece.length === text.length
    const carriageReturn = !unterminated && piece.endsWith('\r')
    const line = carriageReturn ? piece.slice(0, -1) : piece
    const ending = (unterminated ? Flag.unterminated : 0) | (carriageReturn ? Flag.carriageReturn : 0)
    const record = open ? events.at(-1) : undefined
    const at = start
    start += piece.length + 1
    if (line === '') continue
    if (
      programs.some(
        ({ directivePrefix }) => directivePrefix !== undefined && line.startsWith(bytesOf(directivePrefix))
      )
    ) {
      open = false
    } else if (line.length > maxLine) {
      rejections.push({ start: at, length: maxLine, reason: 'long', at: 0, step: -1, program: 0 })
      open = false
    } else {
      const parsed = parseAny(programs, line, true)
      if (parsed && 'fields' in parsed) addEvent(parsed)
      else if (record && at + line.length - record.start <= maxLine && goesOn(programs, line)) {
        events[events.length - 1] = longer(record, text.slice(record.start, at + line.length), ending)
      } else {
        const headed = opens(programs, line) && !standsAlone(programs, line)
        const bare = headed ? parsed : parseAny(programs, line, false, parsed)
        if (bare && 'fields' in bare) addEvent(bare)
        else if (bare) {
          rejections.push({ start: at, length: line.length, ...bare })
          open = false
        }
      }
    }

    function addEvent(parsed: Parsed): void {
      events.push({ ...parsed, start: at, length: line.length, flags: parsed.flags | ending })
      open = programs[parsed.program]?.continued !== undefined
    }
  }
  return results
}

/** The first byte is one with which lines of a continued program begin. */
function opens(programs: readonly Program[], line: string): boolean {
  return programs.some(({ continued }) => continued && bytesOf(continued.opening).includes(line[0] ?? ''))
}

function goesOn(programs: readonly Program[], line: string): boolean {
  return !opens(programs, line) && !standsAlone(programs, line)
}

function standsAlone(programs: readonly Program[], line: string): boolean {
  return programs.some(({ continued }) => continued?.alone.some(text => line.startsWith(bytesOf(text))))
}

/** A record of which one line more is known. */
function longer(record: ReferenceEvent, whole: string, ending: number): ReferenceEvent {
  const [first = ''] = whole.split('\n')
  return {
    ...record,
    length: whole.length,
    flags: (record.flags & Flag.notCanonical) | (first.endsWith('\r') ? Flag.notCanonical : 0) | ending,
    fields: { ...record.fields, [DETAILS]: orAbsent(whole.slice(first.length + 1)) }
  }
}

type Parsed = Pick<ReferenceEvent, 'program' | 'flags' | 'time' | 'zone' | 'fields'>
type Stopped = Pick<Rejection, 'program' | 'reason' | 'at' | 'step'>

/** Tries the programs that tell the time, or the others; the failure is of the one that got furthest. */
function parseAny(
  programs: readonly Program[],
  line: string,
  timed: boolean,
  before?: Stopped
): Parsed | Stopped | undefined {
  let furthest = before
  for (const [index, program] of programs.entries()) {
    if (tells(program.steps, 'time') !== timed) continue
    const result = parseLine(program, line)
    if (!(result instanceof Stop)) return { program: index, ...result }
    const { reason, at, step } = result
    if (!furthest || at > furthest.at) furthest = { program: index, reason, at, step }
  }
  return furthest
}

/** Runs a program over one line, one character a byte, up to the step that cannot go on. */
export function traceLine(program: Program, line: string): { taken: readonly Taken[]; stop?: Stop } {
  const state = newState(line, isClear(program.steps))
  const result = parseState(program, state)
  return { taken: state.taken, ...(result instanceof Stop && { stop: result }) }
}

function parseLine(program: Program, line: string): Omit<Parsed, 'program'> | Stop {
  return parseState(program, newState(line, isClear(program.steps)))
}

function parseState(program: Program, state: State): Omit<Parsed, 'program'> | Stop {
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
      names.push(...fieldsOf(step))
      return step.op !== 'group' || (step.steps.some(one => fieldsOf(one).length > 0) && walk(step.steps))
    })
  return walk(steps) && new Set(names).size === names.length
}

function finish(program: Program, state: State): Omit<Parsed, 'program'> {
  const { pieces } = state.times.time
  const zone = Number(pieces.get('zone') ?? state.times.time_end.pieces.get('zone') ?? 0)
  const micros = (field: TimeField): number => {
    const value = timeOf(state.times[field], zone, state)
    if (!isPrintedBack(state.times[field], value, zone)) state.canonical = false
    return Number(value)
  }
  const time = tells(program.steps, 'time') ? micros('time') : NaN
  const fields = { ...state.fields }
  if (tells(program.steps, 'time_end')) {
    fields['time_end'] = state.times.time_end.pieces.size > 0 ? micros('time_end') : null
  }
  if (program.continued) fields[DETAILS] = null
  return { flags: state.canonical ? 0 : Flag.notCanonical, time, zone, fields }
}

function tells(steps: readonly Step[], field: TimeField): boolean {
  return flatten(steps).some(step => isTimeStep(step) && step.field === field)
}

/** Runs steps that are counted from `index`. Gives the next index. */
function runSteps(steps: readonly Step[], index: number, state: State): number {
  for (const step of steps) {
    if (step.op === 'group') {
      runGroup(step.steps, index + 1, state)
      index += flatten([step]).length
    } else if (step.op === 'json') {
      runJson(step, index, state)
      index += flatten([step]).length
    } else {
      const from = state.at
      runStep(step, index, state)
      state.taken.push({ step: index++, from, to: state.at })
    }
  }
  return index
}

function runJson(step: JsonStep, index: number, state: State): void {
  const { members } = step
  readJson(step, index, state, (at, text) => {
    const member = members[at]
    if (member) runMember(member, text, index, state)
  })
  const missing = members.findIndex(
    ({ required, step }) => required && fieldsOf(step).every(name => state.fields[name] === null)
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
    const main = step.op === 'request' ? ['method', 'request'] : fieldsOf(step).slice(0, 1)
    if (main.length > 0 && main.every(name => state.fields[name] === null)) state.canonical = false
  }
}
