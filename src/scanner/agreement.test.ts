import { expect, it } from 'vitest'
import { Flag } from '../core/batch.ts'
import type { Program } from '../core/program.ts'
import { referenceScan } from './testing/reference-scan.ts'
import { Scanner } from './scanner.ts'
import { mutate, randomLine } from './testing/lines.ts'
import { printSteps } from './testing/print.ts'
import { PROGRAMS, randomProgram } from './testing/programs.ts'
import { below, type Random, seeded } from './testing/random.ts'
import { type Result, scanAgain, scanPieces } from './testing/results.ts'

const SEED = 20261122
const ROUNDS = 300
const LINES = 400
const MAX_LINE = 300

/** Lines of a program as they might stand in a log, joined to bytes. */
function randomLog(program: Program, random: Random): Buffer {
  const out: string[] = []
  for (let i = 0; i < LINES; i++) {
    let line = randomLine(program.steps, random)
    while (random() < 0.3) line = mutate(line, random)
    if (random() < 0.01) line = line.padEnd(MAX_LINE - 3 + below(random, 7), '\r')
    if (random() < 0.01) line += 'x'.repeat(below(random, 2 * MAX_LINE))
    out.push(line, random() < 0.9 ? '\n' : random() < 0.9 ? '\r\n' : '\n\n')
  }
  if (random() < 0.5) out.pop()
  return Buffer.from(out.join(''), 'latin1')
}

/** A third of the rounds run the programs of real formats. */
function programOf(round: number, random: Random): Program {
  const known: Program[] = Object.values(PROGRAMS)
  const program = round % 3 === 0 ? known[(round / 3) % known.length] : undefined
  return { steps: (program ?? randomProgram(random)).steps, zoned: true }
}

/** As `toEqual`, quick where they are equal. `text` is `wanted` as JSON. */
function same(found: Result, wanted: Result, text: string): void {
  if (JSON.stringify(found) !== text) expect(found).toEqual(wanted)
}

/** The reference's events with everything in the order in which the scanner's results have it. */
function inOrder({ events, rejections }: Result, scanner: Scanner): Result {
  const names = [...(scanner.scan().batches[0]?.columns.keys() ?? [])]
  const ordered = events.map(({ program, start, length, flags, time, zone, fields }) => ({
    program,
    start,
    length,
    flags,
    time,
    zone,
    fields: Object.fromEntries(names.map(name => [name, fields[name] ?? null]))
  }))
  return { events: ordered, rejections }
}

it(`reads and rejects ${ROUNDS * LINES} lines as the plain reference does, however they are cut`, () => {
  const random = seeded(SEED)
  const seen = { parsed: 0, rejected: 0, canonical: 0 }
  for (let round = 0; round < ROUNDS; round++) {
    const program = programOf(round, random)
    const bytes = randomLog(program, random)
    const options = {
      chunk: 100 + below(random, 20_000),
      maxLine: MAX_LINE,
      maxRows: 1 + below(random, 1000)
    }
    const scanner = new Scanner([program], options)
    const wanted = inOrder(referenceScan([program], bytes, { maxLine: MAX_LINE }), scanner)
    const text = JSON.stringify(wanted)
    const largest = 1 + below(random, round % 10 === 0 ? MAX_LINE : 30 * MAX_LINE)
    same(
      scanPieces(scanner, bytes, () => below(random, largest)),
      wanted,
      text
    )
    scanner.reset()
    same(scanAgain(scanner, bytes), wanted, text)

    for (const event of wanted.events) {
      if (event.flags & Flag.notCanonical) continue
      const line = bytes.toString('latin1', event.start, event.start + event.length)
      const printed = printSteps(program.steps, event)
      if (printed !== line) expect(printed).toBe(line)
      seen.canonical++
    }
    seen.parsed += wanted.events.length
    seen.rejected += wanted.rejections.length
  }
  // Too few of a kind, and the test would prove nothing about it.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan((ROUNDS * LINES) / 15)
})
