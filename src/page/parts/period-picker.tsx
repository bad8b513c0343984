import type { JSX } from 'preact'
import { period, PERIODS } from '../state/summary.ts'

/** Which period the figures, charts and tables are of. */
export function PeriodPicker(): JSX.Element {
  return (
    <fieldset class="periods">
      <legend class="hidden">Period</legend>
      {PERIODS.map(choice => (
        <label key={choice.period}>
          <input
            type="radio"
            name="period"
            value={choice.period}
            checked={period.value === choice.period}
            onChange={() => void (period.value = choice.period)}
          />
          <span>{choice.label}</span>
        </label>
      ))}
    </fieldset>
  )
}
