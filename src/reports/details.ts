import { readAs } from '../core/metric.ts'
import type { Block, ReportDocument, TableBlock } from './block.ts'
import type { ReportContents } from './contents.ts'
import type { MetricReading } from './period.ts'

/**
 * A report with figures alone, for those who must not see addresses, paths or lines: nothing that came out of a log is in it.
 * Columns of log text go, tables that say nothing without them, and samples. Subject and verdict are to be made without details.
 */
export function withoutDetails(document: ReportDocument): ReportDocument {
  return { ...document, blocks: document.blocks.flatMap(blockWithout) }
}

function blockWithout(block: Block): Block[] {
  if (block.type === 'samples' || block.ofLog) return []
  if (block.type !== 'table') return [block]
  const shown = block.columns.map(({ unit }) => unit !== 'log')
  if (shown.every(is => is)) return [{ ...block, rows: block.rows.map(({ query: _query, ...row }) => row) }]
  return tableWithout(block, shown)
}

/** Without its names a row says something only where another text or a time still names it. */
function tableWithout({ rest, ...block }: TableBlock, shown: readonly boolean[]): Block[] {
  const columns = block.columns.filter((_, i) => shown[i])
  if (!columns.some(({ unit }) => unit === 'text' || unit === 'time' || unit === 'day')) return []
  const of = <T>(cells: readonly T[]): T[] => cells.filter((_, i) => shown[i])
  return [
    {
      ...block,
      columns,
      rows: block.rows.map(({ query: _query, cells, ...row }) => ({ ...row, cells: of(cells) })),
      ...(rest && { rest: of(rest) })
    }
  ]
}

/** The same of contents, for the report in JSON: figures, and keys of classes such as statuses alone. */
export function contentsWithoutDetails(contents: ReportContents): ReportContents {
  const { pages: _, statics: _2, slowest: _3, vhosts: _4, moreVhosts: _5, ...rest } = contents
  const {
    crawlers: _6,
    signatures: _7,
    failures: _8,
    spans: _9,
    inErrorLog: _10,
    referrers: _11,
    ...figures
  } = rest
  const { security, alerts, quality, files } = figures
  return {
    ...figures,
    metrics: figures.metrics.map(withoutKeys),
    ...(security && {
      security: { ...security, probers: [], answered: [], exposed: [], bruteForce: [] }
    }),
    ...(alerts && { alerts: alerts.map(alert => ({ ...alert, about: '', summary: '' })) }),
    quality: { ...quality, samples: [] },
    files: files.map(file => ({ ...file, firstRejected: [] }))
  }
}

/** Keys that are no words of Visor's own are among the others. */
function withoutKeys(reading: MetricReading): MetricReading {
  const { metric, count, sum, distinct } = reading
  if (metric.classes || readAs(metric) !== 'top') return reading
  return { ...reading, top: [], other: { count, sum, distinct } }
}
