import type { JSX } from 'preact'
import { DAY_MS, HOUR_MS, type Millis } from '../../../core/time.ts'
import { change } from '../../state/alerts.ts'
import { Field, InlineForm, fieldText } from './form.tsx'

const LASTING: readonly (readonly [ms: Millis, text: string])[] = [
  [HOUR_MS, '1 hour'],
  [4 * HOUR_MS, '4 hours'],
  [DAY_MS, '1 day'],
  [7 * DAY_MS, '1 week']
]

interface SilenceFormProps {
  readonly query: string
  readonly close: () => void
}

/** For a while, nobody is notified of alerts that match a query. */
export function SilenceForm({ query, close }: SilenceFormProps): JSX.Element {
  return (
    <InlineForm button="Silence" send={silence} close={close}>
      <Field label="Alerts that match this" name="query" value={query} most={4000} required code />
      <Field label="Reason" name="reason" most={500} />
      <label class="field">
        For
        <select name="for">
          {LASTING.map(([ms, text]) => (
            <option key={ms} value={ms}>
              {text}
            </option>
          ))}
        </select>
      </label>
    </InlineForm>
  )
}

function silence(filled: FormData): Promise<string | undefined> {
  return change('silence', {
    query: fieldText(filled, 'query'),
    reason: fieldText(filled, 'reason'),
    for: Number(fieldText(filled, 'for'))
  })
}
