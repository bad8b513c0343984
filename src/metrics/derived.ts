import type { Metric } from '../core/metric.ts'
import { derivationOf } from '../derived/index.ts'

/** The key of a metric that counts by a derived field. Throws a RangeError where there is no such field. */
export function derived(field: string): Pick<Metric, 'key' | 'field' | 'derive'> {
  const derivation = derivationOf(field)
  if (!derivation) throw new RangeError(`no derived field ${field}`)
  return { key: derivation.from, field, derive: text => derivation.derive(text) }
}
