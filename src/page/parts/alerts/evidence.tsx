import type { JSX } from 'preact'
import type { Alert, AlertView, AlertTimestamps, Share } from '../../../alerts/model.ts'
import type { EvidenceLine } from '../../../core/signal.ts'
import { toMillis } from '../../../core/time.ts'
import { countText, shareText } from '../../format/numbers.ts'
import { narrowed, valueQuery } from '../../../core/value-query.ts'
import { latency, measured } from '../../format/values.ts'
import { alerts } from '../../state/alerts.ts'
import { status } from '../../state/live.ts'
import { LineRow } from '../line-row.tsx'
import { LogText } from '../log-text.tsx'
import { SearchLink } from '../search-link.tsx'

/** Why an alert fired: what grew, the lines, those of the error log beside them, and how quickly it was seen. */
export function AlertEvidence({ alert }: { readonly alert: AlertView }): JSX.Element {
  const { evidence, timestamps, worst, evaluation, notified = [] } = alert
  const { shares, lines, errors } = evidence
  return (
    <>
      {shares.length > 0 && <Shares shares={shares} />}
      <EvidenceLines title="Lines" lines={lines} />
      <EvidenceLines title="Error log, same clients and seconds" lines={errors} />
      <p class="facts faint">
        {worst !== undefined && <span>at worst {measured(worst, evaluation.unit)}</span>}
        {timestamps && <span>{quickness(timestamps)}</span>}
        {notified.length > 0 && (
          <span>
            notified: <LogText text={notified.join(', ')} />
          </span>
        )}
        <ShowLines alert={alert} />
        <span>
          rule <code>{alert.rule}</code>
        </span>
      </p>
    </>
  )
}

function Shares({ shares }: { readonly shares: readonly Share[] }): JSX.Element {
  return (
    <table class="shares">
      <caption>What grew most</caption>
      <thead class="hidden">
        <tr>
          <th scope="col">Value</th>
          <th scope="col">Lines</th>
          <th scope="col">Share before</th>
          <th scope="col">Share now</th>
        </tr>
      </thead>
      <tbody>
        {shares.map(({ field, value, now, before, count: lines }) => (
          <tr key={field}>
            <th scope="row">
              <span class="faint">{field}</span> <LogText text={value} />
            </th>
            <td>{countText(lines)}</td>
            <td class="faint">
              {shareText(before, 1)} <span aria-hidden="true">→</span>
            </td>
            <td>
              <b>{shareText(now, 1)}</b>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

interface EvidenceLinesProps {
  readonly title: string
  readonly lines: readonly EvidenceLine[]
}

function EvidenceLines({ title, lines }: EvidenceLinesProps): JSX.Element | null {
  if (lines.length === 0) return null
  const now = status.value?.now ?? 0
  return (
    <div class="lines">
      <h4>{title}</h4>
      <ol aria-label={title}>
        {lines.map(({ time, source, kind, text }, i) => (
          <LineRow
            key={i}
            line={{ time: toMillis(time), source, text, ...(kind === 'error' && { level: 'error' }) }}
            now={now}
            named
          />
        ))}
      </ol>
    </div>
  )
}

/** Leads to the lines that the rule looks at, of this alert. */
function ShowLines({ alert: { rule, labels } }: { readonly alert: Alert }): JSX.Element | null {
  const where = alerts.answer.value?.rules.find(({ name }) => name === rule)?.where ?? ''
  const query = Object.entries(labels)
    .filter(([, value]) => value !== '')
    .reduce((all, [field, value]) => narrowed(all, valueQuery(field, value)), where)
  return query === '' ? null : (
    <span>
      <SearchLink query={query}>Search its lines</SearchLink>
    </span>
  )
}

function quickness({ written, read, fired }: AlertTimestamps): string {
  return written === undefined
    ? `fired ${latency(fired - read)} after its line was read`
    : `fired ${latency(fired - written)} after its line was written`
}
