import type { JSX } from 'preact'
import type { Transition } from '../../../alerts/model.ts'
import { dateAndTime, shortTime } from '../../format/times.ts'
import { alerts, history } from '../../state/alerts.ts'
import { status } from '../../state/live.ts'
import { LogText } from '../log-text.tsx'

const WORDS: Readonly<Record<Transition['what'], string>> = {
  pending: 'pending',
  fired: 'fired',
  resolved: 'resolved',
  calmed: 'calmed down',
  unknown: 'unknown',
  flapping: 'flapping',
  settled: 'settled',
  acknowledged: 'acknowledged',
  unacknowledged: 'given back'
}

/** What happened to alerts, the newest first. */
export function History(): JSX.Element {
  const transitions = history.answer.value ?? []
  if (transitions.length === 0) return <p class="nothing">Nothing has happened yet.</p>
  const titles = new Map(alerts.answer.value?.rules.map(({ name, title }) => [name, title]))
  return (
    <ol class="events" aria-label="History, newest first" tabIndex={0}>
      {transitions.map(({ at, alert, rule, what, summary, key }, i) => (
        <li key={`${at} ${alert} ${what} ${i}`}>
          <time title={dateAndTime(at)}>{shortTime(at, status.value?.now ?? 0)}</time>
          <span class={`what ${what}`}>{WORDS[what]}</span>
          <span class="told">
            <LogText text={titles.get(rule) ?? rule} />
            <Values of={key} />{' '}
            <span class="faint">
              <LogText text={summary} />
            </span>
          </span>
        </li>
      ))}
    </ol>
  )
}

/** The values of a key; nothing where it has none. */
function Values({ of }: { readonly of: string }): JSX.Element | null {
  if (of === '') return null
  const values: string[] = JSON.parse(of)
  return (
    <>
      {': '}
      <LogText text={values.join(', ')} />
    </>
  )
}
