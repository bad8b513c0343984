import { expect, it } from 'vitest'
import { tortureFiles } from './files.ts'

it(
  'a log that is tortured, its Visor killed again and again, has each line once in the store',
  { timeout: 120_000 },
  async () => {
    const { lines, kills, wrong } = await tortureFiles(1, 15_000)
    expect(wrong.slice(0, 10)).toEqual([])
    expect(lines).toBeGreaterThan(1000)
    expect(kills).toBeGreaterThan(1)
  }
)
