import type { JSX } from 'preact'
import type { DeliveryRecord, ReceiverView } from '../../../alerts/model.ts'
import { SECOND_MS } from '../../../core/time.ts'
import type { AlertsAnswer } from '../../../server/alerts/types.ts'
import { countText } from '../../format/numbers.ts'
import { dateAndTime, length, shortTime } from '../../format/times.ts'
import { latency, quantile } from '../../format/values.ts'
import { alerts, mails } from '../../state/alerts.ts'
import { status } from '../../state/live.ts'
import { Added, LogText } from '../log-text.tsx'

const WORDS = {
  sent: 'sent',
  partly: 'partly sent',
  later: 'tried again later',
  failed: 'failed',
  unwanted: 'not sent'
} as const

/** Who was notified of what, how quickly; and the mails that stayed on this machine. */
export function Deliveries(): JSX.Element {
  const { deliveries = [], receivers = [], outbox } = alerts.answer.value ?? {}
  const letters = mails.answer.value ?? []
  return (
    <>
      {outbox && outbox.waiting > 0 && <Waiting {...outbox} />}
      {receivers.map(receiver => receiver.held.count > 0 && <Held key={receiver.name} {...receiver} />)}
      {deliveries.length === 0 && letters.length === 0 && (
        <p class="nothing">Nobody has been notified of anything yet.</p>
      )}
      {deliveries.length > 0 && <Quickness deliveries={deliveries} />}
      <ol class="events" aria-label="Messages, newest first" tabIndex={0}>
        {deliveries.map((delivery, i) => (
          <DeliveryRow key={`${delivery.notification} ${delivery.try} ${i}`} {...delivery} />
        ))}
      </ol>
      {letters.length > 0 && <h3>Mailbox</h3>}
      <ul class="events mailbox">
        {letters.map(({ name, subject, at }) => (
          <li key={name}>
            <time title={dateAndTime(at)}>{shortTime(at, status.value?.now ?? 0)}</time>
            <a href={`./mails/${encodeURIComponent(name)}`} target="_blank" rel="noopener">
              <LogText text={subject} />
            </a>
          </li>
        ))}
      </ul>
    </>
  )
}

function Waiting({ waiting, since, why }: AlertsAnswer['outbox']): JSX.Element {
  const now = status.value?.now ?? 0
  return (
    <p class="mistake">
      {countText(waiting)} {waiting === 1 ? 'message waits' : 'messages wait'}
      {since !== undefined && `, the oldest for ${length(Math.max(SECOND_MS, now - since))}`}
      <Added text={why} />
    </p>
  )
}

/** What a receiver was not notified of yet, and why. */
function Held({ name, muted, mutedUntil, limited, held }: ReceiverView): JSX.Element {
  const until = mutedUntil === undefined ? '' : ` until ${shortTime(mutedUntil, status.value?.now ?? 0)}`
  const why = muted ? `Muted${until}, ` : limited ? 'Rate limit reached, ' : ''
  return (
    <p class="note">
      <LogText text={name} />: {why}
      {countText(held.count)} held back
      <span class="faint">
        {' '}
        <LogText text={held.titles.join('; ')} />
      </span>
    </p>
  )
}

/** From firing until it was accepted: half of them, and nearly all. */
function Quickness({ deliveries }: { readonly deliveries: readonly DeliveryRecord[] }): JSX.Element | null {
  const taken = deliveries.flatMap(one => one.latency ?? [])
  const [half, nearly] = [quantile(taken, 0.5), quantile(taken, 0.99)]
  if (half === undefined || nearly === undefined) return null
  return (
    <p class="note faint">
      From firing until accepted: median <b>{latency(half)}</b>, p99 <b>{latency(nearly)}</b> of the last{' '}
      {countText(taken.length)}
    </p>
  )
}

function DeliveryRow({
  receiver,
  title,
  at,
  state,
  summary,
  latency: took,
  try: tries
}: DeliveryRecord): JSX.Element {
  return (
    <li>
      <time title={dateAndTime(at)}>{shortTime(at, status.value?.now ?? 0)}</time>
      <span class={`what ${state}`}>
        {WORDS[state]}
        {tries > 1 && ` (try ${countText(tries)})`}
      </span>
      <span class="took">{took === undefined ? '' : latency(took)}</span>
      <span class="recipients">
        <LogText text={receiver} />: <LogText text={title} />{' '}
        <span class="faint">
          <LogText text={summary} />
        </span>
      </span>
    </li>
  )
}
