import { Fragment, type ComponentChildren, type JSX } from 'preact'
import type { HeadlineNumber } from '../../core/metric.ts'
import type { MetricSummary, Summary } from '../../server/api-types.ts'
import { worstFirst } from '../charts/series.ts'
import { compactText, countText, durationText, MAX_FULL, measureText, shareText } from '../format/numbers.ts'

/** The few numbers that matter most in the period. */
export function Headline({ metrics }: Pick<Summary, 'metrics'>): JSX.Element {
  return (
    <dl class="headline" aria-label="Numbers of the period">
      {metrics.map(metric => (
        <Fragment key={metric.name}>
          {metric.figures?.map(figure => (
            <MetricFigure key={figure.of} metric={metric} figure={figure} />
          ))}
          {worstFirst(metric.classes ?? [])
            .filter(({ label }) => label !== undefined)
            .map(({ name, label = name, tone, count }) => (
              <Count key={name} name={`${metric.name}.${name}`} label={label} value={count} tone={tone}>
                {shareText(count, metric.whole)} <span class="faint">{name}</span>
              </Count>
            ))}
        </Fragment>
      ))}
    </dl>
  )
}

interface MetricFigureProps {
  readonly metric: MetricSummary
  readonly figure: HeadlineNumber
}

function MetricFigure({ metric, figure: { label, of, note } }: MetricFigureProps): JSX.Element | null {
  const { name, sum, sumUnit, percentiles } = metric
  switch (of) {
    case 'sum':
      return (
        <Plain label={label} value={measureText(sum, sumUnit)}>
          <span class="faint">
            {measureText(sum / metric.count, sumUnit)} {note}
          </span>
        </Plain>
      )
    case 'percentiles': {
      if (!percentiles) return null
      const text = sumUnit === 'microseconds' ? durationText : (value: number) => measureText(value, sumUnit)
      return (
        <Plain label={`${label}, median`} value={text(percentiles.p50)}>
          <span class="faint">p95</span> {text(percentiles.p95)} <span class="faint">· p99</span>{' '}
          {text(percentiles.p99)}
        </Plain>
      )
    }
    default:
      return (
        <Count name={`${name}.${of}`} label={label} value={metric[of]}>
          <span class="faint">{note}</span>
        </Count>
      )
  }
}

interface CountProps {
  readonly name: string
  readonly label: string
  readonly value: number
  readonly tone?: string
  readonly children?: ComponentChildren
}

function Count({ name, label, value, tone, children }: CountProps): JSX.Element {
  return (
    <div class={value > 0 && tone ? `figure tone-${tone}` : 'figure'}>
      <dt>{label}</dt>
      <dd data-figure={name} title={countText(value)}>
        {value < MAX_FULL ? countText(value) : compactText(value)}
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
