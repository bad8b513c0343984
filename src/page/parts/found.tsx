import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { Chart, sum } from '../charts/chart.tsx'
import type { ChartData } from '../charts/plot.ts'
import { compact, count } from '../format/numbers.ts'
import { dateAndTime } from '../format/times.ts'
import { status } from '../state/live.ts'
import { found, query, type Found } from '../state/search.ts'
import { period, PERIODS } from '../state/summary.ts'
import { LineRow } from './line-row.tsx'
import { TopValues } from './top-values.tsx'

const HEIGHT = 196

/** What a query finds: how many lines, when, of whom, and the newest of them. */
export function FoundLines({ found: shown }: { readonly found: Found }): JSX.Element {
  const { total, lines } = shown
  const asked = shown.query === query.value.trim() && shown.period === period.value
  return (
    <div class={asked ? 'found' : 'found stale'} data-query={shown.query}>
      <div class="head">
        <h2>
          <span data-figure="found">{count(total)}</span> {total === 1 ? 'line' : 'lines'}
        </h2>
        <span class="faint">{PERIODS.find(choice => choice.period === shown.period)?.words}</span>
      </div>
      {total === 0 ? (
        <Nothing found={shown} />
      ) : (
        <>
          <div class="about">
            <Counts />
            <TopValues found={shown} />
          </div>
          <NewestLines lines={lines} total={total} />
        </>
      )}
    </div>
  )
}

function Counts(): JSX.Element {
  const data = useComputed((): ChartData => {
    const { time = [], counts: values = [], bucket = 60_000 } = found.answer.value ?? {}
    return { time, bucket, series: [{ name: 'lines', color: 'tone-success', values }] }
  })
  return <Chart title="Over time" kind="stack" height={HEIGHT} data={data} format={compact} whole={sum} />
}

function NewestLines({ lines, total }: Pick<Found, 'lines' | 'total'>): JSX.Element {
  const now = status.value?.now ?? 0
  const named = (status.value?.sources.length ?? 0) > 1
  const newest = lines.toReversed()
  return (
    <div class="lines">
      {total > lines.length && <p class="faint note">The newest {count(lines.length)}:</p>}
      <ol tabIndex={0} aria-label="Lines found, newest first">
        {newest.map(({ fields, ...line }, i) => {
          const { status, level } = fields
          const tone = {
            ...(typeof status === 'number' && { status }),
            ...(typeof level === 'string' && { level })
          }
          return <LineRow key={i} line={{ ...line, ...tone }} now={now} named={named} />
        })}
      </ol>
    </div>
  )
}

function Nothing({ found: { extent, period: searched } }: { readonly found: Found }): JSX.Element {
  return (
    <p class="nothing">
      No line passes.
      {searched !== 'all' && extent && (
        <>
          {' '}
          All lines are from {dateAndTime(extent.first)} to {dateAndTime(extent.last)}.{' '}
          <button type="button" onClick={() => void (period.value = 'all')}>
            Search them all
          </button>
        </>
      )}
    </p>
  )
}
