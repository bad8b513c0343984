import { describe, expect, it } from 'vitest'
import { HOUR_MS } from '../../../core/time.ts'
import type { Unit } from '../../../alerts/model.ts'
import { alertsOptions, rulesOf } from '../../../alerts/options.ts'
import { Peaks } from './peaks.ts'
import { proposalsOf } from './proposal.ts'

/** What is proposed for a rule with so many values, one an hour. */
function proposed(settings: object, unit: Unit, values: readonly number[]): string[] {
  const [rule] = rulesOf(alertsOptions.parse({ defaults: false, rules: { mine: settings } }))
  if (!rule) throw new Error('no rule')
  const peaks = new Peaks()
  for (const [hour, value] of values.entries())
    peaks.add(hour * HOUR_MS, { state: 'good', value, threshold: 0, unit, samples: 1, summary: '' })
  return proposalsOf(rule, unit, peaks, values.length / 24).map(
    ({ setting, value, fires }) => `${setting}: ${value}, ${fires}`
  )
}

const hours = (count: number, value: (hour: number) => number): number[] =>
  Array.from({ length: count }, (_, hour) => value(hour))

describe('limits', () => {
  it.each<[what: string, settings: object, unit: Unit, values: readonly number[], expected: string[]]>([
    [
      'above the largest value, and above all but one a day',
      { type: 'count', over: 5 },
      'count',
      hours(48, hour => (hour % 12 === 0 ? 100 + hour : 7)),
      ['over: 170, never', 'over: 120, about once a day']
    ],
    ['no daily one for less than a day', { type: 'count', over: 5 }, 'count', [3, 40], ['over: 48, never']],
    [
      'shares as percent, up to all',
      { type: 'ratio', where: 'status:5xx', over: 0.5 },
      'share',
      [0.0711],
      ['over: 8.6%, never']
    ],
    ['none above all there can be', { type: 'ratio', where: 'status:5xx', over: 0.5 }, 'share', [1], []],
    [
      'durations as people write them',
      { type: 'metric', field: 'duration', over: '1s' },
      'seconds',
      [0.171],
      ['over: 210ms, never']
    ],
    [
      'below the smallest value',
      { type: 'absent', under: 5 },
      'count',
      hours(24, hour => 10 + hour),
      ['under: 8, never', 'under: 11, about once a day']
    ],
    ['none below nothing', { type: 'absent', under: 5 }, 'count', [0, 4], []],
    [
      'on both sides of a spike',
      { type: 'spike', up: 4, down: 0.25 },
      'factor',
      [0.5, 1.3],
      ['up: 1.6, never', 'down: 0.4, never']
    ],
    [
      'none where not all values were remembered',
      { type: 'cardinality', field: 'path', over: 100 },
      'count',
      [200],
      []
    ],
    ['none for rules without a limit', { type: 'match', where: 'status:5xx' }, 'count', [9], []]
  ])('%s', (_, settings, unit, values, expected) => {
    expect(proposed(settings, unit, values)).toEqual(expected)
  })
})
