import { expect, it } from 'vitest'
import { stacked } from './series.ts'

it('puts each row upon the rows before it; what is absent is nothing', () => {
  expect(
    stacked([
      [1, 2, null],
      [0, 3, 4],
      [5, null, 1]
    ])
  ).toEqual([
    [1, 2, 0],
    [1, 5, 4],
    [6, 5, 5]
  ])
})
