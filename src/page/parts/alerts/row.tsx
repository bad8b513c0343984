import { useSignal, type Signal } from '@preact/signals'
import type { JSX } from 'preact'
import type { AlertView, EvaluationResult } from '../../../alerts/model.ts'
import { SECOND_MS } from '../../../core/time.ts'
import { dateAndTime, length, shortTime } from '../../format/times.ts'
import { measured } from '../../format/values.ts'
import { change, opened, toggle } from '../../state/alerts.ts'
import { mayAct } from '../../state/caller.ts'
import { status } from '../../state/live.ts'
import { LogText } from '../log-text.tsx'
import { AlertEvidence } from './evidence.tsx'
import { AcknowledgeForm, SignInHint } from './form.tsx'
import { Remarks } from './remarks.tsx'
import { silenceQuery } from '../../../core/value-query.ts'
import { SilenceForm } from './silence-form.tsx'

type Form = 'acknowledge' | 'silence' | undefined

/** An alert: how bad it is, what it is about, what can be done; on opening, what shows why. */
export function AlertItem({ alert }: { readonly alert: AlertView }): JSX.Element {
  const { id, severity, title, phase, evaluation, acknowledged } = alert
  const form = useSignal<Form>(undefined)
  const open = opened.value.has(id)
  const close = (): void => void (form.value = undefined)
  const over = phase === 'resolved'
  const suppressed = (acknowledged ?? alert.silence ?? alert.inhibitedBy) !== undefined
  return (
    <li class={`alert ${over ? 'over' : severity}${suppressed && !over ? ' quiet' : ''}`} data-alert={id}>
      <div class="about">
        <button
          type="button"
          class="opener"
          aria-expanded={open}
          aria-controls={`evidence-${id}`}
          onClick={() => toggle(id)}
        >
          <span class="severity">{over ? 'resolved' : severity}</span>
          <strong>
            <LogText text={title} />
          </strong>
        </button>
        <Labels labels={alert.labels} />
        <p class="summary">
          <LogText text={evaluation.summary} />
        </p>
        <Remarks alert={alert} />
      </div>
      <MeasureBar evaluation={evaluation} />
      <div class="doing">
        <Lasted alert={alert} />
        {!over && <Actions alert={alert} form={form} />}
      </div>
      {form.value !== undefined && !over && !mayAct.value && <SignInHint close={close} />}
      {form.value === 'acknowledge' && !over && mayAct.value && <AcknowledgeForm alert={id} close={close} />}
      {form.value === 'silence' && !over && mayAct.value && (
        <SilenceForm query={silenceQuery([alert])} close={close} />
      )}
      <div id={`evidence-${id}`} class="evidence">
        {open && <AlertEvidence alert={alert} />}
      </div>
    </li>
  )
}

/** Since when, and for how long. */
function Lasted({ alert: { since, fired, resolved } }: { readonly alert: AlertView }): JSX.Element {
  const now = status.value?.now ?? 0
  const from = fired ?? since
  const lasts = length(Math.max(SECOND_MS, (resolved ?? now) - from))
  return (
    <p class="lasted" title={dateAndTime(from)}>
      {resolved === undefined ? (
        <>
          <b>{lasts}</b> since {shortTime(from, now)}
        </>
      ) : (
        <>
          {shortTime(resolved, now)} after <b>{lasts}</b>
        </>
      )}
    </p>
  )
}

interface ActionsProps {
  readonly alert: AlertView
  readonly form: Signal<Form>
}

function Actions({ alert: { id, title, acknowledged, silence }, form }: ActionsProps): JSX.Element {
  const of = <span class="hidden"> {title}</span>
  const opens = (which: Form): void => void (form.value = form.peek() === which ? undefined : which)
  return (
    <p class="actions">
      {acknowledged ? (
        <button
          type="button"
          onClick={() => (mayAct.peek() ? void change('unacknowledge', { alert: id }) : opens('acknowledge'))}
        >
          Give back{of}
        </button>
      ) : (
        <button
          type="button"
          aria-expanded={form.value === 'acknowledge'}
          onClick={() => opens('acknowledge')}
        >
          Acknowledge{of}
        </button>
      )}
      {silence === undefined && (
        <button type="button" aria-expanded={form.value === 'silence'} onClick={() => opens('silence')}>
          Silence{of}
        </button>
      )}
    </p>
  )
}

/** What distinguishes an alert of a rule from its others: fields and their values. */
function Labels({ labels }: { readonly labels: Readonly<Record<string, string>> }): JSX.Element | null {
  const all = Object.entries(labels)
  if (all.length === 0) return null
  return (
    <ul class="labels">
      {all.map(([field, value]) => (
        <li key={field}>
          <span class="faint">{field}</span> {value === '' ? '(none)' : <LogText text={value} />}
        </li>
      ))}
    </ul>
  )
}

/** What was measured, beside its limit and what is usual; nothing where there is nothing to compare. */
function MeasureBar({ evaluation }: { readonly evaluation: EvaluationResult }): JSX.Element {
  const { value, threshold, baseline, unit } = evaluation
  const largest = 1.05 * Math.max(value ?? 0, threshold, baseline ?? 0)
  const single = unit === 'count' && baseline === undefined && threshold <= 1
  if (value === undefined || single || !(largest > 0)) return <div class="measure" />
  const at = (of: number): string => `${Math.min(100, Math.max(0, (100 * of) / largest))}%`
  return (
    <div class="measure">
      <div class="track" aria-hidden="true">
        <i class="value" style={{ width: at(value) }} />
        {value > threshold && <i class="within" style={{ width: at(threshold) }} />}
        <i class="limit" style={{ left: at(threshold) }} />
        {baseline !== undefined && <i class="usual" style={{ left: at(baseline) }} />}
      </div>
      <p>
        <b>{measured(value, unit)}</b>
        <span class="faint">
          <i class="limit" aria-hidden="true" /> limit {measured(threshold, unit)}
        </span>
        {baseline !== undefined && (
          <span class="faint">
            <i class="usual" aria-hidden="true" /> usual {measured(baseline, unit)}
          </span>
        )}
      </p>
    </div>
  )
}
