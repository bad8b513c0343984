/** The steps of the reference, one at a time. */
import { isTimeStep, type ChainStep, type NumberStep, type Step, type TextStep } from '../../core/program.ts'
import { type State, Stop } from './reference-state.ts'
import { stepPieces, readTime } from './reference-time.ts'

/**
 * Runs a step other than a group or an object of JSON, counted as `index`. `reads` tells whether the time that follows can be
 * read from a place on. @throws Stop
 */
export function runStep(
  step: Exclude<Step, { op: 'group' | 'json' }>,
  index: number,
  state: State,
  reads: (at: number) => boolean = () => true
): void {
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
      state.fields[step.field] = orAbsent(take(step, index, state, reads))
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
export function bytesOf(text: string): string {
  return Buffer.from(text).toString('latin1')
}

export function orAbsent(text: string): string | null {
  return text === '-' ? null : text
}

/** The bytes up to `until`, which is where the line goes on. */
function take(
  step: Pick<TextStep, 'until' | 'quoted' | 'last' | 'orEnd' | 'word' | 'edge' | 'list' | 'timed'>,
  index: number,
  state: State,
  reads: (at: number) => boolean = () => true
): string {
  const { line, at } = state
  const ends = step.until === '' ? [line.length] : places(bytesOf(step.until), step.quoted, line, at)
  const edges = ends
    .filter(end => !step.list || end === at || line[end - 1] !== ',')
    .filter(end => !step.edge || /^(, |$)/.test(line.slice(end + bytesOf(step.until).length)))
  const timed = step.timed ? edges.find(reads) : undefined
  const end =
    timed ?? (step.last ? edges.at(-1) : edges[0]) ?? (step.last || step.orEnd ? line.length : undefined)
  if (end === undefined) throw new Stop('missing', at, index)
  const wrong = step.word === 'orEmpty' ? / / : /^$| /
  if (step.word && wrong.test(line.slice(at, end))) throw new Stop('missing', at, index)
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

/** A path or a query that is a sole `-` looks like an absent one. */
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

/** The fields that a step fills, times not among them. */
export function stepFields(step: Step): string[] {
  if (step.op === 'text' || step.op === 'number') return [step.field]
  if (step.op === 'address') return [step.field, step.port]
  if (step.op === 'chain') return [step.field, step.rest]
  if (step.op === 'target') return ['path', 'query']
  return step.op === 'request' ? ['method', 'path', 'query', 'protocol', 'request'] : []
}

/** Makes the fields of steps absent. */
export function clear(steps: readonly Step[], state: State): void {
  for (const step of steps) {
    if (step.op === 'group') clear(step.steps, state)
    for (const name of stepFields(step)) state.fields[name] = null
    if (isTimeStep(step)) {
      for (const piece of stepPieces(step)) state.times[step.field].pieces.delete(piece)
    }
  }
}
