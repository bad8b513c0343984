import { expect, it } from 'vitest'
import type { Unit } from './model.ts'
import { formatValue } from './units.ts'

it.each<[number, Unit, string]>([
  [1204, 'count', '1,204'],
  [0.316, 'count', '0.32'],
  [42.4, 'count', '42'],
  [0.072, 'share', '7.2 %'],
  [0.05, 'share', '5 %'],
  [1, 'share', '100 %'],
  [0.0001, 'share', '<0.1 %'],
  [4.31, 'factor', '4.3x'],
  [0.25, 'factor', '0.25x'],
  [0, 'seconds', '0 s'],
  [0.25, 'seconds', '250 ms'],
  [90, 'seconds', '90 s'],
  [3600, 'seconds', '1 h'],
  [1.5e6, 'bytes', '1.5 MB']
])('%d as a %s', (value, unit, text) => expect(formatValue(value, unit)).toBe(text))
