import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { analyze } from '../engines/embedded/bulk.ts'
import { formatFor } from '../formats/index.ts'
import { generate } from './generate.ts'
import { logNormal, seeded, weighted, zipf } from './random.ts'
import { demoRate, due } from './rate.ts'
import { traffic } from './traffic.ts'

describe('random draws', () => {
  const draws = 20_000

  /** Pearson's statistic of counts against the shares they should have. */
  function chiSquare(counts: readonly number[], shares: readonly number[]): number {
    const total = shares.reduce((a, b) => a + b, 0)
    return counts.reduce((sum, count, i) => {
      const wanted = (draws * shares[i]!) / total
      return sum + (count - wanted) ** 2 / wanted
    }, 0)
  }

  it('keep their weights', () => {
    const shares = [1, 2, 3, 4]
    const draw = weighted(shares.map((share, i) => [i, share] as const))
    const random = seeded(1)
    const counts = [0, 0, 0, 0]
    for (let i = 0; i < draws; i++) counts[draw(random)]!++
    // 16.27 is exceeded once in a thousand runs with three degrees of freedom.
    expect(chiSquare(counts, shares)).toBeLessThan(16.27)
  })

  it('follow Zipf and stay within the pool', () => {
    const draw = zipf(5, 1)
    const random = seeded(2)
    const counts = [0, 0, 0, 0, 0]
    for (let i = 0; i < draws; i++) counts[draw(random)]!++
    expect(chiSquare(counts, [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5])).toBeLessThan(18.47)
  })

  it('have the log-normal median asked for', () => {
    const random = seeded(3)
    const below = Array.from({ length: draws }, () => logNormal(random, 100, 0.5)).filter(
      value => value < 100
    ).length
    expect(Math.abs(below / draws - 0.5)).toBeLessThan(0.015)
  })

  it('repeat with their seed', () =>
    fc.assert(
      fc.property(fc.nat(), seed => {
        const [a, b] = [traffic(seeded(seed)), traffic(seeded(seed))]
        for (let i = 0; i < 20; i++) expect(a(i, 0)).toEqual(b(i, 0))
      }),
      { numRuns: 20 }
    ))
})

describe('the rate', () => {
  it('gives the same count however unevenly it is asked for', () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0.001, max: 3, noNaN: true }), { minLength: 1, maxLength: 30 }),
        steps => {
          let [at, rest, lines] = [0, 0, 0]
          for (const step of steps) {
            const part = due(() => 7, at, at + step, rest)
            at += step
            rest = part.rest
            lines += part.lines
          }
          expect(Math.abs(lines - 7 * at)).toBeLessThanOrEqual(1)
        }
      )
    ))

  it('has its peak', () => expect(demoRate(10)(300) / demoRate(10)(200)).toBeGreaterThan(2))
})

describe('generate', () => {
  it('writes lines that Visor reads back, all of them, as many as it says', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'visor-generate-'))
    const paths = { access: join(folder, 'access.log'), error: join(folder, 'error.log') }
    const stop = new AbortController()
    const access = formatFor('%v:%p %h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %D')
    const start = Date.UTC(2026, 0, 1)
    let now = start
    const written = await generate({
      access: { path: paths.access, format: access },
      error: { path: paths.error, format: formatFor('error24') },
      history: 600_000,
      rate: demoRate(20),
      random: seeded(4),
      now: () => {
        if (now > start + 1500) stop.abort()
        return (now += 100)
      },
      zone: () => 60,
      signal: stop.signal
    })
    const { signal } = new AbortController()
    const analysis = await analyze([paths.access], { signal, format: access.text })
    expect(analysis.books).toMatchObject({ read: written.access, parsed: written.access, rejected: 0 })
    expect(written.access).toBeGreaterThan(10_000)
    expect(analysis.from).toBe((start - 600_000) * 1000)
    const errors = await analyze([paths.error], { signal, zone: 'Europe/Paris' })
    expect(errors.books).toMatchObject({ read: written.error, parsed: written.error, rejected: 0 })
    // Each error line belongs to an access line: the probes and the failed requests.
    const failed = readFileSync(paths.access, 'utf8').match(/" 50[02] /g)?.length ?? 0
    expect(written.error).toBeGreaterThanOrEqual(failed)
    rmSync(folder, { recursive: true })
  })
})
