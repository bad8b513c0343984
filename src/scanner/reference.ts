/**
 * The slow, plain way to run a program over bytes: the truth that the tests hold the kernel to, and what explains a line
 * to people. It shares no logic with the kernel and favours the obvious over the fast.
 */
import { Flag, type Rejection } from '../core/batch.ts'
import {
  DETAILS,
  type ChainStep,
  type NumberStep,
  type Program,
  type Step,
  type TextStep,
  type TimeField
} from '../core/program.ts'
import { newState, type State, Stop, type Taken } from './reference-state.ts'
import { isPrintedBack, piecesOf, readTime, timeOf } from './reference-time.ts'

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
    if (programs.some(({ remark }) => remark !== undefined && line.startsWith(bytesOf(remark)))) {
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
        const bare = opens(programs, line) ? parsed : parseAny(programs, line, false, parsed)
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
  if (opens(programs, line)) return false
  return !programs.some(({ continued }) => continued?.alone.some(text => line.startsWith(bytesOf(text))))
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
  return steps.some(step =>
    step.op === 'group'
      ? tells(step.steps, field)
      : (step.op === 'clf' || step.op === 'ctime' || step.op === 'timepart') && step.field === field
  )
}

/** Runs steps that are counted from `index`. Gives the next index. */
function runSteps(steps: readonly Step[], index: number, state: State): number {
  for (const step of steps) {
    if (step.op === 'group') {
      runGroup(step.steps, index + 1, state)
      index += countSteps(step.steps) + 1
    } else {
      const from = state.at
      runStep(step, index, state)
      state.taken.push({ step: index++, from, to: state.at })
    }
  }
  return index
}

function countSteps(steps: readonly Step[]): number {
  return steps.reduce((count, step) => count + (step.op === 'group' ? countSteps(step.steps) + 1 : 1), 0)
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

/** Makes the fields of a failed group absent. */
function clear(steps: readonly Step[], state: State): void {
  for (const step of steps) {
    if (step.op === 'group') clear(step.steps, state)
    for (const name of fieldsOf(step)) state.fields[name] = null
    if (step.op === 'clf' || step.op === 'ctime' || step.op === 'timepart') {
      for (const piece of piecesOf(step)) state.times[step.field].pieces.delete(piece)
    }
  }
}

function fieldsOf(step: Step): string[] {
  if (step.op === 'text' || step.op === 'number') return [step.field]
  if (step.op === 'address') return [step.field, step.port]
  if (step.op === 'chain') return [step.field, step.rest]
  if (step.op === 'target') return ['path', 'query']
  return step.op === 'request' ? ['method', 'path', 'query', 'protocol', 'request'] : []
}

function runStep(step: Exclude<Step, { op: 'group' }>, index: number, state: State): void {
  switch (step.op) {
    case 'literal':
      if (!state.line.startsWith(bytesOf(step.text), state.at)) throw new Stop('literal', state.at, index)
      state.at += bytesOf(step.text).length
      return
    case 'number':
      return step.decimals === undefined
        ? readNumber(step.field, step.scale, index, state)
        : readDecimal(step, step.decimals, index, state)
    case 'text':
      state.fields[step.field] = orAbsent(take(step, index, state))
      return
    case 'target':
      return putTarget(take(step, index, state), state)
    case 'request':
      return putRequest(take(step, index, state), state)
    case 'chain':
      return putChain(step, takeChain(step, index, state), state)
    case 'address':
      return putAddress(step.field, step.port, take({ ...step, quoted: false }, index, state), state)
    default:
      return readTime(step, index, state)
  }
}

/** A format's text, one character a byte. */
function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}

function orAbsent(text: string): string | null {
  return text === '-' ? null : text
}

/** The bytes up to `until`, which is where the line goes on. */
function take(
  step: Pick<TextStep, 'until' | 'quoted' | 'last' | 'orEnd' | 'word'>,
  index: number,
  state: State
): string {
  const { line, at } = state
  const ends = step.until === '' ? [line.length] : places(bytesOf(step.until), step.quoted, line, at)
  const end = (step.last ? ends.at(-1) : ends[0]) ?? (step.last || step.orEnd ? line.length : undefined)
  if (end === undefined) throw new Stop('missing', at, index)
  if (step.word && /^$| /.test(line.slice(at, end))) throw new Stop('missing', at, index)
  state.at = end
  return line.slice(at, end)
}

/** All places from `at` on where `text` stands; where it is quoted, not behind a backslash. */
function places(text: string, quoted: boolean, line: string, at: number): number[] {
  const found: number[] = []
  for (let i = at; i < line.length; i++) {
    if (quoted && line[i] === '\\') i++
    else if (line[i] === text[0] && line.startsWith(text, i)) found.push(i)
  }
  return found
}

function readNumber(field: string, scale: number, index: number, state: State): void {
  const [digits] = /^-?[0-9]*/.exec(state.line.slice(state.at)) ?? ['']
  if (digits === '' || digits.replace('-', '').length > 15) throw new Stop('number', state.at, index)
  state.at += digits.length
  if (digits === '-') {
    state.fields[field] = null
    return
  }
  const value = Number(digits) * scale
  state.fields[field] = value === 0 ? 0 : value
  if (!/^(0|-?[1-9][0-9]*)$/.test(digits)) state.canonical = false
  if (scale !== 1 && (Math.abs(value) > 2 ** 53 || value / scale !== Number(digits))) state.canonical = false
}

function readDecimal({ field, scale }: NumberStep, decimals: number, index: number, state: State): void {
  const [text, sign = '', whole = '', fraction = ''] = /^(-?)([0-9]*)(?:\.([0-9]+))?/.exec(
    state.line.slice(state.at)
  ) ?? ['']
  const digits = whole === '' ? sign : text
  if (digits === '' || (whole + fraction).length > 15) throw new Stop('number', state.at, index)
  state.at += digits.length
  if (whole === '') {
    state.fields[field] = null
    return
  }
  const value = Math.floor((Number(sign + whole + fraction) * scale) / 10 ** fraction.length + 0.5)
  state.fields[field] = value === 0 ? 0 : value
  if ((value / scale).toFixed(decimals) !== digits || Math.abs(value) > 2 ** 53) state.canonical = false
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"
const WITH_PROTOCOL = new RegExp(`^(${TOKEN}) ([^]+) (HTTP/[0-9]+(?:\\.[0-9]+)?)$`)
const WITHOUT_PROTOCOL = new RegExp(`^(${TOKEN}) ([^ ]+)$`)

function putRequest(text: string, state: State): void {
  const match = WITH_PROTOCOL.exec(text) ?? WITHOUT_PROTOCOL.exec(text)
  Object.assign(state.fields, { method: null, path: null, query: null, protocol: null, request: null })
  if (!match) {
    state.fields['request'] = orAbsent(text)
    return
  }
  const [, method = '', target = '', protocol] = match
  splitTarget(target, state)
  state.fields['method'] = orAbsent(method)
  state.fields['protocol'] = protocol ?? null
  if (method === '-') state.canonical = false
}

function putTarget(text: string, state: State): void {
  if (text !== '-') return splitTarget(text, state)
  state.fields['path'] = null
  state.fields['query'] = null
}

/** A path or a query that is a sole `-` cannot be told from an absent one. */
function splitTarget(target: string, state: State): void {
  const [path = '', ...rest] = target.split('?')
  const query = rest.length > 0 ? rest.join('?') : null
  state.fields['path'] = orAbsent(path)
  state.fields['query'] = query === null ? null : orAbsent(query)
  if (path === '-' || query === '-') state.canonical = false
}

/** As `take`, but what ends the text is not behind a comma where it begins with a blank. */
function takeChain(step: ChainStep, index: number, state: State): string {
  const { line, at } = state
  const ends = step.until === '' ? [line.length] : places(bytesOf(step.until), step.quoted, line, at)
  const end = ends.find(place => !step.until.startsWith(' ') || place === at || line[place - 1] !== ',')
  if (end === undefined) throw new Stop('missing', at, index)
  state.at = end
  return line.slice(at, end)
}

/** A comma without its blank, or a piece that is a sole `-`, is not printed back. */
function putChain({ field, rest }: ChainStep, text: string, state: State): void {
  const [first = '', ...others] = text.split(',')
  const behind = others.join(',')
  state.fields[field] = orAbsent(first)
  state.fields[rest] = others.length > 0 ? orAbsent(behind.replace(/^ /, '')) : null
  if (others.length === 0) return
  const absent = state.fields[field] === null || state.fields[rest] === null
  if (!behind.startsWith(' ') || absent) state.canonical = false
}

function putAddress(field: string, port: string, text: string, state: State): void {
  const match = /^([^]*):([0-9]{1,5})$/.exec(text)
  state.fields[field] = orAbsent(match?.[1] ?? text)
  state.fields[port] = match ? Number(match[2]) : null
  if (match && (match[1] === '-' || /^0./.test(match[2] ?? ''))) state.canonical = false
}
