import { HOUR, MINUTE, SECOND } from '../../core/time.ts'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cellOf, mergeCell, ranked, totalOf, type Rollup } from '../../core/rollup.ts'
import { addRows } from '../../core/rows.ts'
import { windowOf } from '../../core/window.ts'
import { SOURCE } from '../../query/testing/cases.ts'
import { EVERYTHING, type Query } from '../../query/index.ts'
import type { SignalQuery, Store } from '../../store/index.ts'
import { deltasOf, linesOf, LOGS, someSignals, START } from '../../counting/testing/signals.ts'
import { storedLog } from './testing/stored.ts'
import type { Signal } from '../../core/signal.ts'

const EVERY: Signal<Query> = {
  name: 's',
  where: EVERYTHING,
  by: [],
  step: SECOND,
  fine: HOUR,
  back: HOUR,
  limit: 1000,
  lines: 0
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'visor-signals-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Many random lines of a log, and a store that has them; they are `tried` out. */
async function withStored(log: string, tried: (text: string, store: Store) => Promise<void>): Promise<void> {
  const lines = fc.sample(linesOf(log), { seed: 9, numRuns: 20 }).flat()
  const text = lines.map(line => line.text).join('')
  const store = await storedLog(mkdtempSync(join(folder, 'log-')), SOURCE, text, log)
  try {
    await tried(text, store)
  } finally {
    await store.close()
  }
}

/** What a store counts of all lines, or of those in [from, to). */
async function stored(store: Store, signal: Signal<Query>, more: Partial<SignalQuery> = {}): Promise<Rollup> {
  return addRows(new Map(), await store.signals({ signal, from: START, to: START + HOUR, ...more }))
}

function read(log: string, text: string, signal: Signal<Query>): Rollup {
  return deltasOf(log, [text], [signal]).reduce((all: Rollup, { rows }) => addRows(all, rows), new Map())
}

describe('the store', () => {
  it.each(LOGS)('counts signals as a reader does: %s', async log => {
    await withStored(log, (text, store) =>
      fc.assert(
        fc.asyncProperty(someSignals, async signal => {
          expect(await stored(store, signal)).toEqual(read(log, text, signal))
        }),
        { seed: 10, numRuns: 60 }
      )
    )
  })

  it('counts a span of time, in cells of any length, and the largest keys alone', async () => {
    const signal: Signal<Query> = { ...EVERY, value: { field: 'duration', as: 'text' } }
    await withStored('json time=time duration=duration', async (text, store) => {
      const all: Rollup = new Map()
      const span = { from: START + MINUTE, to: START + 2 * MINUTE }
      for (const cell of read('json time=time duration=duration', text, signal).values())
        if (cell.window >= span.from && cell.window < span.to)
          mergeCell(cellOf(all, windowOf(cell.window, 30e6), SOURCE, 's'), cell)
      const found = await stored(store, { ...signal, limit: 3 }, { ...span, step: 30e6 })
      expect([...found.keys()].toSorted()).toEqual([...all.keys()].toSorted())
      for (const [id, cell] of found) {
        const whole = all.get(id)
        expect(cell.other.count).toBeGreaterThan(0)
        expect(totalOf(cell)).toEqual(whole && totalOf(whole))
        expect(ranked(cell).map(({ count }) => count)).toEqual(
          whole && ranked(whole, 3).map(({ count }) => count)
        )
        for (const [key, tally] of cell.keys) expect(tally).toEqual(whole?.keys.get(key))
      }
    })
  })
})
