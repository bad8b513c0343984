import type { Rejection } from '../core/batch.ts'
import {
  columnsOf,
  flatten,
  isTimeStep,
  leadingTime,
  type JsonStep,
  type Program,
  type Step
} from '../core/program.ts'
import { explain } from './explain.ts'
import { Scanner } from './scanner.ts'

/** Bytes of a line and what a step made of them. */
interface TracePiece {
  /** Which step, as rejections count them. */
  readonly step: number
  /** The first byte and the one behind the last, 0-based. */
  readonly from: number
  readonly to: number
  readonly text: string
  /** The fields that the bytes fill; none for fixed text. */
  readonly fields: readonly string[]
}

/** How a program goes through one line. */
export interface Trace {
  readonly pieces: readonly TracePiece[]
  /** Where and why it went no further. */
  readonly broken: { readonly step: number; readonly at: number; readonly reason: string } | undefined
}

/**
 * Runs a program over one line (without its end), step by step. Optional pieces that are not there are left out. The pieces
 * are looked for when they are asked for.
 */
export function trace(program: Program, line: Uint8Array): Trace {
  const text = Buffer.from(line).toString('latin1')
  const [stop] = stopsOf([program.steps], text)
  return {
    get pieces() {
      const steps = flatten(program.steps)
      return takenBy(program.steps, text).map(({ step, from, to }) => ({
        step,
        from,
        to,
        text: Buffer.from(text.slice(from, to), 'latin1').toString(),
        fields: fieldsOf(steps[step])
      }))
    },
    broken: stop && { step: stop.step, at: stop.at, reason: explain(stop, [program]) }
  }
}

function fieldsOf(step: Step | undefined): string[] {
  if (!step || step.op === 'literal' || step.op === 'group') return []
  if (isTimeStep(step)) return [step.field]
  return columnsOf([step]).map(({ name }) => name)
}

/** Where and why each of some lists of steps breaks at a line; `undefined` where one follows it. */
function stopsOf(lists: readonly (readonly Step[])[], line: string): (Rejection | undefined)[] {
  // Each list has a line of its own, told from the others by what stands before it.
  const marks = lists.map((_, i) => `${i}:`)
  const bytes = Buffer.from(marks.map(mark => `${mark}${line}\r\n`).join(''), 'latin1')
  const programs = lists.map((steps, i): Program => {
    return { steps: [{ op: 'literal', text: marks[i] ?? '' }, ...steps], zoned: true }
  })
  const size = { chunk: bytes.length, maxLine: bytes.length, maxRows: 2 }
  const scanner = new Scanner(programs, { ...size, wanted: () => false })
  scanner.input().set(bytes)
  scanner.filled(bytes.length)
  const { rejected } = scanner.scan()
  return marks.map((mark, i) => {
    const stop = rejected.find(({ program }) => program === i)
    return stop && { ...stop, program: 0, at: stop.at - mark.length, step: Math.max(stop.step - 1, -1) }
  })
}

/** A step, as rejections count them, and the bytes that it took. */
type Taken = Pick<TracePiece, 'step' | 'from' | 'to'>

/** No line holds its end: steps with this behind them always break, at the latest where they have got to. */
const NEVER: Step = { op: 'text', field: '', until: '\n', quoted: false }

/** For each step but groups, counted from `index`, all up to it; a group that it is in is taken to be there. */
function beginnings(steps: readonly Step[], index: number, before: readonly Step[]): [number, Step[]][] {
  return steps.flatMap((step, i) => {
    const earlier = [...before, ...steps.slice(0, i)]
    const at = index + flatten(steps.slice(0, i)).length
    return step.op === 'group' ? beginnings(step.steps, at + 1, earlier) : [[at, [...earlier, step, NEVER]]]
  })
}

/** The steps that went through, in order. */
function takenBy(all: readonly Step[], line: string): Taken[] {
  const at = all.findIndex(step => step.op === 'text' && (step.timed || step.headed))
  const [step, behind] = [all[at], all.slice(at + 1)]
  const headed = step?.op === 'text' && step.headed
  // A text that needs the group behind it goes to the line's end without one.
  const taken = takenInOrder(
    headed ? [...all.slice(0, at), { ...step, headed: false, orEnd: true }] : all,
    line
  )
  const index = flatten(all.slice(0, at + 1)).length
  const text = at < 0 ? undefined : taken.find(({ step }) => step === index - 1)
  if (!text) return taken
  // It took what ends it first. Where there are more such places, what stands behind is looked at by itself.
  const to = endBefore(behind, step, line, text)
  if (to === undefined) return taken
  const rest = takenBy(behind, line.slice(to)).map(piece => ({
    step: piece.step + index,
    from: piece.from + to,
    to: piece.to + to
  }))
  return [...taken.slice(0, taken.indexOf(text)), { ...text, to }, ...rest]
}

/** Where a text ends behind which its time or group can be read, if there is more than one place. */
function endBefore(
  behind: readonly Step[],
  step: Step | undefined,
  line: string,
  { from, to }: Taken
): number | undefined {
  const until = step && 'until' in step ? Buffer.from(step.until).toString('latin1') : ''
  const ends: number[] = []
  for (let at = line.indexOf(until, from); at >= 0; at = line.indexOf(until, at + 1)) ends.push(at)
  const headed = step?.op === 'text' && step.headed
  if (ends.length < 2 && !headed) return undefined
  const [group] = behind
  const needed = headed && group?.op === 'group' ? group.steps : leadingTime(behind)
  for (const at of ends) {
    const [stop] = stopsOf([[...needed, NEVER]], line.slice(at))
    if (stop?.step === flatten(needed).length) return at
  }
  return headed ? line.length : to
}

/** The same, where such a text ends as soon as it may. */
function takenInOrder(all: readonly Step[], line: string): Taken[] {
  const begun = beginnings(all, 0, [])
  const lists = begun.map(([, steps]) => steps)
  const stops = new Map(
    stopsOf(lists, line).map((stop, i) => [
      begun[i]?.[0],
      stop && { ...stop, through: stop.step === flatten(lists[i] ?? []).length - 1 }
    ])
  )
  const taken: Taken[] = []
  let from = 0
  /** Goes through steps that are counted from `index`; false where one could not go on. */
  const follow = (steps: readonly Step[], index: number): boolean => {
    for (const step of steps) {
      const stop = stops.get(index)
      if (step.op === 'group') {
        const [length, start] = [taken.length, from]
        if (!follow(step.steps, index + 1)) {
          taken.length = length
          from = start
        }
      } else if (stop) {
        if (step.op === 'json') taken.push(...membersOf(step, index, from, line, stop))
        else if (stop.through) taken.push({ step: index, from, to: stop.at })
        if (!stop.through) return false
        from = stop.at
      }
      index += flatten([step]).length
    }
    return true
  }
  follow(all, 0)
  return taken
}

/** A `[` with its first element where that is a string, a string and what makes it a name, another bracket, or a scalar. */
const TOKEN = /\[(?:(\s*")((?:[^"\\]|\\.)*)")?|"((?:[^"\\]|\\.)*)"(\s*:)?|[{}[\]]|[^\s",:{}[\]]+/g

/** The values of members in an object of JSON that stands at `start` and was read up to `stop`. */
function* membersOf(
  { members }: JsonStep,
  index: number,
  start: number,
  line: string,
  stop: Rejection
): Generator<Taken, void> {
  const paths = members.map(({ path }) =>
    Buffer.from(String(path.map(name => JSON.stringify(name)))).toString('latin1')
  )
  /** The objects and arrays around: their values, which end where they do without `to`, and the names read last. */
  const open: { from: number; to?: number; name: string }[] = []
  const text = line.slice(start, stop.reason === 'json' ? stop.at : undefined)
  for (const { 0: token, 1: before = '', 2: first, 3: string, 4: colon, index: at } of text.matchAll(TOKEN)) {
    const begin = start + at
    const end = begin + token.length
    const inner = open.at(-1)
    if (colon !== undefined && inner?.name === '') inner.name = `"${string}"`
    else if (first !== undefined) open.push({ from: begin + 1 + before.length, to: end - 1, name: '' })
    else if (token === '{' || token === '[') open.push({ from: begin, name: '' })
    else {
      const quote = string === undefined ? 0 : 1
      const closed = /[}\]]/.test(token) && quote === 0 ? open.pop() : undefined
      const { from, to = end - quote } = closed ?? { from: begin + quote }
      const member = paths.indexOf(String(open.map(({ name }) => name)))
      const step = index + 1 + member
      if (member >= 0 && from === stop.at && step === stop.step) return
      const absent = token === 'null' || ['', '-'].includes(line.slice(from, to))
      if (member >= 0 && !absent) yield { step, from, to }
      const outer = open.at(-1)
      if (!outer) return
      outer.name = ''
    }
  }
}
