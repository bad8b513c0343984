import { Fragment, type JSX } from 'preact'
import { worstFirst, type HeadlineNumber } from '../../core/metric.ts'
import type { MetricSummary, Summary } from '../../server/api-types.ts'
import { countText, percentileFormat, shareText, shortCount, sumText } from '../format/numbers.ts'
import { Tile } from './tile.tsx'

/** The few numbers that matter most in the period. */
export function Headline({ metrics }: Pick<Summary, 'metrics'>): JSX.Element {
  return (
    <dl class="headline" aria-label="Numbers of the period">
      {metrics.map(metric => (
        <Fragment key={metric.name}>
          {metric.headline?.map(number => (
            <MetricNumber key={number.of} metric={metric} number={number} />
          ))}
          {worstFirst(metric.classes ?? [])
            .filter(({ label }) => label !== undefined)
            .map(({ name, label = name, tone, count }) => (
              // Lines without a status are no answers: shares are of those that have one.
              <Tile
                key={name}
                name={`${metric.name}.${name}`}
                label={label}
                {...counted(count)}
                tone={count > 0 ? tone : undefined}
              >
                {shareText(count, metric.count)} <span class="faint">{name}</span>
              </Tile>
            ))}
        </Fragment>
      ))}
    </dl>
  )
}

interface MetricNumberProps {
  readonly metric: MetricSummary
  readonly number: HeadlineNumber
}

function MetricNumber({ metric, number: { label, of, note } }: MetricNumberProps): JSX.Element | null {
  const name = `${metric.name}.${of}`
  if (of === 'sum')
    return (
      <Tile name={name} label={label} value={sumText(metric, metric.sum)}>
        <span class="faint">
          {sumText(metric, metric.sum / metric.count)} {note}
        </span>
      </Tile>
    )
  if (of !== 'percentiles')
    return (
      <Tile name={name} label={label} {...counted(metric[of])}>
        <span class="faint">{note}</span>
      </Tile>
    )
  if (!metric.percentiles) return null
  const { p50, p95, p99 } = metric.percentiles
  const text = percentileFormat(metric)
  return (
    <Tile name={name} label={`${label}, median`} value={text(p50)}>
      <span class="faint">p95</span> {text(p95)} <span class="faint">· p99</span> {text(p99)}
    </Tile>
  )
}

function counted(count: number): { readonly value: string; readonly title: string } {
  return { value: shortCount(count), title: countText(count) }
}
