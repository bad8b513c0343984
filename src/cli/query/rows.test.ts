import { expect, it } from 'vitest'
import { tableOf } from './rows.ts'

it.each([
  [{ columns: ['a'], rows: [[1]] }, ['a'], [[1]]],
  [{ counts: [{ time: 0, count: 3 }] }, ['time', 'count'], [['1970-01-01T00:00:00Z', 3]]],
  [{ lines: [{ text: 'x', fields: { a: 1 } }] }, ['text'], [['x']]],
  [
    { versions: [{ a: 'x' }, { a: null, to: 1000 }] },
    ['a', 'to'],
    [
      ['x', null],
      [null, '1970-01-01T00:00:01Z']
    ]
  ],
  [
    { extent: { first: 0, last: 1 } },
    ['first', 'last'],
    [['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.001000Z']]
  ],
  [{ counts: [] }, [], []],
  [{}, [], []]
])('the answer %j is rows of %j', (answer, columns, rows) => {
  expect(tableOf(answer)).toEqual({ columns, rows })
})
