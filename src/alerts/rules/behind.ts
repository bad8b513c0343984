import { valuesOf } from '../../core/signal.ts'
import type { EvaluationContext, Rule } from './kind.ts'

/** How many bytes may wait to be read before what is missing may just not have been read. */
const WAITING = 64 * 1024

/**
 * Whether lines of a key may wait to be read, in its source or, where it is of no source, in any, or since the engine fails:
 * then their absence means nothing.
 */
export function isBehind({ by }: Pick<Rule, 'by'>, { health }: EvaluationContext, key: string): boolean {
  if (health.engine?.failing) return true
  const source = valuesOf(key)[by.indexOf('source')]
  const asked = source === undefined ? health.sources.values() : [health.sources.get(source)]
  return [...asked].some(health => health && (health.held > 0 || health.lag.bytes > WAITING))
}
