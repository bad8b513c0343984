import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { SilenceView } from '../../../alerts/model.ts'
import { SECOND_MS } from '../../../core/time.ts'
import { countText } from '../../format/numbers.ts'
import { dateAndTime, length, shortTime } from '../../format/times.ts'
import { alerts, change } from '../../state/alerts.ts'
import { mayAct } from '../../state/caller.ts'
import { status } from '../../state/live.ts'
import { Added, LogText } from '../log-text.tsx'
import { SignInHint } from './form.tsx'
import { SilenceForm } from './silence-form.tsx'

/** Silences that are active, and a way to a new one. */
export function Silences(): JSX.Element {
  const silences = alerts.answer.value?.silences ?? []
  const adding = useSignal(false)
  return (
    <>
      {silences.length === 0 && (
        <p class="nothing">No silence is active: people are notified of every alert.</p>
      )}
      <ul class="rows">
        {silences.map(silence => (
          <SilenceRow key={silence.id} silence={silence} />
        ))}
      </ul>
      {adding.value ? (
        <NewSilence close={() => void (adding.value = false)} />
      ) : (
        <p class="add">
          <button type="button" onClick={() => void (adding.value = true)}>
            New silence
          </button>
        </p>
      )}
    </>
  )
}

function NewSilence({ close }: { readonly close: () => void }): JSX.Element {
  return mayAct.value ? <SilenceForm query="" close={close} /> : <SignInHint close={close} />
}

function SilenceRow({ silence }: { readonly silence: SilenceView }): JSX.Element {
  const { id, query, author, reason, created, ends, alerts: matched } = silence
  const now = status.value?.now ?? 0
  const found = matched.length
  const hint = useSignal(false)
  const end = (): void => {
    if (mayAct.peek()) void change(`silences/${encodeURIComponent(id)}/end`, {})
    else hint.value = true
  }
  return (
    <li class="silence">
      <div class="about">
        <code>
          <LogText text={query} />
        </code>
        <p class="faint">
          by <LogText text={author} />, {shortTime(created, now)}
          <Added text={reason} />
          {found > 0 && ` · silences ${countText(found)} firing ${found === 1 ? 'alert' : 'alerts'}`}
        </p>
      </div>
      <div class="doing">
        <p class="lasted" title={dateAndTime(ends)}>
          <b>{length(Math.max(SECOND_MS, ends - now))}</b> left, until {shortTime(ends, now)}
        </p>
        <p class="actions">
          <button type="button" onClick={end}>
            End now
          </button>
        </p>
      </div>
      {hint.value && <SignInHint close={() => void (hint.value = false)} />}
    </li>
  )
}
