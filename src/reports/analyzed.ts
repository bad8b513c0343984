import type { Analysis, AnalyzedFile } from '../core/analysis.ts'
import type { Metric } from '../core/metric.ts'
import { ALL_TIME } from '../core/rollup.ts'
import { stepOver, windowsIn } from '../core/steps.ts'
import type { Quality, ReportContents } from './contents.ts'
import { findingsOf, importRateOf } from './findings.ts'
import { readMetrics, timelineOf } from './period.ts'

/** What of an analysis a report does not know by itself. */
export interface ReportOptions {
  readonly where?: string | undefined
  readonly engine?: ReportContents['engine']
  readonly name?: string
}

/** So many buckets at most are shown over time. */
const MAX_BUCKETS = 200

/** Reads an analysis of files: of each of `metrics` the `top` largest keys. */
export function reportContents(
  { rollup, zone = 'UTC', step: least = 'hour', ...analysis }: Analysis,
  metrics: readonly Metric[],
  top: number,
  { where, engine = 'embedded', name }: ReportOptions = {}
): ReportContents {
  const cells = [...rollup.values()]
  const [overall = [], windows = []] = [true, false].map(is =>
    cells.filter(({ window }) => (window === ALL_TIME) === is)
  )
  const { from, to, files } = analysis
  const step = stepOver(from ?? 0, to ?? 0, MAX_BUCKETS, least)
  const [bucketOf, dayOf] = [windowsIn(step, zone), windowsIn('day', zone)]
  const overTime = metrics.filter(({ overTime, classes }) => overTime ?? classes)
  const names = new Set(overTime.map(metric => metric.name))
  const readings = readMetrics(metrics, overall, top)
  const timeline = {
    step,
    end: bucketOf(to ?? 0).to,
    ...timelineOf(
      overTime,
      windows.filter(({ metric }) => names.has(metric)),
      readings,
      time => bucketOf(time).from
    )
  }
  const period = from === undefined || to === undefined ? undefined : { from, to, zone }
  const days = windows.filter(({ metric }) => metric === 'visitor')
  return {
    ...analysis,
    ...(name !== undefined && { name }),
    ...(where !== undefined && { where }),
    ...(period && { period }),
    ...(period && importRateOf(timeline, period)),
    origin: { kind: 'files' },
    engine,
    metrics: readings,
    ...findingsOf(overall, days, time => dayOf(time).from, top),
    timeline,
    compared: [],
    quality: qualityOf(files)
  }
}

function qualityOf(files: readonly AnalyzedFile[]): Quality {
  const reasons = new Map<string, number>()
  for (const file of files)
    for (const { reason, count } of file.reasons ?? [])
      reasons.set(reason, (reasons.get(reason) ?? 0) + count)
  const access = files.filter(({ kinds }) => kinds.includes('access'))
  return {
    reasons: Array.from(reasons, ([reason, count]) => ({ reason, count })).sort((a, b) => b.count - a.count),
    samples: files.flatMap(({ path, firstRejected }) =>
      firstRejected.map(({ line, reason, text }) => ({ where: `${path}:${line}`, reason, text }))
    ),
    absent:
      access.length > 0
        ? TOLD.filter(field => access.every(({ fields }) => fields && !tells(fields, field)))
        : []
  }
}

/** Servers log the bytes of an answer with its head or without. */
function tells(fields: readonly string[], field: string): boolean {
  return fields.includes(field) || (field === 'bytes' && fields.includes('bytes_out'))
}

/** Fields of access logs that reports tell of. */
const TOLD = ['duration', 'agent', 'referrer', 'vhost', 'status', 'bytes', 'path', 'client'] as const
