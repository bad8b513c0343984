import { expect, it } from 'vitest'
import { flatten, type Program, type Step, type TimeField } from '../core/program.ts'
import { columnTypes, isAmbiguous, timesOf } from './compile.ts'
import { Scanner } from './scanner.ts'
import { printSteps } from './testing/print.ts'
import { randomProgram } from './testing/programs.ts'
import { below, pick, type Random, seeded } from './testing/random.ts'
import { scanPieces } from './testing/results.ts'

/** Letters only, so that no value holds what ends a field or begins a group. */
const TEXTS = [
  'a',
  'index',
  'Mozilla',
  'q'.repeat(15),
  'r'.repeat(16),
  's'.repeat(17),
  'long'.repeat(40)
] as const

/** What ends a field here must not be an escape, nor come again behind it. */
function isPlain(step: Step): boolean {
  return (
    !('until' in step) ||
    !(
      (step.op === 'text' && (step.last || step.orEnd || step.edge || step.list || step.headed)) ||
      step.until.includes('\\')
    )
  )
}

/** Microseconds, whole minutes unless the steps of this time tell its second. */
function randomTime(steps: readonly Step[], field: TimeField, random: Random): number {
  const timed = steps.some(
    step =>
      (step.op === 'timepart' ? /second/.test(step.part) : /clf|ctime/.test(step.op)) &&
      field === fieldOf(step)
  )
  return (below(random, 50_000_000) * 60 + (timed ? below(random, 60) : 0)) * 1_000_000
}

function fieldOf(step: Step): string | undefined {
  return 'field' in step ? step.field : undefined
}

function randomFields(program: Program, random: Random): Record<string, string | number> {
  const fields: Record<string, string | number> = {}
  for (const [name, type] of columnTypes(program)) {
    fields[name] = type === 'text' ? pick(random, TEXTS) : below(random, 65536)
  }
  for (const step of flatten(program.steps)) {
    if (step.op === 'number') fields[step.field] = Number(fields[step.field]) * step.scale
    if (step.op === 'request') {
      fields['method'] = pick(random, ['GET', 'M-SEARCH'])
      fields['protocol'] = pick(random, ['HTTP/1.1', 'HTTP/1.0', 'HTTP/2.0', 'HTTP/2'])
    }
  }
  return fields
}

it('reads back what was printed, for random programs and events', () => {
  const random = seeded(7)
  let programs = 0
  while (programs < 200) {
    const program = randomProgram(random)
    const steps = flatten(program.steps)
    // Lines of JSON are kept as they are (src/formats prints them).
    if (steps.some(step => step.op === 'json')) continue
    // An address that ends at a colon cannot have a port, and one that ends at a comma is no chain.
    const fits = steps.every(
      step =>
        isPlain(step) &&
        (step.op !== 'address' || !step.until.includes(':')) &&
        (step.op !== 'chain' || !step.until.includes(','))
    )
    if (!fits || isAmbiguous(program)) continue
    programs++
    const zoned = steps.some(
      step => step.op === 'clf' || (step.op === 'timepart' && step.part.startsWith('zone'))
    )
    const events = Array.from({ length: 20 }, () => {
      const fields: Record<string, string | number | null> = randomFields(program, random)
      if (steps.some(step => step.op === 'request')) fields['request'] = null
      const time = timesOf(program).has('time') ? randomTime(steps, 'time', random) : NaN
      if (timesOf(program).has('time_end')) fields['time_end'] = randomTime(steps, 'time_end', random)
      return { time, zone: zoned ? below(random, 59) * 30 - 14 * 60 - 30 : 0, fields }
    })
    const lines = events.map(event => printSteps(program.steps, event))
    const { events: found, rejections } = scanPieces(
      new Scanner([program], { chunk: 500 }),
      Buffer.from(lines.join('\n'), 'latin1'),
      () => 77
    )
    expect(rejections, JSON.stringify(program.steps)).toEqual([])
    found.forEach((event, i) => {
      const { program: _program, start: _start, length: _length, flags, ...values } = event
      expect(values, `${lines[i]} ${JSON.stringify(program.steps)}`).toEqual(events[i])
      expect(flags, lines[i]).toBe(i === lines.length - 1 ? 4 : 0)
    })
  }
})
