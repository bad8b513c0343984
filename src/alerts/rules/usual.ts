import { HOUR, MINUTE, type Micros } from '../../core/time.ts'
import { windowOf } from '../../core/window.ts'
import type { Memory } from '../memory.ts'
import type { Rule } from './kind.ts'
import { lengthOf } from './signals.ts'

/** How much has to be known of the time before for something to be usual. */
const MIN_KNOWN: Micros = 5 * MINUTE

/**
 * The time before the window that ends before `at` in which it is looked for what is usual: an hour, or as long as the window,
 * or as much of that as is known; `undefined` while that is too little. `windows`: how many windows of the rule it is long.
 */
export function timeBefore(rule: Pick<Rule, 'name' | 'window'>, memory: Memory, at: Micros) {
  const length = lengthOf(rule)
  const to = at - length
  // Older cells are as long as a minute.
  const from = Math.max(windowOf(to - Math.max(HOUR, length), MINUTE), memory.since(rule.name))
  if (to - from < Math.max(MIN_KNOWN, length)) return undefined
  return { from, to, windows: (to - from) / length }
}
