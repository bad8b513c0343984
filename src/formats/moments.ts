import type { Kind } from '../core/fields.ts'
import type { Step } from '../core/program.ts'
import type { DirectiveItem } from './grammar.ts'
import { FormatProblem } from './problem.ts'
import { accessTime, clfParts, errorTime, piecesOf, type TimeDirective } from './time.ts'

/**
 * The steps of every time directive of a string. Together they tell one time (and, with `end:`, a second one);
 * what tells again what was told before is left out here and becomes a plain text.
 * @throws FormatProblem where there is no time, or one without a date.
 */
export function readMoments(kind: Kind, items: readonly DirectiveItem[]): Map<DirectiveItem, Step[]> {
  const read = kind === 'access' ? accessTime : errorTime
  const all = items.map(item => {
    const argument = item.argument ?? ''
    return { item, ...read(argument, item.at + 2) }
  })
  const hasStart = all.some(({ field }) => field === 'time')
  const moments = new Map<DirectiveItem, Step[]>()
  for (const field of ['time', 'time_end'] as const) {
    const told = withoutRepeats(all.filter(one => one.field === field))
    const single = told.length === 1
    for (const { item, steps } of told) {
      const own = single ? steps : steps.flatMap(step => (step.op === 'clf' ? clfParts(field) : [step]))
      moments.set(item, hasStart ? [...own] : own.map(asTheOnlyTime))
    }
    const [first] = told
    const pieces = told.flatMap(({ steps }) => piecesOf(steps))
    const lacking = (['year', 'month', 'day'] as const).find(piece => !pieces.includes(piece))
    if (first && lacking) throw new FormatProblem(`The time lacks its ${lacking}.`, first.item.at)
  }
  if (moments.size === 0) {
    throw new FormatProblem(
      'A time directive is needed, such as %t: without a time no line can be counted.',
      0
    )
  }
  return moments
}

function withoutRepeats<T extends TimeDirective>(all: readonly T[]): T[] {
  const told = new Set<string>()
  return all.filter(({ steps }) => {
    const pieces = piecesOf(steps)
    if (pieces.some(piece => told.has(piece))) return false
    for (const piece of pieces) told.add(piece)
    return true
  })
}

/** A line that tells only when the answer was finished has that as its time. */
function asTheOnlyTime(step: Step): Step {
  if (step.op === 'clf' || step.op === 'ctime' || step.op === 'timepart') return { ...step, field: 'time' }
  return step
}

/** `%{sec}t%{msec_frac}t`: seconds with a fraction right behind them are one number. */
export function joinEpoch(steps: readonly Step[]): Step[] {
  const joined: Step[] = []
  for (const step of steps) {
    const before = joined.at(-1)
    const isSeconds = before?.op === 'timepart' && before.part === 'seconds'
    if (isSeconds && step.op === 'timepart' && step.field === before.field) {
      if (step.part === 'milli') joined[joined.length - 1] = { ...before, part: 'millis' }
      else if (step.part === 'micro') joined[joined.length - 1] = { ...before, part: 'micros' }
      else joined.push(step)
    } else joined.push(step)
  }
  return joined
}
