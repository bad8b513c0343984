import type { ComponentChildren, JSX } from 'preact'
import type { AlertView } from '../../../alerts/model.ts'
import { SECOND_MS } from '../../../core/time.ts'
import { length, shortTime } from '../../format/times.ts'
import { status } from '../../state/live.ts'
import { LogText } from '../log-text.tsx'

/** What is to be known of an alert besides its value: who has it in hand, what suppresses it, what came before. */
export function Remarks({ alert }: { readonly alert: AlertView }): JSX.Element {
  const { since, unknown, flapping, acknowledged, silence, inhibitedBy, evidence, phase } = alert
  const now = status.value?.now ?? 0
  return (
    <ul class="remarks">
      {acknowledged && (
        <Remark>
          <LogText text={acknowledged.owner} /> has it in hand since {shortTime(acknowledged.at, now)}
          {acknowledged.comment !== '' && (
            <>
              : <LogText text={acknowledged.comment} />
            </>
          )}
        </Remark>
      )}
      {silence && (
        <Remark>
          Silenced until {shortTime(silence.ends, now)} by <LogText text={silence.author} />
          {silence.reason !== '' && (
            <>
              : <LogText text={silence.reason} />
            </>
          )}
        </Remark>
      )}
      {inhibitedBy !== undefined && phase !== 'resolved' && (
        <Remark>
          Suppressed: inhibited by <LogText text={inhibitedBy} />
        </Remark>
      )}
      {flapping && <Remark>Flapping: nobody is notified until it has settled</Remark>}
      {unknown !== undefined && phase !== 'resolved' && (
        <Remark>Nothing is known of it since {shortTime(unknown, now)}</Remark>
      )}
      {evidence.restart !== undefined && (
        <Remark>
          It began {length(Math.max(SECOND_MS, since - evidence.restart))} after a restart of the server
        </Remark>
      )}
    </ul>
  )
}

function Remark({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <li>{children}</li>
}
