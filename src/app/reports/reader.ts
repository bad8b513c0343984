import type { Config } from '../../config/schema.ts'
import type { PeriodReader } from './make.ts'
import { toCell } from '../../core/rows.ts'
import { mergedCell, ranked } from '../../core/rollup.ts'
import { windowsIn, stepOver } from '../../core/steps.ts'
import { notifierKindOf } from '../../notifiers/index.ts'
import { METRICS } from '../../metrics/index.ts'
import { reportDocument } from '../../reports/document.ts'
import { readMetrics, timelineOf } from '../../reports/period.ts'
import { jsonReport } from '../../reports/report.ts'
import type { ReportContents } from '../../reports/contents.ts'
import type { Store } from '../../store/index.ts'

/** So many keys of each metric are read. */
const MAX_KEYS = 5000

/** The receivers that take reports. */
export function receiversOf({ receivers }: Pick<Config, 'receivers'>): string[] {
  return Object.entries(receivers).flatMap(([name, receiver]) =>
    notifierKindOf(receiver).refusesReports === undefined ? name : []
  )
}

/** Reads periods from an open store. */
export function storeReader(
  store: Store,
  { sources, receivers, page }: Pick<PeriodReader, 'sources' | 'receivers' | 'page'>
): PeriodReader {
  return {
    sources,
    receivers,
    page,
    read: async ({ from, to, zone, top, name, sources = [] }) => {
      const range = { from, to, ...(sources.length > 0 && { sources }) }
      const step = stepOver(from, to, 200, 'minute')
      const bucketOf = windowsIn(step, zone)
      const [cells, time] = await Promise.all([
        store.rollup({ ...range, metrics: METRICS.map(({ name }) => name), bucket: 'all', limit: MAX_KEYS }),
        store.rollup({
          ...range,
          metrics: METRICS.filter(m => m.overTime).map(({ name }) => name),
          bucket: 60_000_000
        })
      ])
      const contents: ReportContents = {
        name,
        period: { from, to, zone },
        from,
        to,
        origin: { kind: 'store', sources },
        engine: 'embedded',
        counters: { read: 0, parsed: 0, rejected: 0, late: 0, bytes: 0 },
        files: [],
        metrics: readMetrics(METRICS, cells.map(toCell), top),
        timeline: {
          step,
          end: to,
          ...timelineOf(METRICS, time.map(toCell), at => bucketOf(at).from)
        },
        compared: [],
        quality: { samples: [], absent: [] }
      }
      return { document: reportDocument(contents), json: jsonReport(contents), plain: '' }
    },
    vhosts: async ({ from, to, sources }) => {
      const cells = await store.rollup({
        from,
        to,
        ...(sources && { sources }),
        metrics: ['vhost'],
        bucket: 'all',
        limit: MAX_KEYS
      })
      return ranked(mergedCell(cells.map(toCell), 'vhost')).map(({ key }) => key)
    }
  }
}
