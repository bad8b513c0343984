import type { JSX } from 'preact'
import { LogText } from '../log-text.tsx'

/** What distinguishes an alert of a rule from its others: fields and their values. */
export function Labels({
  labels
}: {
  readonly labels: Readonly<Record<string, string>>
}): JSX.Element | null {
  const all = Object.entries(labels)
  if (all.length === 0) return null
  return (
    <ul class="labels">
      {all.map(([field, value]) => (
        <li key={field}>
          <span class="faint">{field}</span> {value === '' ? '(none)' : <LogText text={value} />}
        </li>
      ))}
    </ul>
  )
}
