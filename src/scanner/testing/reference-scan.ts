/** All lines of some bytes, read the plain way: the truth that the kernel is held to. */
import { Flag, type Rejection } from '../../core/batch.ts'
import { DETAILS, type Program } from '../../core/program.ts'
import { hasTime, parseLine, type ReferenceLine } from './reference.ts'
import { Stop } from './reference-state.ts'
import { bytesOf, orAbsent } from './reference-step.ts'

/** One parsed line, and where it stands. */
export interface ReferenceEvent extends ReferenceLine {
  /** Which of the programs it followed. */
  readonly program: number
  readonly start: number
  readonly length: number
}

interface ReferenceOptions {
  /** Bytes that a line may have. Default 1 MiB. */
  readonly maxLine?: number
}

interface Results {
  readonly events: ReferenceEvent[]
  readonly rejections: Rejection[]
}

/**
 * All lines of `bytes`, as if they came in one piece and nothing followed. Times without a zone are not moved, and lines
 * without a time have none.
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

type Parsed = ReferenceLine & Pick<ReferenceEvent, 'program'>
type Stopped = Pick<Rejection, 'program' | 'reason' | 'at' | 'step'>

/** Tries the programs that give the time, or the others; the failure is of the one that got furthest. */
function parseAny(
  programs: readonly Program[],
  line: string,
  timed: boolean,
  before?: Stopped
): Parsed | Stopped | undefined {
  let furthest = before
  for (const [index, program] of programs.entries()) {
    if (hasTime(program.steps, 'time') !== timed) continue
    const result = parseLine(program, line)
    if (!(result instanceof Stop)) return { program: index, ...result }
    const { reason, at, step } = result
    if (!furthest || at > furthest.at) furthest = { program: index, reason, at, step }
  }
  return furthest
}
