import type { JSX } from 'preact'
import type { EvaluationResult } from '../../../alerts/model.ts'
import { measured } from '../../format/values.ts'

/** What was measured, beside its limit and what is usual; nothing where there is nothing to compare. */
export function MeasureBar({ evaluation }: { readonly evaluation: EvaluationResult }): JSX.Element {
  const { value, threshold, baseline, unit } = evaluation
  const largest = 1.05 * Math.max(value ?? 0, threshold, baseline ?? 0)
  const single = unit === 'count' && baseline === undefined && threshold <= 1
  if (value === undefined || single || !(largest > 0)) return <div class="measure" />
  const at = (of: number): string => `${Math.min(100, Math.max(0, (100 * of) / largest))}%`
  return (
    <div class="measure">
      <div class="track" aria-hidden="true">
        <i class="value" style={{ width: at(value) }} />
        {value > threshold && <i class="within" style={{ width: at(threshold) }} />}
        <i class="limit" style={{ left: at(threshold) }} />
        {baseline !== undefined && <i class="usual" style={{ left: at(baseline) }} />}
      </div>
      <p>
        <b>{measured(value, unit)}</b>
        <span class="faint">
          <i class="limit" aria-hidden="true" /> limit {measured(threshold, unit)}
        </span>
        {baseline !== undefined && (
          <span class="faint">
            <i class="usual" aria-hidden="true" /> usual {measured(baseline, unit)}
          </span>
        )}
      </p>
    </div>
  )
}
