import type { JSX } from 'preact'
import type { Act } from '../../../core/act.ts'
import { countText } from '../../format/numbers.ts'
import { dateAndTime, shortTime } from '../../format/times.ts'
import { acts } from '../../state/alerts.ts'
import { status } from '../../state/live.ts'
import { Added, LogText } from '../log-text.tsx'

/** How it is known who it was, for people; of the socket, and of Visor's own system, `from` says it. */
const WAYS: Readonly<Record<NonNullable<Act['by']>, string | undefined>> = {
  token: 'by token',
  session: 'signed in',
  proxy: 'by the proxy',
  link: 'by the link of a mail',
  socket: undefined,
  system: undefined,
  loopback: 'on this machine'
}

/** Who did what from where, and what was refused; the newest first. */
export function AuditLog(): JSX.Element {
  const all = acts.answer.value
  if (all?.length === 0) return <p class="nothing">Nobody has done anything yet.</p>
  return (
    <>
      {acts.failure.value !== undefined && (
        <p class="mistake">The audit log could not be loaded: {acts.failure.value}</p>
      )}
      <ol class="events" aria-label="Audit log, newest first" tabIndex={0}>
        {all?.map((act, i) => (
          <ActRow key={`${act.at} ${i}`} {...act} />
        ))}
      </ol>
    </>
  )
}

function ActRow({ at, what, about, name, role, from, by, result, why, times = 1 }: Act): JSX.Element {
  const way = [role, by && WAYS[by]].filter(part => part !== undefined).join(', ')
  return (
    <li>
      <time title={dateAndTime(at)}>{shortTime(at, status.value?.now ?? 0)}</time>
      <span class={`what ${result === 'done' ? '' : 'failed'}`}>
        {result}
        {times > 1 && ` (${countText(times)} times)`}
      </span>
      <span class="recipients">
        <LogText text={what} />
        <Added text={about} />{' '}
        <span class="faint">
          <LogText text={`${name || 'somebody'}${way === '' ? '' : ` (${way})`}, from ${from}`} />
          <Added text={why} />
        </span>
      </span>
    </li>
  )
}
