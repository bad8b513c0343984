import { findLast, findQuoted, findText } from './find'
import { lineEnd } from './line'
import * as op from './program'
import { Step } from './program'

/** Where a field that begins at `p` ends, 0 when what ends it is missing. */
// @ts-ignore: decorator
@inline
export function fieldEnd(step: Step, p: usize): usize {
  if (step.length == 0) return lineEnd
  const mode = step.mode & ~(op.WORD | op.OR_EMPTY | op.TIMED)
  if (mode == 0) return findText(p, lineEnd, step.text, step.length)
  if (mode == op.QUOTED) return findQuoted(p, lineEnd, step.text, step.length)
  if (mode == op.EDGE) return edgeFrom(step, p)
  if (mode == op.LIST) return listFrom(step, p)
  if ((mode & op.OR_END) != 0) {
    const quoted = (mode & op.QUOTED) != 0
    const q = quoted ? findQuoted(p, lineEnd, step.text, step.length) : findText(p, lineEnd, step.text, step.length)
    return q == 0 ? lineEnd : q
  }
  return findLast(p, lineEnd, step.text, step.length, (mode & op.QUOTED) != 0)
}

/** The first end behind which the line ends or `, ` follows. */
function edgeFrom(step: Step, p: usize): usize {
  let q = p
  while ((q = findText(q, lineEnd, step.text, step.length)) != 0) {
    const behind = q + step.length
    if (behind == lineEnd || (behind + 2 <= lineEnd && load<u16>(behind) == 0x202c)) return q
    q++
  }
  return 0
}

/** The first end that is not right behind a comma. */
function listFrom(step: Step, p: usize): usize {
  let q = findText(p, lineEnd, step.text, step.length)
  while (q > p && load<u8>(q - 1) == 0x2c) q = findText(q + 1, lineEnd, step.text, step.length)
  return q
}
