import { describe, expect, it } from 'vitest'
import { live } from './testing/life.ts'

describe('a log that is written, rotated and truncated at random, its reader crashing at random', () => {
  const lives = Number(process.env['VISOR_TORTURE'] ?? 60)
  const first = Number(process.env['VISOR_SEED'] ?? 1)
  it.each(['access.log*', 'access.log'])(`gives every line exactly once (%s)`, async pattern => {
    for (let seed = first; seed < first + lives; seed++) {
      const { trace, wrong } = await live(seed, pattern, 120)
      expect(wrong.slice(0, 5), `seed ${seed}: ${trace.join(' ')}`).toEqual([])
    }
  })
})
