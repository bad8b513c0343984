import { isOfAll, type Metric } from '../core/metric.ts'
import { addKey, cellOf, type Cell, type Rollup } from '../core/rollup.ts'

/** Whether what a metric counts can be made of what another one counts: of the same lines, by the field that it derives its keys of. */
export function isDerivedOf(metric: Metric, base: Metric): boolean {
  const { key, derive, measure, kinds } = metric
  return (
    derive !== undefined &&
    isOfAll(metric) &&
    key === base.key &&
    !base.derive &&
    isOfAll(base) &&
    String(measure) === String(base.measure) &&
    String(kinds) === String(base.kinds)
  )
}

/** Adds what those of some metrics count that are derived of the metric of a cell: of all of its keys. */
export function addDerived(into: Rollup, cell: Cell, metrics: readonly Metric[]): void {
  const { window, source, metric, keys } = cell
  const base = metrics.find(({ name }) => name === metric)
  for (const one of metrics) {
    if (!base || !isDerivedOf(one, base)) continue
    for (const [key, { count, sum }] of keys) {
      const derived = one.derive?.(key)
      if (derived !== undefined) addKey(cellOf(into, window, source, one.name), derived, count, sum)
    }
  }
}
