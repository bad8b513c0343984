import type { Step, TimeField, TimePart } from '../core/program.ts'
import type { DirectiveItem } from './grammar.ts'
import { TextProblem } from '../core/caret.ts'
import { clfParts, timePieces, type TimeDirective } from './time.ts'

/** What seconds since 1970 become with a fraction. */
const WITH_FRACTION: Partial<Record<TimePart, TimePart>> = { milli: 'millis', micro: 'micros' }

/**
 * The steps of every time directive of a string. Together they give one time (and, with `end:`, a second one);
 * what gives again what another gives is left out here and becomes a plain text, as does an end without a date.
 * @throws TextProblem where there is no time, or one without a date.
 */
export function readTimestamps(
  items: readonly DirectiveItem[],
  read: (item: DirectiveItem) => TimeDirective
): Map<DirectiveItem, Step[]> {
  const all = items.map(item => ({ item, ...read(item) }))
  const starts = withoutRepeats(all.filter(({ field }) => field === 'time'))
  const ends = withoutRepeats(all.filter(({ field }) => field === 'time_end'))
  const given = starts.length > 0 ? starts : ends
  const [first] = given
  if (!first) {
    throw new TextProblem('A time directive is needed, such as %t: without a time no line can be counted.', 0)
  }
  const lacking = lackingPiece(given)
  if (lacking) throw new TextProblem(`The time lacks its ${lacking}.`, first.item.at)
  const timestamps = new Map(
    given.map(({ item, steps }) => [item, split(steps, 'time', given.length > 1).map(asTime)])
  )
  if (given === ends || lackingPiece(ends)) return timestamps
  for (const { item, steps } of ends) timestamps.set(item, split(steps, 'time_end', ends.length > 1))
  return timestamps
}

function lackingPiece(given: readonly TimeDirective[]): string | undefined {
  const pieces = new Set<string>(given.flatMap(({ steps }) => timePieces(steps)))
  return ['year', 'month', 'day'].find(piece => !pieces.has(piece))
}

/** Keeps the directives that give most. */
function withoutRepeats<T extends TimeDirective>(all: readonly T[]): T[] {
  const seen = new Set<string>()
  return all
    .toSorted((a, b) => timePieces(b.steps).length - timePieces(a.steps).length)
    .filter(({ steps }) => {
      const pieces = timePieces(steps)
      if (pieces.some(piece => seen.has(piece))) return false
      for (const piece of pieces) seen.add(piece)
      return true
    })
}

/** A time that is given in several places is given in pieces. */
function split(steps: readonly Step[], field: TimeField, several: boolean): Step[] {
  return steps.flatMap(step => (several && step.op === 'clf' ? clfParts(field) : [step]))
}

/** A line that gives nothing but when the answer was finished has that as its time. */
function asTime(step: Step): Step {
  if (step.op === 'clf' || step.op === 'ctime' || step.op === 'timepart') return { ...step, field: 'time' }
  return step
}

/**
 * `%{sec}t%{msec_frac}t`: seconds with a fraction right behind them are one number. Changes the step of the seconds,
 * which keeps its identity.
 */
export function joinEpoch(steps: readonly Step[]): Step[] {
  const joined: Step[] = []
  for (const step of steps) {
    const before = joined.at(-1)
    const whole = step.op === 'timepart' ? WITH_FRACTION[step.part] : undefined
    const joins =
      before?.op === 'timepart' && before.part === 'seconds' && 'field' in step && before.field === step.field
    if (joins && whole) before.part = whole
    else joined.push(step)
  }
  return joined
}
