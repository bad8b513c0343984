import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { HOUR, SECOND } from '../../core/time.ts'
import { lineDigest } from '../../store/questions/digests.ts'
import { CLASSES, LogComparison, type LineClass } from './comparison.ts'
import { countsOf } from './counts.ts'
import { shownLines } from './sample.ts'

const START = 495_000 * HOUR

type Line = readonly [text: string, place?: number, is?: LineClass, piece?: number]

let comparison: LogComparison
beforeEach(async () => {
  await comparison?.close()
  comparison = await LogComparison.open()
})
afterAll(() => comparison.close())

const digests = (texts: readonly string[]): Uint8Array =>
  Buffer.concat(texts.map(text => lineDigest(Buffer.from(text))))

/** Lines of a log two seconds after its beginning and later, behind one of its first second. */
async function logged(...lines: Line[]): Promise<void> {
  const all: Line[] = [['first', 0], ...lines]
  await comparison.addLog({
    digests: digests(all.map(([text]) => text)),
    piece: all.map(([, , , piece = 0]) => piece),
    at: all.map(([, place = 0]) => place),
    time: all.map((_, i) => START + (i === 0 ? 0 : 2 * SECOND)),
    class: all.map(([, , is = 'due']) => CLASSES.indexOf(is))
  })
}

const stored = (...texts: string[]): Promise<void> =>
  comparison.addStored(digests(['first', ...texts]), false)

describe('logs beside a store', () => {
  it('differ in nothing where each line is there as often as in the logs', async () => {
    await logged(['a'], ['a'], ['b'])
    await stored('b', 'a', 'a')
    expect(await comparison.missing(5)).toEqual({ count: 0, sample: [] })
    expect(await comparison.doubles(5)).toEqual({ count: 0, sample: [] })
  })

  it('lack those of the same lines that are fewer in the store, the last ones', async () => {
    await logged(['a', 10], ['a', 20], ['a', 30, 'due', 1], ['b', 40])
    await stored('a')
    expect(await comparison.missing(2)).toEqual({
      count: 3,
      sample: [
        { piece: 0, at: 20 },
        { piece: 0, at: 40 }
      ]
    })
  })

  it('tell apart what need not be in the store, but may be', async () => {
    const others = CLASSES.filter(name => name !== 'due')
    await logged(...others.map((is): Line => [is, 5, is]))
    await stored('waiting')
    expect((await comparison.missing(5)).count).toBe(0)
    expect((await comparison.doubles(5)).count).toBe(0)
    expect(await comparison.classes()).toEqual({
      due: 1,
      ...Object.fromEntries(others.map(name => [name, 1]))
    })
  })

  it('have lines that the store has more often: how many, and where the first is', async () => {
    await logged(['a', 10], ['a', 20], ['b', 30], ['b', 40, 'waiting'])
    await stored('a', 'a', 'a', 'a', 'b', 'b', 'elsewhere')
    expect(await comparison.doubles(5)).toEqual({ count: 2, sample: [{ piece: 0, at: 10 }] })
  })

  it('say nothing of doubles in their first second, of which a piece that is gone may have had more', async () => {
    await logged()
    await stored('first')
    expect((await comparison.doubles(5)).count).toBe(0)
  })

  it('have rejected lines that the store keeps, or not', async () => {
    await logged(['x', 1, 'rejected'], ['x', 2, 'rejected'], ['y', 3, 'rejected'])
    await comparison.addStored(digests(['x', 'z']), true)
    expect(await comparison.rejectedFound()).toBe(1)
    expect((await comparison.missing(5)).count).toBe(1)
  })

  it('are compared by the hour where lines are not kept; more than there are is no fault', async () => {
    await logged(['a'], ['b'], ['c', 1, 'waiting'])
    const answersWith = (count: number) => ({
      period: async () => ({
        cells: [],
        timeline: [
          { metric: 'requests', time: START / 1000, keys: [['', count, 0]], other: [0, 0] },
          { metric: 'level', time: START / 1000, keys: [], other: [1, 0] }
        ] as const
      })
    })
    expect(await countsOf(comparison, answersWith(1), 'web')).toEqual({
      missing: 1,
      hours: [{ time: START / 1000, logged: 3, counted: 2 }]
    })
    expect(await countsOf(comparison, answersWith(7), 'web')).toEqual({ missing: 0, hours: [] })
  })
})

it('shows lines with their numbers, however far behind', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'visor-audit-')), 'log')
  const line = (n: number): string => `${n} ${'x'.repeat(n % 400)}\n`
  const lines = Array.from({ length: 20_000 }, (_, i) => line(i))
  writeFileSync(file, lines.join(''))
  const wanted = [0, 1, 5241, 5242, 12_345, 19_999]
  const places = wanted.map(n => ({ piece: 1, at: lines.slice(0, n).join('').length }))
  const shown = await shownLines(places, ['/nowhere', file], true, AbortSignal.timeout(60_000))
  expect(shown).toEqual(wanted.map(n => ({ file, line: n + 1, text: line(n).slice(0, -1).slice(0, 300) })))
})
