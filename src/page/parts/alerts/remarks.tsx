import type { ComponentChildren, JSX } from 'preact'
import type { ShownAlert } from '../../../server/alerts/types.ts'
import { length, moment } from '../../format/times.ts'
import { alerts } from '../../state/alerts.ts'
import { status } from '../../state/live.ts'
import { LogText } from '../log-text.tsx'

/** What is to be known of an alert besides what it says: who has it in hand, why nobody is told, what came before. */
export function Remarks({ alert }: { readonly alert: ShownAlert }): JSX.Element {
  const { since, unknown, flapping, acknowledged, because, evidence, phase } = alert
  const now = status.value?.now ?? 0
  const silence = alerts.answer.value?.silences.find(({ id }) => id === alert.silence)
  return (
    <ul class="remarks">
      {acknowledged && (
        <Remark>
          <LogText text={acknowledged.owner} /> has it in hand since {moment(acknowledged.at, now)}
          {acknowledged.comment !== '' && (
            <>
              : <LogText text={acknowledged.comment} />
            </>
          )}
        </Remark>
      )}
      {silence && (
        <Remark>
          Silenced until {moment(silence.ends, now)} by <LogText text={silence.author} />
          {silence.reason !== '' && (
            <>
              : <LogText text={silence.reason} />
            </>
          )}
        </Remark>
      )}
      {because !== undefined && phase !== 'resolved' && (
        <Remark>
          Nobody is told, since <LogText text={because} /> fires for the same
        </Remark>
      )}
      {flapping && <Remark>It fires and resolves again and again: nobody is told until it rests</Remark>}
      {unknown !== undefined && phase !== 'resolved' && (
        <Remark>Nothing is known of it since {moment(unknown, now)}</Remark>
      )}
      {evidence.restart !== undefined && (
        <Remark>
          It began {length(Math.max(1000, since - evidence.restart))} after a restart of the server
        </Remark>
      )}
    </ul>
  )
}

function Remark({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <li>{children}</li>
}
