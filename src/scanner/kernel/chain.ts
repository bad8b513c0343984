import { intern } from './dictionary'
import { fieldEnd } from './field'
import { findByte } from './find'
import { notCanonical, row } from './line'
import { dictionaryOf, setCode, Step } from './program'

// @ts-ignore: decorator
@inline const COMMA: u8 = 0x2c
// @ts-ignore: decorator
@inline const SPACE: u8 = 0x20

/** Where a list of addresses that begins at `p` ends, 0 when what ends it is missing: a blank behind a comma does not. */
export function chainEnd(step: Step, p: usize): usize {
  let q = fieldEnd(step, p)
  if (step.length == 0 || load<u8>(step.text) != SPACE) return q
  while (q > p && load<u8>(q - 1) == COMMA) q = fieldEnd(step, q + 1)
  return q
}

/** The first address, and what follows its comma. */
export function putChain(step: Step, start: usize, end: usize): void {
  const comma = findByte(start, end, COMMA)
  const code = intern(dictionaryOf(step.a), start, comma)
  setCode(step.a, row, code)
  if (comma == end) return setCode(step.b, row, 0)
  const blank = comma + 1 < end && load<u8>(comma + 1) == SPACE
  const rest = intern(dictionaryOf(step.b), comma + (blank ? 2 : 1), end)
  setCode(step.b, row, rest)
  if (!blank || code == 0 || rest == 0) notCanonical()
}
