import type { Step, TimeField, TimePart } from '../core/program.ts'
import type { DirectiveItem } from './grammar.ts'
import { FormatProblem } from './problem.ts'
import { clfParts, piecesOf, type TimeDirective } from './time.ts'

/** What seconds since 1970 become with a fraction. */
const WITH_FRACTION: Partial<Record<TimePart, TimePart>> = { milli: 'millis', micro: 'micros' }

/**
 * The steps of every time directive of a string. Together they tell one time (and, with `end:`, a second one);
 * what tells again what another tells is left out here and becomes a plain text, as does an end without a date.
 * @throws FormatProblem where there is no time, or one without a date.
 */
export function readTimestamps(
  items: readonly DirectiveItem[],
  read: (item: DirectiveItem) => TimeDirective
): Map<DirectiveItem, Step[]> {
  const all = items.map(item => ({ item, ...read(item) }))
  const starts = withoutRepeats(all.filter(({ field }) => field === 'time'))
  const ends = withoutRepeats(all.filter(({ field }) => field === 'time_end'))
  const told = starts.length > 0 ? starts : ends
  const [first] = told
  if (!first) {
    throw new FormatProblem(
      'A time directive is needed, such as %t: without a time no line can be counted.',
      0
    )
  }
  const lacking = lackingPiece(told)
  if (lacking) throw new FormatProblem(`The time lacks its ${lacking}.`, first.item.at)
  const timestamps = new Map(
    told.map(({ item, steps }) => [item, split(steps, 'time', told.length > 1).map(asTime)])
  )
  if (told === ends || lackingPiece(ends)) return timestamps
  for (const { item, steps } of ends) timestamps.set(item, split(steps, 'time_end', ends.length > 1))
  return timestamps
}

function lackingPiece(told: readonly TimeDirective[]): string | undefined {
  const pieces = new Set<string>(told.flatMap(({ steps }) => piecesOf(steps)))
  return ['year', 'month', 'day'].find(piece => !pieces.has(piece))
}

/** Keeps the directives that tell most. */
function withoutRepeats<T extends TimeDirective>(all: readonly T[]): T[] {
  const told = new Set<string>()
  return all
    .toSorted((a, b) => piecesOf(b.steps).length - piecesOf(a.steps).length)
    .filter(({ steps }) => {
      const pieces = piecesOf(steps)
      if (pieces.some(piece => told.has(piece))) return false
      for (const piece of pieces) told.add(piece)
      return true
    })
}

/** A time that is told in several places is told in pieces. */
function split(steps: readonly Step[], field: TimeField, several: boolean): Step[] {
  return steps.flatMap(step => (several && step.op === 'clf' ? clfParts(field) : [step]))
}

/** A line that tells nothing but when the answer was finished has that as its time. */
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
