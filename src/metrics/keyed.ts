import type { Metric } from '../core/metric.ts'
import { derivationOf } from '../derived/index.ts'

type Rest = Omit<Metric, 'name' | 'label' | 'summary' | 'key'> & { readonly name?: string }

/** A metric that counts by the values of a field, a derived one too, and has its name where `rest` gives no other. */
export function keyed(field: string, label: string, summary: string, rest: Rest): Metric {
  const derivation = derivationOf(field)
  const key = derivation && { key: derivation.from, field, derive: derivation.derive.bind(derivation) }
  return { name: field, label, summary, ...rest, ...(key ?? { key: field }) }
}
