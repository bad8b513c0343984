import { expect, it } from 'vitest'
import { outline } from './outline.ts'

const SIZE = { width: 10, height: 14 }

it.each([
  ['nothing', [], '', ''],
  ['the last value at the right edge', [0, 5, 10], 'M7 13.0L8 8.0L9 3.0h1', 'M7 13.0L8 8.0L9 3.0h1V14H7Z'],
  ['one value', [10], 'M9 3.0h1', 'M9 3.0h1V14H9Z'],
  ['a gap', [10, null, 0], 'M7 3.0h1M9 13.0h1', 'M7 3.0h1V14H7ZM9 13.0h1V14H9Z'],
  ['a gap at each end', [null, 0, null], 'M8 13.0h1', 'M8 13.0h1V14H8Z'],
  ['only gaps', [null, null], '', '']
])('%s', (_, values, line, area) => expect(outline(values, 10, SIZE)).toEqual({ line, area }))
