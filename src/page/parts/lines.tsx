import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { Line, Status } from '../../server/contract.ts'
import { levelTone, statusTone } from '../format/status.ts'
import { count } from '../format/numbers.ts'
import { moment } from '../format/times.ts'
import { LogText } from './log-text.tsx'

/** The newest lines as they came, newest first; can be held still. */
export function Lines({ status }: { readonly status: Status }): JSX.Element {
  const held = useSignal<Status | undefined>(undefined)
  const { lines, now, sources } = held.value ?? status
  const missed = Math.max(0, (status.lines.at(-1)?.id ?? 0) - (lines.at(-1)?.id ?? 0))
  return (
    <section class="panel lines" aria-labelledby="lines-title">
      <div class="head">
        <h2 id="lines-title">Last lines</h2>
        {held.value && <span class="paused">held · {count(missed)} newer</span>}
        <button
          type="button"
          aria-pressed={held.value !== undefined}
          onClick={() => void (held.value = held.peek() ? undefined : status)}
        >
          {held.value ? 'Go on' : 'Hold'}
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

interface LineRowProps {
  readonly line: Line
  readonly now: number
  /** Tells the source, where there are several. */
  readonly named: boolean
}

function LineRow({ line, now, named }: LineRowProps): JSX.Element {
  return (
    <li class={`tone-${toneOf(line)}`}>
      <time>{line.time === undefined ? '' : moment(line.time, now)}</time>
      {named && (
        <span class="from">
          <LogText text={line.source} />
        </span>
      )}
      <span class="what">
        {line.rejected !== undefined && (
          <span class="reason">
            rejected: <LogText text={line.rejected} />
          </span>
        )}
        <LogText text={line.text} />
      </span>
    </li>
  )
}

function toneOf({ rejected, status, level }: Line): string {
  if (rejected !== undefined) return 'rejected'
  if (status !== undefined) return statusTone(status)
  return level === undefined ? 'other' : levelTone(level)
}
