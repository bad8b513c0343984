import { useComputed } from '@preact/signals'
import type { JSX } from 'preact'
import { Chart } from '../charts/chart.tsx'
import { sum } from '../charts/legend.tsx'
import type { ChartData } from '../charts/plot.ts'
import { MINUTE_MS } from '../../core/time.ts'
import { compactText, countText } from '../format/numbers.ts'
import { dateAndTime } from '../format/times.ts'
import { status } from '../state/live.ts'
import { found, searchQuery, type SearchResult } from '../state/search.ts'
import { PERIOD_CHOICES } from '../format/periods.ts'
import { period } from '../state/summary.ts'
import { LineRow } from './line-row.tsx'
import { TopValues } from './top-values.tsx'

const HEIGHT = 196

/** What a query finds: how many lines, when, of whom, and the newest of them. */
export function FoundLines({ found: shown }: { readonly found: SearchResult }): JSX.Element {
  const { total, lines } = shown
  const asked = shown.query === searchQuery.value.trim() && shown.period === period.value
  return (
    <div class={asked ? 'found' : 'found stale'} data-query={shown.query}>
      <div class="head">
        <h2>
          <span data-figure="found">{countText(total)}</span> {total === 1 ? 'line' : 'lines'}
        </h2>
        <span class="faint">{PERIOD_CHOICES.find(choice => choice.period === shown.period)?.words}</span>
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
    const { time = [], counts: values = [], bucket = MINUTE_MS } = found.answer.value ?? {}
    return { time, bucket, series: [{ name: 'lines', color: 'tone-success', values }] }
  })
  return <Chart title="Over time" kind="stack" height={HEIGHT} data={data} format={compactText} whole={sum} />
}

function NewestLines({ lines, total }: Pick<SearchResult, 'lines' | 'total'>): JSX.Element {
  const now = status.value?.now ?? 0
  const named = (status.value?.sources.length ?? 0) > 1
  const newest = lines.toReversed()
  return (
    <div class="lines">
      {total > lines.length && <p class="faint note">The newest {countText(lines.length)}:</p>}
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

function Nothing({ found: { extent, period: searched } }: { readonly found: SearchResult }): JSX.Element {
  return (
    <p class="nothing">
      No line matches.
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
