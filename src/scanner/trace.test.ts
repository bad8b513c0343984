import { expect, it } from 'vitest'
import { Scanner } from './scanner.ts'
import { PROGRAMS, randomProgram } from './testing/programs.ts'
import { mutate, randomLine } from './testing/lines.ts'
import { traceLine } from './testing/reference.ts'
import { seeded } from './testing/random.ts'
import { scanPieces } from './testing/results.ts'
import { trace } from './trace.ts'

const LINE = '10.0.0.1 - - [10/Oct/2000:13:55:36 +0000] "GET / HTTP/1.0" x 2326'

it('tells what each step took, and where and why one could not go on', () => {
  const { pieces, broken } = trace(PROGRAMS.common, Buffer.from(LINE))
  expect(
    pieces.filter(({ fields }) => fields.length > 0).map(({ fields: [field], text }) => [field, text])
  ).toEqual([
    ['client', '10.0.0.1'],
    ['ident', '-'],
    ['user', '-'],
    ['time', '10/Oct/2000:13:55:36 +0000'],
    ['method', 'GET / HTTP/1.0']
  ])
  expect(broken).toMatchObject({ at: 59, reason: 'column 60: status is no number' })
})

it('agrees with the scanner on lines of all sorts, and its pieces make up the line', () => {
  const random = seeded(3)
  let followed = 0
  for (let round = 0; round < 2000; round++) {
    const program = Object.values(PROGRAMS)[round % 5]!
    const line = mutate(randomLine(program.steps, random), random).replaceAll(/[\r\n]/g, '')
    if (line === '') continue
    const { pieces, broken } = trace(program, Buffer.from(line, 'latin1'))
    const { events, rejections } = scanPieces(
      new Scanner([program], { zone: 'UTC' }),
      Buffer.from(line, 'latin1'),
      () => Infinity
    )
    expect(broken?.at).toBe(rejections[0]?.at)
    expect(broken === undefined).toBe(events.length === 1)
    let at = 0
    for (const { from, to } of pieces) {
      expect(from).toBe(at)
      at = to
    }
    if (!broken) {
      expect(at).toBe(line.length)
      followed++
    }
  }
  expect(followed).toBeGreaterThan(100)
})

it('gives each step, also within JSON, the bytes that the plain reference gives it', () => {
  const random = seeded(11)
  let compared = 0
  for (let round = 0; round < 120; round++) {
    const program = randomProgram(random)
    const line = mutate(randomLine(program.steps, random), random).replaceAll(/[\r\n]/g, '')
    const { taken, stop } = traceLine(program, line)
    const { pieces, broken } = trace(program, Buffer.from(line, 'latin1'))
    expect(pieces.map(({ step, from, to }) => ({ step, from, to }))).toEqual(taken)
    expect(broken && { step: broken.step, at: broken.at }).toEqual(stop && { step: stop.step, at: stop.at })
    compared += taken.length
  }
  expect(compared).toBeGreaterThan(400)
})
