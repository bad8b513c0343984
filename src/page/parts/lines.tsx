import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { Status } from '../../server/api-types.ts'
import { countText } from '../format/numbers.ts'
import { LineRow } from './line-row.tsx'

/** The newest lines as they came, newest first; can be paused. */
export function Lines({ status }: { readonly status: Status }): JSX.Element {
  const held = useSignal<Status | undefined>(undefined)
  const { lines, now, sources } = held.value ?? status
  const missed = Math.max(0, (status.lines.at(-1)?.id ?? 0) - (lines.at(-1)?.id ?? 0))
  return (
    <section class="panel lines" aria-labelledby="lines-title">
      <div class="head">
        <h2 id="lines-title">Last lines</h2>
        {held.value && <span class="paused">paused · {countText(missed)} newer</span>}
        <button
          type="button"
          aria-pressed={held.value !== undefined}
          onClick={() => void (held.value = held.peek() ? undefined : status)}
        >
          {held.value ? 'Resume' : 'Pause'}
        </button>
      </div>
      <ol tabIndex={0} aria-label="Last lines, newest first">
        {lines.toReversed().map(line => (
          <LineRow key={line.id} line={line} now={now} named={sources.length > 1} />
        ))}
      </ol>
    </section>
  )
}
