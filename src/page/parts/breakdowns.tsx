import type { JSX } from 'preact'
import { readAs } from '../../core/metric.ts'
import { absentFields } from '../../reports/period.ts'
import type { MetricSummary, Summary } from '../../server/api-types.ts'
import { messages } from '../state/search.ts'
import { Breakdown } from './breakdown.tsx'
import { Signatures } from './signatures.tsx'

/** The tables of all metrics with keys, in their groups. */
export function Breakdowns({ metrics }: Pick<Summary, 'metrics'>): JSX.Element {
  const tables = metrics.filter(metric => readAs(metric) === 'top')
  const absent = absentFields(metrics)
  return (
    <>
      {Array.from(
        Map.groupBy(tables, ({ group }) => group),
        ([group, shown]) => (
          <section key={group} class="group">
            <h2>{group}</h2>
            <div class="columns">
              {columnsOf(shown).map(column => (
                <div key={column[0]?.name} class={column.some(one => one.details) ? 'column wide' : 'column'}>
                  {column.map(metric => (
                    <Table key={metric.name} metric={metric} />
                  ))}
                </div>
              ))}
            </div>
          </section>
        )
      )}
      {absent.length > 0 && (
        <p class="faint not-told">
          The requests of this time have no {absent.join(', no ')}: what depends on that is left out, and does
          not count as zero.
        </p>
      )}
    </>
  )
}

/** Columns beside each other where there is room. */
function columnsOf(metrics: readonly MetricSummary[]): MetricSummary[][] {
  const columns: MetricSummary[][] = []
  for (const metric of metrics) {
    const last = columns.at(-1)
    if (metric.below && last) last.push(metric)
    else columns.push([metric])
  }
  return columns
}

/** A table; the store shows more of some keys than how many they are, unless it cannot be asked. */
function Table({ metric }: { readonly metric: MetricSummary }): JSX.Element | null {
  if (metric.details !== 'signatures' || messages.failure.value !== undefined)
    return <Breakdown metric={metric} />
  const signatures = messages.answer.value
  return signatures ? <Signatures signatures={signatures} /> : null
}
