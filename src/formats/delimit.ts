import { leadingTime, type Step } from '../core/program.ts'
import type { Lowered } from './lower.ts'
import { TextProblem } from '../core/caret.ts'

/** Stands for the line's end among the bytes that may follow a step. */
const END = '\n'

/**
 * Finds where each text ends: at the fixed bytes that follow it, seen through the following literal and on into
 * what comes after. `quotes`: a backslash goes before quotes that stand in a text between quotes.
 * A text in front of optional fields that end the line ends at the last place where they begin.
 * A text that says so itself ends there or at the line's end. One in front of a time may hold what ends it.
 * @throws TextProblem where two directives touch, so that nothing shows where one ends.
 */
export function delimit(quotes: boolean, { steps, at }: Lowered): Lowered {
  const where = new Map<Step, number>()
  const end = (step: Step, behind: readonly Step[], next: readonly string[]): Step => {
    const [following] = behind
    const problem = (message: string): TextProblem => new TextProblem(message, at.get(step) ?? 0)
    switch (step.op) {
      case 'group':
        return { op: 'group', steps: within(step.steps, next) }
      case 'number':
        checkNumber(following, next, problem)
        return step
      case 'timepart':
        if (/^(seconds|millis|micros)$/.test(step.part)) checkNumber(following, next, problem)
        return step
      case 'text':
      case 'address':
      case 'chain':
      case 'request':
      case 'target':
        return endText(quotes, step, behind, next, problem)
      default:
        return step
    }
  }
  const within = (steps: readonly Step[], tails: readonly string[]): Step[] =>
    steps.map((step, i) => {
      const behind = steps.slice(i + 1)
      const ended = end(step, behind, openings(behind, tails))
      const place = at.get(step)
      if (place !== undefined) where.set(ended, place)
      return ended
    })
  return { steps: within(steps, [END]), at: where }
}

type TextLike = Extract<Step, { until: string }>
type Problem = (message: string) => TextProblem

function endText(
  quotes: boolean,
  step: TextLike,
  behind: readonly Step[],
  next: readonly string[],
  problem: Problem
): Step {
  if (step.op === 'text' && step.orEnd) return step
  const fixed = commonPrefix(next)
  const [first = ''] = next
  const last = fixed === '' && step.op === 'text' && first !== '' && next.at(-1) === END
  const until = (last ? first : fixed).replace(END, '')
  if (fixed === '' && !last)
    throw problem('Nothing fixed follows this directive, so where it ends is unknown.')
  if (/^ +$/.test(until) && holdsBlanks(step)) {
    throw problem('Its text holds blanks, so it needs quotes around it or another end than a blank.')
  }
  if (step.op === 'text' && step.headed) return { ...step, until: first.replace(END, '') }
  if (last && step.op === 'text') {
    const { list: _, ...text } = step
    return { ...text, until, last }
  }
  if (step.op === 'address') return { ...step, until }
  const quoted = quotes && until.startsWith('"')
  // Only where a blank ends it does a list need to say what it holds.
  if (step.op === 'text' && step.list) {
    const { list, ...text } = step
    return until.startsWith(' ') && !quoted ? { ...text, until, quoted, list } : { ...text, until, quoted }
  }
  if (step.op === 'text' && !step.word && !quoted && leadingTime(behind).length > 0)
    return { ...step, until, quoted, timed: true }
  if (step.op !== 'text' || !step.word || !until.startsWith(' ')) return { ...step, until, quoted }
  // A text that a blank ends holds none: nothing is left to check.
  const { word: _, ...text } = step
  return { ...text, until, quoted }
}

/** Texts that hold blanks in nearly every line. */
function holdsBlanks(step: TextLike): boolean {
  return step.op === 'request' || (step.op === 'text' && step.field === 'message')
}

/** A number ends at the first byte that is no digit, so what follows must not begin with a digit. */
function checkNumber(following: Step | undefined, next: readonly string[], problem: Problem): void {
  const lettered =
    following?.op === 'request' ||
    (following?.op === 'timepart' && /Name$|^zone$/.test(following.part)) ||
    (following?.op === 'text' && ['method', 'protocol', 'path', 'connection'].includes(following.field)) ||
    following?.op === 'target'
  if (lettered || next.every(opening => /^[^\d]/s.test(opening))) return
  throw problem('A digit may follow this number, so where it ends is unknown.')
}

/**
 * The fixed bytes that may follow, one string for each way the optional fields can be there or not, in order:
 * up to the first byte that is not fixed, `''` where there is none, END included where the line ends.
 */
function openings(steps: readonly Step[], tails: readonly string[]): readonly string[] {
  const [step] = steps
  if (step === undefined) return tails
  if (step.op === 'literal') return openings(steps.slice(1), tails).map(opening => step.text + opening)
  if (step.op === 'group') {
    const without = openings(steps.slice(1), tails)
    return [...openings(step.steps, without), ...without]
  }
  return ['']
}

function commonPrefix([first = '', ...others]: readonly string[]): string {
  let length = first.length
  for (const other of others) while (!other.startsWith(first.slice(0, length))) length--
  return first.slice(0, length)
}
