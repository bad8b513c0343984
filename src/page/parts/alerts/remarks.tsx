import type { JSX } from 'preact'
import type { AlertView } from '../../../alerts/model.ts'
import { SECOND_MS } from '../../../core/time.ts'
import { length, shortTime } from '../../format/times.ts'
import { status } from '../../state/live.ts'
import { Added, LogText } from '../log-text.tsx'

/** What is to be known of an alert besides its value: who has it in hand, what suppresses it, what came before. */
export function Remarks({ alert }: { readonly alert: AlertView }): JSX.Element {
  const { since, unknown, flapping, acknowledged, silence, inhibitedBy, evidence, phase } = alert
  const now = status.value?.now ?? 0
  return (
    <ul class="remarks">
      {acknowledged && (
        <li>
          <LogText text={acknowledged.owner} /> has it in hand since {shortTime(acknowledged.at, now)}
          <Added text={acknowledged.comment} />
        </li>
      )}
      {silence && (
        <li>
          Silenced until {shortTime(silence.ends, now)} by <LogText text={silence.author} />
          <Added text={silence.reason} />
        </li>
      )}
      {inhibitedBy !== undefined && phase !== 'resolved' && (
        <li>
          Suppressed: inhibited by <LogText text={inhibitedBy} />
        </li>
      )}
      {flapping && <li>Flapping: nobody is notified until it has settled</li>}
      {unknown !== undefined && phase !== 'resolved' && (
        <li>Nothing is known of it since {shortTime(unknown, now)}</li>
      )}
      {evidence.restart !== undefined && (
        <li>
          It began {length(Math.max(SECOND_MS, since - evidence.restart))} after a restart of the server
        </li>
      )}
    </ul>
  )
}
