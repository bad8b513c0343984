import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chiSquare, sum } from '../testing/chi-square.ts'
import { SECOND } from '../../core/time.ts'
import { draftsOf, only, SAMPLE, START, waitsOf } from './testing/drafts.ts'

type Runs = Record<'normal' | 'peak', number[]>

/** How many lines each phase has, as their waits tell, which are 2 s and more in normal ones; the last, which is cut off, left out. */
function runsOf(level: string): Runs {
  const interval = { normal: [[3, 2]], peak: [[0.1, 0.2]] }
  const waits = waitsOf(draftsOf({ settings: only(level, { interval, message: ['m'] }), seconds: 20_000 }))
  const runs: Runs = { normal: [], peak: [] }
  let phase: keyof Runs = 'normal'
  let lines = 0
  for (const wait of waits) {
    const now = wait >= 2 ? 'normal' : 'peak'
    expect(now === 'normal' ? wait <= 3 : wait >= 0.1 && wait <= 0.2).toBe(true)
    if (now !== phase) {
      runs[phase].push(lines)
      lines = 0
      phase = now
    }
    lines++
  }
  return runs
}

/** The client of each line, of a pool of so many. */
function clientsOf(pool: number, seed: number, lines: number): string[] {
  const section = { interval: { min: 0.001, max: 0.001 }, message: ['m'] }
  const drafts = draftsOf({ settings: { ...only('error', section), pool }, seed, seconds: lines / 1000 })
  return drafts.map(({ own }) => String(own['client']))
}

describe('the phases of messages', () => {
  // A phase ends with the line before which its counter was beyond the limit: the limit by the largest and the least growth.
  it.each([
    ['info', [102, 1002], [293, 352]],
    ['warn', [102, 1002], [210, 252]],
    ['error', [42, 102], [127, 152]]
  ] as const)('of level %s last as long as they should', (level, normal, peak) => {
    const runs = runsOf(level)
    expect(runs.peak.length).toBeGreaterThan(15)
    for (const [phase, [least, most]] of [
      ['normal', normal],
      ['peak', peak]
    ] as const) {
      expect(Math.min(...runs[phase])).toBeGreaterThanOrEqual(least)
      expect(Math.max(...runs[phase])).toBeLessThanOrEqual(most)
    }
    // On the average the limit by the mean growth.
    const mean = sum(runs.normal) / runs.normal.length
    expect(Math.abs(mean / (level === 'error' ? 20 / 0.35 : 50 / 0.275) - 1)).toBeLessThan(0.05)
  })

  it('make peaks of more lines a second', () => {
    const seconds = 3000
    const perSecond = Array.from({ length: seconds }, () => 0)
    for (const { time } of draftsOf({ settings: only('info', SAMPLE.info), seconds }))
      perSecond[Math.floor((time - START) / SECOND)]!++
    expect(perSecond.filter(lines => lines > 30).length).toBeGreaterThan(50)
    expect(perSecond.filter(lines => lines <= 10).length).toBeGreaterThan(1000)
  })

  it('have no peaks where only one range is given', () => {
    const drafts = draftsOf({
      settings: only('warn', { interval: { min: 0.5, max: '1.5' }, message: ['m'] }),
      seconds: 2000
    })
    const waits = waitsOf(drafts)
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(0.5)
    expect(Math.max(...waits)).toBeLessThanOrEqual(1.5)
  })
})

describe('the pool of clients', () => {
  it('is drawn from binomially', () => {
    const clients = clientsOf(3, 1, 20_000)
    const counts = [...new Set(clients)].map(client => clients.filter(one => one === client).length)
    expect(counts).toHaveLength(3)
    // 13.82 is exceeded once in a thousand runs with two degrees of freedom.
    expect(
      chiSquare(
        counts.sort((a, b) => a - b),
        [0.04, 0.32, 0.64]
      )
    ).toBeLessThan(13.82)
  })

  it('is never left, however small it is', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.nat(), (pool, seed) => {
        const clients = new Set(clientsOf(pool, seed, 500))
        expect(clients.size).toBeLessThanOrEqual(pool)
        for (const client of clients) expect(client).toMatch(/^(\d{1,3}\.){3}\d{1,3}$/)
      }),
      { numRuns: 50, examples: [[1, 0]] }
    ))
})
