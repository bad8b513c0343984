import type { ComponentChildren, JSX } from 'preact'
import type { Transition } from '../../../alerts/model.ts'
import { valuesOf } from '../../../core/signal.ts'
import type { AlertsStatus } from '../../../server/alerts/types.ts'
import { countText } from '../../format/numbers.ts'
import { dateAndTime, shortTime } from '../../format/times.ts'
import { alerts, firing, history, pending, show, view, type View } from '../../state/alerts.ts'
import { status } from '../../state/live.ts'
import { Added, LogText } from '../log-text.tsx'
import { AuditLog } from './acts.tsx'
import { AlertsNow } from './now.tsx'
import { Deliveries } from './deliveries.tsx'
import { RuleList } from './rules.tsx'
import { Silences } from './silences.tsx'

const VIEWS: Readonly<Record<View, () => JSX.Element>> = {
  now: AlertsNow,
  history: History,
  rules: RuleList,
  silences: Silences,
  deliveries: Deliveries,
  acts: AuditLog
}

/** Alerts and all that belongs to them: one quiet line while nothing is wrong. */
export function AlertsPanel({ standing }: { readonly standing: AlertsStatus }): JSX.Element {
  const shown = view.value === 'closed' ? undefined : VIEWS[view.value]
  const Shown = alerts.answer.value && shown
  const calm = firing.value + pending.value === 0
  const classes = ['alerts', ...(Shown || !calm ? ['panel'] : []), ...(calm ? ['calm'] : [])]
  return (
    <section class={classes.join(' ')} id="alerts" aria-labelledby="alerts-title" tabIndex={-1}>
      <div class="head">
        <h2 id="alerts-title">
          <span class="hidden">Alerts: </span>
          {calm ? 'No alerts' : counts()}
        </h2>
        {calm && <Calm />}
        <div class="views">
          <Opener view="now">Alerts</Opener>
          <Opener view="history">History</Opener>
          <Opener view="rules">Rules</Opener>
          <Opener view="silences">
            Silences{standing.silences > 0 && <b> {countText(standing.silences)}</b>}
          </Opener>
          <Opener view="deliveries">Messages</Opener>
          <Opener view="acts">Audit log</Opener>
        </div>
      </div>
      {alerts.failure.value !== undefined && (
        <p class="mistake">The alerts could not be loaded: {alerts.failure.value}</p>
      )}
      <div id="alerts-view">{Shown && <Shown />}</div>
    </section>
  )
}

function counts(): string {
  const parts = [
    ...(firing.value > 0 ? [`${countText(firing.value)} firing`] : []),
    ...(pending.value > 0 ? [`${countText(pending.value)} pending`] : [])
  ]
  return parts.join(', ')
}

/** How many rules watch, and when one last fired. */
function Calm(): JSX.Element | null {
  const rules = alerts.answer.value?.rules
  if (!rules) return null
  const [last] = rules
    .filter(rule => rule.last !== undefined)
    .toSorted((a, b) => (b.last ?? 0) - (a.last ?? 0))
  return (
    <p class="faint">
      {countText(rules.length)} rules watch
      {last?.last !== undefined && (
        <>
          , last fired {shortTime(last.last, status.value?.now ?? 0)}: <LogText text={last.title} />
        </>
      )}
    </p>
  )
}

interface OpenerProps {
  readonly view: View
  readonly children: ComponentChildren
}

function Opener({ view: own, children }: OpenerProps): JSX.Element {
  return (
    <button
      type="button"
      class="text"
      aria-expanded={view.value === own}
      aria-controls="alerts-view"
      onClick={() => show(own)}
    >
      {children}
    </button>
  )
}

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
function History(): JSX.Element {
  const transitions = history.answer.value ?? []
  if (transitions.length === 0) return <p class="nothing">Nothing has happened yet.</p>
  const titles = new Map(alerts.answer.value?.rules.map(({ name, title }) => [name, title]))
  return (
    <ol class="events" aria-label="History, newest first" tabIndex={0}>
      {transitions.map(({ at, alert, rule, what, summary, key }, i) => (
        <li key={`${at} ${alert} ${what} ${i}`}>
          <time title={dateAndTime(at)}>{shortTime(at, status.value?.now ?? 0)}</time>
          <span class={`what ${what}`}>{WORDS[what]}</span>
          <span class="recipients">
            <LogText text={titles.get(rule) ?? rule} />
            <Added text={valuesOf(key).join(', ')} />{' '}
            <span class="faint">
              <LogText text={summary} />
            </span>
          </span>
        </li>
      ))}
    </ol>
  )
}
