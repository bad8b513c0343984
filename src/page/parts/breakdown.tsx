import { useSignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { BreakdownMetric } from '../../server/api-types.ts'
import type { Reading } from '../../core/readings.ts'
import { bytes, compact, count, share } from '../format/numbers.ts'
import { keyQuery } from '../format/query.ts'
import { Key } from './key.tsx'
import { SearchLink } from './search-link.tsx'

interface BreakdownProps {
  readonly metric: BreakdownMetric
  readonly title: string
  /** What is counted: `requests`, `lines`. */
  readonly unit: string
  readonly reading: Reading
}

/** The largest keys of a metric, and what all the others had together. */
export function Breakdown({ metric, title, unit, reading }: BreakdownProps): JSX.Element {
  const wrapped = useSignal(false)
  const { top, other, count: all, sum, distinct } = reading
  const largest = Math.max(1, top[0]?.count ?? 0)
  const id = `breakdown-${metric}`
  return (
    <section class={wrapped.value ? 'panel breakdown wrapped' : 'panel breakdown'} aria-labelledby={id}>
      <div class="head">
        <h3 id={id}>{title}</h3>
        {distinct > top.length && <span class="faint">{count(distinct)} distinct</span>}
        <button
          type="button"
          class="text"
          aria-pressed={wrapped.value}
          onClick={() => void (wrapped.value = !wrapped.value)}
        >
          {wrapped.value ? 'one line each' : 'in full'}
          <span class="hidden">, {title}</span>
        </button>
        <span class="faint units" aria-hidden="true">
          {unit.toLowerCase()} · share{sum > 0 && ' · bytes'}
        </span>
      </div>
      <table data-metric={metric}>
        <thead class="hidden">
          <tr>
            <th scope="col">{title}</th>
            <th scope="col">{unit}</th>
            <th scope="col">Share</th>
            {sum > 0 && <th scope="col">Bytes</th>}
          </tr>
        </thead>
        <tbody>
          {top.map(row => (
            <tr key={row.key}>
              <th scope="row">
                <i class="share" style={{ width: `${(100 * row.count) / largest}%` }} aria-hidden="true" />
                <SearchLink query={keyQuery(metric, row.key)}>
                  <Key metric={metric} value={row.key} />
                </SearchLink>
              </th>
              <Figures row={row} all={all} sized={sum > 0} />
            </tr>
          ))}
          {other.count > 0 && (
            <tr class="other">
              <th scope="row">{count(other.distinct)} others</th>
              <Figures row={other} all={all} sized={sum > 0} />
            </tr>
          )}
        </tbody>
      </table>
    </section>
  )
}

interface FiguresProps {
  readonly row: { readonly count: number; readonly sum: number }
  readonly all: number
  readonly sized: boolean
}

const LONG = 1e7

function Figures({ row, all, sized }: FiguresProps): JSX.Element {
  return (
    <>
      <td class="count" title={count(row.count)}>
        {row.count < LONG ? count(row.count) : compact(row.count)}
      </td>
      <td class="percent">{share(row.count, all)}</td>
      {sized && <td class="bytes">{bytes(row.sum)}</td>}
    </>
  )
}
