import { useComputed, type ReadonlySignal } from '@preact/signals'
import type { JSX } from 'preact'
import type { Summary, Timeline } from '../../server/api-types.ts'
import { Chart } from '../charts/chart.tsx'
import { sum } from '../charts/legend.tsx'
import type { ChartData, Series } from '../charts/plot.ts'
import { compact, duration } from '../format/numbers.ts'
import { marks } from '../state/marks.ts'
import { summary } from '../state/summary.ts'

const TALL = 208
const LOW = 116

/** Charts over the period; those without data are not shown. */
export function Timelines({ summary }: { readonly summary: Summary }): JSX.Element {
  const { requests, serverErrors, clientErrors, errorLines, latency } = summary.totals
  const requestData = useData(requestSeries)
  const errorData = useData(errorSeries)
  const severityData = useData(severitySeries)
  const latencyData = useData(latencySeries)
  const counts = { kind: 'stack', format: compact, whole: sum } as const
  return (
    <section class="timelines">
      <h2 class="hidden">Over time</h2>
      {requests > 0 && <Chart title="Requests by status" height={TALL} data={requestData} {...counts} />}
      <div class="small-charts">
        {serverErrors + clientErrors > 0 && (
          <Chart title="Requests with errors" height={LOW} data={errorData} {...counts} />
        )}
        {errorLines > 0 && <Chart title="Error log" height={LOW} data={severityData} {...counts} />}
        {latency && (
          <Chart
            title="Latency"
            kind="lines"
            height={LOW}
            data={latencyData}
            format={duration}
            whole={lastOf}
          />
        )}
      </div>
    </section>
  )
}

/** What one chart shows of the newest summary. */
function useData(series: (timeline: Timeline) => Series[]): ReadonlySignal<ChartData> {
  return useComputed(() => {
    const { timeline, bucket } = summary.value ?? { bucket: 1000 }
    return {
      time: timeline?.time ?? [],
      bucket,
      series: timeline ? series(timeline) : [],
      marks: marks.value
    }
  })
}

/** Errors lie at the bottom, where their height can be read. */
function requestSeries({ requests }: Timeline): Series[] {
  return [
    { name: '5xx', color: 'tone-5xx', values: requests['5xx'] },
    { name: '4xx', color: 'tone-4xx', values: requests['4xx'] },
    { name: 'other', color: 'tone-other', values: requests.other },
    { name: '3xx', color: 'tone-3xx', values: requests['3xx'] },
    { name: '2xx', color: 'tone-2xx', values: requests['2xx'] }
  ]
}

function errorSeries({ requests }: Timeline): Series[] {
  return [
    { name: '5xx', color: 'tone-5xx', values: requests['5xx'] },
    { name: '4xx', color: 'tone-4xx', values: requests['4xx'] }
  ]
}

function severitySeries({ errorLines }: Timeline): Series[] {
  return [
    { name: 'error+', color: 'tone-5xx', values: errorLines.error },
    { name: 'warn', color: 'tone-4xx', values: errorLines.warn },
    { name: 'lower', color: 'tone-other', values: errorLines.other }
  ]
}

function latencySeries({ p50, p95 }: Timeline): Series[] {
  return [
    { name: 'median', color: 'tone-p50', values: p50 },
    { name: 'p95', color: 'tone-p95', values: p95 }
  ]
}

/** Percentiles cannot be added, so the newest stands for the row. */
function lastOf(values: readonly (number | null)[]): number | null {
  return values.findLast(value => value !== null) ?? null
}
