import type { Config } from '../../config/schema.ts'
import { toCell } from '../../core/rows.ts'
import { mergedCell, ranked, totalOf } from '../../core/rollup.ts'
import type { Clock } from '../../core/time.ts'
import { notifierKindOf } from '../../notifiers/index.ts'
import { contentsWithoutDetails, withoutDetails } from '../../reports/details.ts'
import { reportDocument } from '../../reports/document.ts'
import { jsonReport } from '../../reports/report.ts'
import { plainSummary } from '../../reports/text/plain.ts'
import { readPeriod } from '../../server/report/read.ts'
import type { PeriodSources } from '../../server/report/sources.ts'
import { answersOf, withLines, type LineQuestions, type Store } from '../../store/index.ts'
import type { PeriodReader } from './make.ts'

/** So many vhosts are read, those with most requests. */
const MAX_VHOSTS = 1000

/** The receivers that take reports. */
export function receiversOf({ receivers }: Pick<Config, 'receivers'>): string[] {
  return Object.entries(receivers).flatMap(([name, receiver]) =>
    notifierKindOf(receiver).refusesReports === undefined ? name : []
  )
}

interface ReaderParts {
  readonly store: Store
  /** Who answers questions about lines where they are not in the store. */
  readonly lines: LineQuestions | undefined
  readonly history: PeriodSources['history']
  readonly clock: Clock
  readonly page: () => string | undefined
}

/** Reads periods from an open store. */
export function storeReader(
  config: Config,
  { store, lines, history, clock, page }: ReaderParts
): PeriodReader {
  const parts: PeriodSources = {
    answers: answersOf(withLines(store, lines)),
    ...(history && { history }),
    engine: config.engine.type === 'spark' ? 'spark' : 'embedded',
    clock,
    sources: Object.keys(config.sources)
  }
  return {
    sources: Object.entries(config.sources).map(([name, { labels = {} }]) => ({ name, labels })),
    receivers: receiversOf(config),
    page,
    read: async ({ details, ...request }, signal) => {
      const contents = await readPeriod(parts, { ...request, call: { signal } })
      const document = reportDocument(contents, { details })
      return {
        document: details ? document : withoutDetails(document),
        json: jsonReport(details ? contents : contentsWithoutDetails(contents)),
        plain: plainSummary(contents, details)
      }
    },
    vhosts: async ({ from, to, sources }) => {
      const cells = await store.rollup({
        from,
        to,
        ...(sources && { sources }),
        metrics: ['vhost'],
        bucket: 'all',
        limit: MAX_VHOSTS
      })
      const cell = mergedCell(cells.map(toCell), 'vhost')
      const all = totalOf(cell).count
      return ranked(cell).map(({ key, count }) => ({ name: key, share: count / all }))
    }
  }
}
