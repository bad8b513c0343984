import { expect, it } from 'vitest'
import type { Program } from '../core/program.ts'
import { referenceScan } from './reference.ts'
import { Scanner } from './scanner.ts'
import {
  below,
  mutate,
  PROGRAMS,
  type Random,
  randomLine,
  randomProgram,
  scanAgain,
  scanPieces,
  seeded
} from './testing.ts'

const SEED = 20261122
const LINES = 120_000
const MAX_LINE = 300

/** Lines of a program as they might stand in a log, joined to bytes. */
function randomLog(program: Program, lines: number, random: Random): Uint8Array {
  const out: string[] = []
  for (let i = 0; i < lines; i++) {
    let line = randomLine(program.steps, random)
    while (random() < 0.4) line = mutate(line, random)
    if (random() < 0.01) line += 'x'.repeat(below(random, 2 * MAX_LINE))
    out.push(line, random() < 0.9 ? '\n' : random() < 0.9 ? '\r\n' : '\n\n')
  }
  if (random() < 0.5) out.pop()
  return Buffer.from(out.join(''), 'latin1')
}

/** Columns of the scanner hold a key for each field; the reference one for each field that was met. */
function same(found: unknown, wanted: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(wanted)) expect(found).toEqual(wanted)
}

it(`reads and rejects ${LINES} lines as the plain reference does, however they are cut`, () => {
  const random = seeded(SEED)
  let seen = { events: 0, rejections: 0, canonical: 0 }
  for (let lines = 0; lines < LINES; lines += 400) {
    const known = Object.values(PROGRAMS)
    const program: Program = { ...(known[lines / 400] ?? randomProgram(random)), zoned: true }
    const bytes = randomLog(program, 400, random)
    const wanted = referenceScan(program, bytes, { maxLine: MAX_LINE })
    const options = { chunk: 1 + below(random, 2000), maxLine: MAX_LINE, maxRows: 1 + below(random, 100) }
    const largest = 1 + below(random, 3 * MAX_LINE)
    const pieces = scanPieces(new Scanner(program, options), bytes, () => below(random, largest))
    const again = scanAgain(new Scanner(program, options), bytes)
    for (const found of [pieces, again]) {
      same(found.rejections, wanted.rejections)
      expect(found.events.length).toBe(wanted.events.length)
      found.events.forEach((event, i) => {
        const names = Object.keys(event.fields)
        const other = wanted.events[i]
        same(
          event,
          other && { ...other, fields: Object.fromEntries(names.map(name => [name, other.fields[name]])) }
        )
      })
    }
    seen.events += wanted.events.length
    seen.rejections += wanted.rejections.length
    seen.canonical += wanted.events.filter(event => (event.flags & 1) === 0).length
  }
  console.log(seen)
})
