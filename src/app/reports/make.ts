import { hashOf } from '../../alerts/life.ts'
import { toMicros, type Micros, type Millis } from '../../core/time.ts'
import { isoTime } from '../../core/units.ts'
import { valueQuery } from '../../core/value-query.ts'
import type { ReportDocument } from '../../reports/block.ts'
import type { ReportRun } from '../../reports/run.ts'
import { clockIn } from '../../core/steps.ts'
import { reasonOf } from '../../system/reason.ts'
import { eachText, ownOf, type Schedule } from './schedules.ts'
import { intervalOf, type Interval, type MissedDates } from '../../reports/schedule.ts'

/** What is asked of a period. */
export interface ReportRequest {
  readonly name: string
  readonly from: Micros
  readonly to: Micros
  readonly zone: string
  readonly where?: string | undefined
  readonly sources?: readonly string[] | undefined
  /** What alerts must be about to be in it: one of these of each. */
  readonly about?: Readonly<Record<string, readonly string[]>>
  readonly top: number
  /** Without details there is no text of logs in it. */
  readonly details: boolean
}

/** A report of a period: to be drawn, and as `visor report -o json` has it. */
export interface PeriodReport {
  readonly document: ReportDocument
  readonly json: object
  /** The first Visor's few lines of text. */
  readonly plain: string
}

export interface WatchedSource {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
}

/** Who reads periods. */
export interface PeriodReader {
  /** @throws VisorError */
  read(request: ReportRequest, signal: AbortSignal): Promise<PeriodReport>
  /** The vhosts that had requests in a period, the one with most first, each with its share of those that named one. */
  vhosts(
    request: Pick<ReportRequest, 'from' | 'to' | 'sources'>
  ): Promise<readonly { readonly name: string; readonly share: number }[]>
  /** The sources that are watched. */
  readonly sources: readonly WatchedSource[]
  /** The receivers that take reports. */
  readonly receivers: readonly string[]
  /** Where the page is, if there is one. */
  page(): string | undefined
}

/** What a report is made for. */
export interface ReportOccasion {
  readonly due: Millis
  /** When it is made. */
  readonly at: Millis
  readonly manual?: true
  /** It is only shown, and not kept. */
  readonly shown?: true
  /** Dates before it that have no report. */
  readonly missed: readonly MissedDates[]
  /** What of the period was not read yet of some sources, or of all, for people. */
  readonly unread: (sources: readonly string[] | undefined) => readonly string[]
}

/** A report that was made, and who is to get it. */
export interface MadeReport extends Partial<PeriodReport> {
  readonly run: ReportRun
  readonly receivers: readonly string[]
  readonly to?: readonly string[] | undefined
}

/** How many reports a schedule makes at a date besides those of parts that it names. */
const MAX_PARTS = 50

/** The same of vhosts, which whoever sends requests may invent: each needs such a share of the requests. */
const [MAX_VHOSTS, LEAST_SHARE] = [20, 0.01]

/** What a schedule has a report of at a date. */
interface Parts {
  /** `undefined` is the whole. */
  readonly parts: readonly (string | undefined)[]
  /** That others have none. */
  readonly left: readonly MadeReport[]
}

/** The reports of a date: one, or one for each part. A part that cannot be made is a run that says why. @throws VisorError where there is but one */
export async function makeReports(
  schedule: Schedule,
  occasion: ReportOccasion,
  reader: PeriodReader,
  signal: AbortSignal
): Promise<MadeReport[]> {
  const { parts, left } = await reportParts(schedule, occasion, reader)
  const made: MadeReport[] = []
  for (const part of parts)
    try {
      made.push(await makeReport(schedule, part, occasion, reader, signal))
    } catch (error) {
      if (part === undefined || signal.aborted) throw error
      made.push(failedReport(schedule, part, occasion, reasonOf(error)))
    }
  return [...made, ...left]
}

/** What a schedule has a report of: the whole, or each of what it names, and of what there was, the largest first. */
export async function reportParts(
  schedule: Schedule,
  occasion: ReportOccasion,
  reader: PeriodReader
): Promise<Parts> {
  const { dates, period, zone, sources, each } = schedule
  if (!each) return { parts: [undefined], left: [] }
  const { from, to } = intervalOf(dates, period, zone, occasion.due)
  const isVhost = each === 'vhost'
  const vhosts = isVhost ? await reader.vhosts({ from: toMicros(from), to: toMicros(to), sources }) : []
  const all = isVhost ? vhosts.map(one => one.name) : [...sourcesByPart(schedule, reader).keys()]
  // A vhost may have had no request; what no source is of has no report.
  const named = Object.keys(schedule.for).filter(part => isVhost || all.includes(part))
  const few = new Set(vhosts.filter(({ share }) => share < LEAST_SHARE).map(one => one.name))
  const others = all.filter(part => !named.includes(part))
  const most = isVhost ? MAX_VHOSTS : MAX_PARTS
  const made = others.filter(part => !few.has(part)).slice(0, most)
  const parts = [...named.filter(part => schedule.for[part]?.receivers?.length !== 0), ...made]
  if (others.length === made.length) return { parts, left: [] }
  const which = isVhost ? `the ${most} largest with 1 % of the requests or more` : `the ${most} largest`
  const why = `${others.length - made.length} more ${eachText(each)}s had none: ${which} get one, and those that the schedule names`
  const run = { ...runOf(schedule, undefined, occasion), state: 'left', why } as const
  return { parts, left: [{ run, receivers: [] }] }
}

/** The sources of each part, where a part is a source or what sources have as a label. */
function sourcesByPart({ each, sources }: Schedule, reader: PeriodReader): Map<string, string[]> {
  const parts = new Map<string, string[]>()
  for (const { name, labels } of reader.sources) {
    const part = typeof each === 'object' ? labels[each.label] : name
    if (part === undefined || sources?.includes(name) === false) continue
    parts.set(part, [...(parts.get(part) ?? []), name])
  }
  return parts
}

/** A report that could not be made. */
export function failedReport(
  schedule: Schedule,
  part: string | undefined,
  occasion: ReportOccasion,
  why: string
): MadeReport {
  return { run: { ...runOf(schedule, part, occasion), state: 'failed', why }, receivers: [] }
}

/** The report of a date, or of one of its parts. @throws VisorError */
export async function makeReport(
  schedule: Schedule,
  part: string | undefined,
  occasion: ReportOccasion,
  reader: PeriodReader,
  signal: AbortSignal
): Promise<MadeReport> {
  const run = runOf(schedule, part, occasion)
  const { receivers = schedule.receivers ?? reader.receivers, to = schedule.to } = ownOf(schedule, part)
  const request = requestOf(schedule, part, run, reader)
  const { document, json, plain } = await reader.read(request, signal)
  const { subject, verdict } = document
  const unread = unreadText(schedule, part, occasion, request)
  const isQuiet = schedule.quiet === 'skip' && verdict.tone === 'success' && unread === undefined
  const { interval, zone } = run
  const page = reader.page()
  return {
    run: {
      ...run,
      state: isQuiet ? 'quiet' : 'sent',
      subject: withoutStart(subject, `${request.name}: `),
      tone: verdict.tone,
      ...(unread !== undefined && { why: unread })
    },
    document: {
      ...document,
      ...(interval && { period: { from: toMicros(interval.from), to: toMicros(interval.to), zone } }),
      facts: [...document.facts, ...factsOf(schedule, occasion, unread, run.zone)],
      ...(page !== undefined && !occasion.shown && { online: `${page}reports/${encodeURIComponent(run.id)}` })
    },
    json,
    plain,
    receivers: isQuiet ? [] : receivers,
    to
  }
}

function withoutStart(text: string, start: string): string {
  return text.startsWith(start) ? text.slice(start.length) : text
}

function requestOf(
  schedule: Schedule,
  part: string | undefined,
  { interval = { from: 0, to: 0 }, zone }: Pick<ReportRun, 'interval' | 'zone'>,
  reader: PeriodReader
): ReportRequest {
  const { name, each, where, top, details } = schedule
  const isVhost = each === 'vhost' && part !== undefined
  const own = isVhost || part === undefined ? undefined : (sourcesByPart(schedule, reader).get(part) ?? [])
  const queries = [
    ...(isVhost ? [valueQuery('vhost', part)] : []),
    ...[where, ownOf(schedule, part).where].flatMap(query => (query?.trim() ? [`(${query})`] : []))
  ]
  return {
    name: part ?? name,
    from: toMicros(interval.from),
    to: toMicros(interval.to),
    zone,
    ...(queries.length > 0 && { where: queries.join(' AND ') }),
    ...(isVhost && { about: { vhost: [part] } }),
    ...(own && { about: { source: own } }),
    sources: own ?? schedule.sources,
    top,
    details
  }
}

/** A run before it is known what becomes of it. */
export function runOf(
  schedule: Schedule,
  part: string | undefined,
  { due, at, manual }: Pick<ReportOccasion, 'due' | 'at' | 'manual'>
): Omit<ReportRun, 'state'> {
  const { name, dates, period } = schedule
  const zone = ownOf(schedule, part).zone ?? schedule.zone
  return {
    id: [name, idText(due), ...(part === undefined ? [] : [hashOf(part)]), ...(manual ? ['now'] : [])].join(
      '-'
    ),
    schedule: name,
    ...(part !== undefined && { part }),
    due,
    at,
    ...(manual && { manual }),
    interval: manual ? currentOf(schedule, zone, due) : intervalOf(dates, period, zone, due),
    zone,
    notifications: []
  }
}

/** What a report is about that is made at any time: of an interval, what has passed since the last date. */
function currentOf({ dates, period }: Schedule, zone: string, now: Millis): Interval {
  return period === 'interval' ? { from: dates.last(now - 1), to: now } : intervalOf(dates, period, zone, now)
}

/** The dates of a span that have no report, as a run. */
export function missedRun(schedule: Schedule, missed: MissedDates, at: Millis): ReportRun {
  const { interval: _, ...run } = runOf(schedule, undefined, { due: missed.first, at })
  return { ...run, id: `${run.id}-missed`, state: 'missed', why: MISSED[missed.why], missed }
}

const MISSED: Readonly<Record<MissedDates['why'], string>> = {
  down: 'Visor did not run',
  behind: 'the reports before took too long'
}

/** `20261130T070000Z`. */
function idText(time: Millis): string {
  return isoTime(toMicros(time)).replaceAll(/[-:]/g, '')
}

/** Who gets the report of a part reads nothing of others: neither of the sources that are not its own, nor where vhosts share them. */
function unreadText(
  { each }: Schedule,
  part: string | undefined,
  { unread }: ReportOccasion,
  { sources }: ReportRequest
): string | undefined {
  const texts = unread(sources)
  if (texts.length === 0) return undefined
  const what = 'not all lines were read yet'
  return part !== undefined && each === 'vhost' ? what : `${what}: ${texts.join('; ')}`
}

/** What a report says of its making. */
function factsOf(
  schedule: Schedule,
  occasion: ReportOccasion,
  unread: string | undefined,
  zone: string
): ReportDocument['facts'] {
  const clock = clockIn(zone)
  return [
    { name: 'Schedule', text: `${schedule.name}: ${schedule.recurrence}` },
    ...(unread === undefined ? [] : [{ name: 'Incomplete', text: unread }]),
    ...occasion.missed.map(({ count, first, last, why }) => ({
      name: 'Missed',
      text:
        count === 1
          ? `the report of ${clock(toMicros(first))}: ${MISSED[why]}`
          : `${count} reports, of ${clock(toMicros(first))} to ${clock(toMicros(last))}: ${MISSED[why]}`
    }))
  ]
}
