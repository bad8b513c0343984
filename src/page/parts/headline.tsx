import type { ComponentChildren, JSX } from 'preact'
import type { Summary } from '../../server/api-types.ts'
import { bytes, compact, count, duration, share } from '../format/numbers.ts'

/** The few figures that matter most in the period. */
export function Headline({ summary }: { readonly summary: Summary }): JSX.Element {
  const { requests, serverErrors, clientErrors, clients, errorLines, latency, ...totals } = summary.totals
  return (
    <dl class="headline" aria-label="Figures of the period">
      <Figure name="requests" label="Requests" value={requests} />
      <Figure name="serverErrors" label="Server errors" value={serverErrors} tone="5xx">
        {share(serverErrors, requests)} <span class="faint">5xx</span>
      </Figure>
      <Figure name="clientErrors" label="Client errors" value={clientErrors} tone="4xx">
        {share(clientErrors, requests)} <span class="faint">4xx</span>
      </Figure>
      <Figure name="clients" label="Clients" value={clients}>
        <span class="faint">distinct addresses</span>
      </Figure>
      <Plain label="Sent" value={bytes(totals.bytes)}>
        {requests > 0 && <span class="faint">{bytes(totals.bytes / requests)} a request</span>}
      </Plain>
      {latency && (
        <Plain label="Latency, median" value={duration(latency.p50)}>
          <span class="faint">p95</span> {duration(latency.p95)} <span class="faint">· p99</span>{' '}
          {duration(latency.p99)}
        </Plain>
      )}
      {errorLines > 0 && (
        <Figure name="errorLines" label="Error-log lines" value={errorLines}>
          <span class="faint">all severities</span>
        </Figure>
      )}
    </dl>
  )
}

interface FigureProps {
  readonly name: string
  readonly label: string
  readonly value: number
  readonly tone?: string
  readonly children?: ComponentChildren
}

const LONG = 1e7

function Figure({ name, label, value, tone, children }: FigureProps): JSX.Element {
  return (
    <div class={value > 0 && tone ? `figure tone-${tone}` : 'figure'}>
      <dt>{label}</dt>
      <dd data-figure={name} title={count(value)}>
        {value < LONG ? count(value) : compact(value)}
      </dd>
      <dd class="note">{children}</dd>
    </div>
  )
}

interface PlainProps {
  readonly label: string
  readonly value: string
  readonly children?: ComponentChildren
}

function Plain({ label, value, children }: PlainProps): JSX.Element {
  return (
    <div class="figure">
      <dt>{label}</dt>
      <dd>{value}</dd>
      <dd class="note">{children}</dd>
    </div>
  )
}
