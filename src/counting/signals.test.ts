import { HOUR, SECOND, toMillis } from '../core/time.ts'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clf } from '../../test/clf.ts'
import type { Rollup } from '../core/rollup.ts'
import { totalOf } from '../core/rollup.ts'
import { addRows } from '../core/rows.ts'
import type { SignalDelta, Signal } from '../core/signal.ts'
import { EVERYTHING, parseQuery, type Query } from '../query/index.ts'
import { countSignal, signalKey } from './testing/plain.ts'
import { deltasOf, linesOf, LOGS, someSignals, START } from './testing/signals.ts'

const signal: Signal<Query> = {
  name: 's',
  where: EVERYTHING,
  by: [],
  step: SECOND,
  fine: HOUR,
  back: 2 * HOUR,
  limit: 100,
  lines: 0
}

/** A line of the common format, so many seconds after the start. */
const line = (seconds: number, client = '192.0.2.1', rest = '"GET / HTTP/1.1" 200 1'): string => {
  const time = clf(new Date(toMillis(START + seconds * SECOND)))
  return `${client} - - [${time}] ${rest}\n`
}

function merged(deltas: readonly SignalDelta[]): Rollup {
  return deltas.reduce((rollup: Rollup, { rows }) => addRows(rollup, rows), new Map())
}

/** Cells as `second: key count`, in order. */
function cellsOf(deltas: readonly SignalDelta[]): string[] {
  return Array.from(merged(deltas).values(), ({ window, keys, other }) => {
    const counts = [...keys].map(([key, { count }]) => `${key} ${count}`.trim())
    return `${(window - START) / SECOND}: ${[...counts, ...(other.count > 0 ? [`other ${other.count}`] : [])].join(', ')}`
  }).toSorted()
}

describe('signals', () => {
  it.each(LOGS)('count what they plainly mean, however lines are cut into steps: %s', log => {
    fc.assert(
      fc.property(
        linesOf(log),
        fc.array(someSignals, { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat()),
        (lines, drawn, cuts) => {
          const signals = drawn.map((one, i) => ({ ...one, name: `${one.name}${i}` }))
          const bytes = Buffer.from(lines.map(({ text }) => text).join(''))
          const at = [0, ...cuts.map(cut => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
          const pieces = at.slice(1).map((end, i) => bytes.subarray(at[i], end))
          const events = lines.map(({ event }) => event)
          const wanted: Rollup = new Map()
          for (const one of signals) countSignal(one, events, wanted)
          expect(merged(deltasOf(log, pieces, signals))).toEqual(wanted)
        }
      ),
      { seed: 7, numRuns: 150 }
    )
  })

  it.each(LOGS)('show the newest lines of each key: %s', log => {
    fc.assert(
      fc.property(linesOf(log), someSignals, (lines, one) => {
        const shown = deltasOf(log, [lines.map(({ text }) => text).join('')], [one]).flatMap(
          ({ lines }) => lines
        )
        const found = lines.map(({ text, event }) => ({ text: text.trimEnd(), key: signalKey(one, event) }))
        for (const key of new Set(found.map(({ key }) => key))) {
          const newest = found.filter(each => each.key === key)
          const seen = shown.filter(each => each.key === key)
          const last = one.lines === 0 || key === undefined ? 0 : Math.min(one.lines, newest.length)
          expect(seen.slice(-Math.max(one.lines, 1)).map(({ text }) => text)).toEqual(
            newest.slice(newest.length - last).map(({ text }) => text)
          )
        }
      }),
      { seed: 8, numRuns: 100 }
    )
  })

  it('show when lines were written, read and counted, and nothing where none passes', () => {
    const passing = { ...signal, where: parseQuery('status:500'), lines: 1 }
    expect(deltasOf('common', [line(0)], [passing])).toEqual([])
    const [delta] = deltasOf('common', [line(0), line(1, '::1', '"GET /x HTTP/1.1" 500 1')], [passing])
    expect(delta).toMatchObject({ read: (START + HOUR / 2) / 1000, counted: (START + HOUR / 2) / 1000 })
    expect(delta?.lines).toEqual([
      {
        signal: 's',
        key: '',
        source: 'web one',
        kind: 'access',
        time: START + SECOND,
        text: line(1, '::1', '"GET /x HTTP/1.1" 500 1').trim()
      }
    ])
  })

  it('carry so many keys, and all other lines together', () => {
    const text =
      'a a b b b c d'
        .split(' ')
        .map(client => line(0, client))
        .join('') + line(1, 'd')
    const deltas = deltasOf('common', [text], [{ ...signal, by: ['client'], limit: 2 }])
    expect(cellsOf(deltas)).toEqual(['0: ["b"] 3, ["a"] 2, other 2', '1: ["d"] 1'])
    expect(Array.from(merged(deltas).values(), cell => totalOf(cell).count)).toEqual([7, 1])
  })

  it('show so many lines of one signal, whatever the keys', () => {
    const texts = Array.from({ length: 3000 }, (_, i) => line(0, `client${i}`))
    const [delta] = deltasOf('common', [texts.join('')], [{ ...signal, by: ['client'], lines: 2 }])
    expect(delta?.lines.map(({ text }) => `${text}\n`)).toEqual(texts.slice(-200))
  })

  it('count late lines where they belong, and none that are an hour ahead of the clock', () => {
    const texts = [line(600), line(3), line(3599), line(3601 + 1800), line(600)]
    expect(cellsOf(deltasOf('common', texts, [signal]))).toEqual(['3599: 1', '3: 1', '600: 2'])
  })

  it('count old lines in longer cells, and forget those that no rule looks at', () => {
    const one = { ...signal, fine: 600e6, back: 24 * HOUR }
    const text = [-60, -59, 61, 62, 3600, 3601].map(second => line(second)).join('')
    const late = [START + 4200e6 + HOUR / 2, START + 30 * HOUR]
    expect(late.map(now => cellsOf(deltasOf('common', [text], [one], now, true)))).toEqual([
      ['-60: 2', '3600: 1', '3601: 1', '60: 2'],
      []
    ])
  })
})
