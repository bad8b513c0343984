import { clockIn } from '../core/steps.ts'
import { MINUTE, toMillis } from '../core/time.ts'
import { counted, formatBytes, formatCount, formatSpan } from '../core/units.ts'
import { LINE_METRICS } from '../metrics/classes.ts'
import type { Block, ReportDocument } from './block.ts'
import type { ReportContents, ReportPeriod } from './contents.ts'
import { metricNamed } from './measures.ts'
import { SECTIONS, type AnySection } from './report.ts'
import { spanOfTimes } from './value.ts'
import { judged } from './verdict.ts'

/** What a document is made with. */
export interface DocumentOptions {
  readonly sections?: readonly AnySection[]
  /** Whether subject and verdict may hold words of logs: addresses, paths, hosts, messages. They may when absent. */
  readonly details?: boolean
}

/** The report of some contents, to be drawn. */
export function reportDocument(
  contents: ReportContents,
  { sections = SECTIONS, details = true }: DocumentOptions = {}
): ReportDocument {
  const { period, link } = contents
  const { verdict, short } = judged(contents, { details })
  return {
    subject: subjectOf(contents, short),
    verdict,
    period,
    facts: factsOf(contents),
    blocks: sections.flatMap(section => section.blocks(contents)).filter(holdsAnything),
    ...(link !== undefined && { link })
  }
}

/** Whether there is anything to see of a block besides its title. */
function holdsAnything(block: Block): boolean {
  switch (block.type) {
    case 'figures':
      return block.figures.length > 0
    case 'table':
      return block.rows.length > 0
    case 'chart':
      return block.time.length > 0
    case 'samples':
      return block.samples.length > 0
    default:
      return block.sentences.length > 0
  }
}

/** `shop: 5xx 2.3 % (+0.9 points), 1,234 requests – 2026-11-30 09:00 to 10:00 Europe/Berlin`. */
function subjectOf(contents: ReportContents, short: string): string {
  const { name = 'Visor report', period } = contents
  const counts = LINE_METRICS.flatMap(metric => {
    const reading = metricNamed(contents, metric)
    return reading ? [counted(reading.count, metric === 'level' ? 'error-log line' : 'request')] : []
  })
  const what = [short, ...counts.slice(0, 1)].join(', ')
  return `${name}: ${what}${period ? ` – ${shortPeriod(period)}` : ''}`
}

/** With seconds where minutes would not tell it from its neighbours. */
function shortPeriod({ from, to, zone }: ReportPeriod): string {
  const clock = clockIn(zone)
  const isShort = to - from < 10 * MINUTE && (from % MINUTE !== 0 || to % MINUTE !== 0)
  const length = isShort ? 19 : 16
  return `${spanOfTimes(clock(from).slice(0, length), clock(to).slice(0, length))} ${zone}`
}

function factsOf(contents: ReportContents): ReportDocument['facts'] {
  const {
    where,
    period,
    counters,
    counted: lines,
    origin,
    files,
    engine,
    uncovered = [],
    cut,
    alerts,
    copies = []
  } = contents
  const clock = clockIn(period?.zone ?? 'UTC')
  const facts: [name: string, text: string | undefined][] = [
    ['Lines', lines === undefined ? counters && linesText(counters) : `${formatCount(lines)} of this time`],
    ['Where', where],
    [
      'Period',
      period &&
        `${clock(period.from)} to ${clock(period.to)} ${period.zone} (${formatSpan(toMillis(period.to - period.from))})`
    ],
    [
      'Read',
      origin.kind === 'files'
        ? `${filesText(files)}, ${formatBytes(counters?.bytes ?? 0)}`
        : counters && `in this time, also of other times: ${linesText(counters)}`
    ],
    [
      'Left out',
      copies.length > 0 ? copies.map(({ path, of }) => `${path} (${of} has its lines)`).join(', ') : undefined
    ],
    ['Sources', origin.kind === 'store' && origin.sources.length > 0 ? origin.sources.join(', ') : undefined],
    ['Engine', engine],
    [
      'Alerts',
      origin.kind === 'store' && alerts === undefined
        ? 'not evaluated: Visor did not watch all of this time; lines that are read in later fire none'
        : undefined
    ],
    [
      'Not whole',
      uncovered.length > 0
        ? `${counted(uncovered.length, 'part')} of the period ${uncovered.length === 1 ? 'was' : 'were'} not watched`
        : undefined
    ],
    [
      'Ends',
      cut === undefined || cut === 0
        ? undefined
        : `may be off by ${formatSpan(toMillis(cut))}: only counts of longer windows are kept`
    ]
  ]
  return facts.flatMap(([name, text]) => (text === undefined ? [] : [{ name, text }]))
}

/** `2 files`, `1 of 2 files`. */
function filesText(files: ReportContents['files']): string {
  const unread = files.filter(({ problem, counters }) => problem !== undefined && counters.read === 0).length
  const all = counted(files.length, 'file')
  return unread === 0 ? all : `${formatCount(files.length - unread)} of ${all}`
}

function linesText({ read, parsed, rejected, late }: NonNullable<ReportContents['counters']>): string {
  const [all, good, bad, old] = [read, parsed, rejected, late].map(formatCount)
  return `${all} read = ${good} parsed + ${bad} rejected + ${old} late`
}
