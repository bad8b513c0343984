import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import { fieldOf, unitOf } from '../../core/metric.ts'
import type { MetricSummary } from '../../server/api-types.ts'
import { countText, shareText, shortCount, sumText } from '../format/numbers.ts'
import { keyQuery } from '../../core/value-query.ts'
import { Key } from './key.tsx'
import { ShareHead } from './search-link.tsx'
import { TableTitle } from './table-head.tsx'

/** The largest keys of a metric, and what all the others had together. */
export function Breakdown({ metric }: { readonly metric: MetricSummary }): JSX.Element {
  const wrapped = useSignal(false)
  const { name, label, unit, top, other, sum, measure, shareOf, distinct } = metric
  const summed = sum > 0 ? unitOf(measure) : undefined
  const largest = Math.max(1, top[0]?.count ?? 0)
  const id = `breakdown-${name}`
  return (
    <section class={wrapped.value ? 'panel breakdown wrapped' : 'panel breakdown'} aria-labelledby={id}>
      <TableTitle
        id={id}
        title={label}
        note={distinct > top.length ? `${countText(distinct)} distinct` : undefined}
      >
        <button
          type="button"
          class="text"
          aria-pressed={wrapped.value}
          onClick={() => void (wrapped.value = !wrapped.value)}
        >
          {wrapped.value ? 'one line' : 'wrap'}
          <span class="hidden">, {label}</span>
        </button>
        <span class="faint units" aria-hidden="true">
          {unit} · share{shareOf && ` of ${shareOf}`}
          {summed && ` · ${summed}`}
        </span>
      </TableTitle>
      <table data-metric={name}>
        <thead class="hidden">
          <tr>
            <th scope="col">{label}</th>
            <th scope="col">{unit}</th>
            <th scope="col">Share</th>
            {summed && <th scope="col">{summed}</th>}
          </tr>
        </thead>
        <tbody>
          {top.map(row => (
            <tr key={row.key}>
              <ShareHead part={row.count} largest={largest} query={keyQuery(metric, row.key)}>
                <Key field={fieldOf(metric)} value={row.key} />
              </ShareHead>
              <Numbers row={row} metric={metric} />
            </tr>
          ))}
          {other.count > 0 && (
            <tr class="other">
              <th scope="row">{countText(other.distinct)} others</th>
              <Numbers row={other} metric={metric} />
            </tr>
          )}
        </tbody>
      </table>
    </section>
  )
}

interface NumbersProps {
  readonly row: { readonly count: number; readonly sum: number }
  readonly metric: MetricSummary
}

function Numbers({ row, metric }: NumbersProps): JSX.Element {
  return (
    <>
      <td class="count" title={countText(row.count)}>
        {shortCount(row.count)}
      </td>
      <td class="percent">{shareText(row.count, metric.whole)}</td>
      {metric.sum > 0 && <td class="bytes">{sumText(metric, row.sum)}</td>}
    </>
  )
}
