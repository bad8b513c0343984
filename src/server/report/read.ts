import { ALL_TIME, distinctOf, mergedCell, type Cell } from '../../core/rollup.ts'
import { startsOf, stepOver, windowsIn, type CalendarStep } from '../../core/steps.ts'
import { AGES, type Window } from '../../core/window.ts'
import { toMicros, type Micros } from '../../core/time.ts'
import { valueQuery } from '../../core/value-query.ts'
import { METRICS } from '../../metrics/index.ts'
import { comparisonsOf, type Comparison } from '../../reports/compared.ts'
import type { ComparedPeriod, ReportContents, ReportPeriod, ReportTimeline } from '../../reports/contents.ts'
import { findingsOf, importRateOf, referrersOf, type CellFindings } from '../../reports/findings.ts'
import { lineCount } from '../../reports/measures.ts'
import { absentFields, readMetrics, timelineOf } from '../../reports/period.ts'
import type { Answers, TextParameters } from '../../store/index.ts'
import type { CellAnswer, PeriodAnswer } from '../../store/questions/answers.ts'
import { alertsIn } from './alerts.ts'
import { coverageOf, uncoveredIn, type KnownTime } from './coverage.ts'
import { askedOf, changedSignatures, readingsIn, restartsIn, samplesIn, unlessNotKept } from './lines.ts'
import type { PeriodRequest, PeriodSources } from './sources.ts'

/** So many buckets at most are shown over time. */
const MAX_BUCKETS = 200

/**
 * Reads a period of a store, with the period before and the same of the week before where these were watched.
 * @throws VisorError QUERY for a query that is wrong, NO_LINES where one needs lines that are not kept
 */
export async function readPeriod(parts: PeriodSources, request: PeriodRequest): Promise<ReportContents> {
  const { from, to, zone, where, top, name } = request
  const now = toMicros(parts.clock())
  const coverage = await coverageOf(parts, request)
  const step = stepOver(from, to, MAX_BUCKETS, finestStep(from, now))
  const answer = await ask(parts, request, { step, zone })
  const cells = answer.cells.map(cellOfAnswer)
  const metrics = readMetrics(METRICS, cells, top)
  const others = comparisonsOf({ from, to, zone }).filter(({ period }) => coverage.known(period))
  const compared = await inTurn(others, one => comparedWith(parts, request, one, coverage))
  const before = compared.find(({ reading }) => reading.period.to === from)
  const { counters, ...readings } = await readingsIn(parts.answers, request)
  const quality = {
    ...readings,
    samples: await samplesIn(parts.answers, request),
    absent: absentFields(metrics.map(({ metric, count }) => ({ name: metric.name, count })))
  }
  const uncovered = uncoveredIn(coverage, request, now)
  const timeline = timelineIn(answer, metrics, request, step, coverage.since)
  return {
    ...(name !== undefined && { name }),
    ...(where !== undefined && { where }),
    period: { from, to, zone },
    origin: { kind: 'store', sources: namedSources(parts, request) },
    engine: parts.engine,
    ...(counters && { counters }),
    ...countedIn(metrics, uncovered, request),
    files: [],
    metrics,
    ...(await withHostVisitors(
      findingsOf(cells, await visitorDays(parts, request), windowStart(zone), top),
      parts,
      request
    )),
    ...(await referrersOfPeople(cells, parts, request)),
    timeline,
    // Of what of the period was watched.
    ...importRateOf(timeline, { from: Math.max(from, coverage.since ?? to), to: Math.min(to, now), zone }),
    compared: compared.map(({ reading }) => reading),
    quality,
    ...(answer.cut !== undefined && { cut: toMicros(answer.cut) }),
    ...(await changedSignatures(cells, before?.reading.complete ? before.cells : undefined, parts, request)),
    ...(await alertsIn(parts.history, request)),
    ...(await restartsIn(parts.answers, request)),
    ...(uncovered.length > 0 && { uncovered })
  }
}

/** The sources that are named; to those who are to read of one vhost alone, those that it shares with others are not. */
function namedSources(
  { sources: all = [] }: PeriodSources,
  { sources = all, about }: PeriodRequest
): readonly string[] {
  return about && 'vhost' in about ? [] : sources
}

/** Windows of lines as old as that are not finer. */
function finestStep(from: Micros, now: Micros): CalendarStep {
  if (from >= now - AGES.older) return 'minute'
  return from >= now - AGES.oldest ? '5 minutes' : '15 minutes'
}

function ask(
  { answers }: PeriodSources,
  request: PeriodRequest,
  more: TextParameters
): ReturnType<Answers['period']> {
  return answers.period({ ...askedOf(request), ...more }, request.call)
}

async function comparedWith(
  parts: PeriodSources,
  request: PeriodRequest,
  { label, period }: Comparison,
  coverage: KnownTime
): Promise<{ readonly reading: ComparedPeriod; readonly cells: readonly Cell[] }> {
  const other = { ...request, ...period }
  const step = stepOver(period.from, period.to, MAX_BUCKETS, finestStep(period.from, toMicros(parts.clock())))
  const answer = await ask(parts, other, { step, zone: period.zone })
  const { counters } = await readingsIn(parts.answers, other)
  const cells = answer.cells.map(cellOfAnswer)
  const metrics = readMetrics(METRICS, cells, request.top)
  const complete = coverage.complete(period)
  const timeline = timelineIn(answer, metrics, period, step, coverage.since)
  const { visitors, bots, slowest } = findingsOf(cells, [], windowStart(period.zone), request.top)
  return {
    reading: {
      label,
      period,
      complete,
      ...(counters && { counters }),
      metrics,
      ...importRateOf(timeline, period),
      ...(visitors && { visitors }),
      ...(bots && { bots }),
      ...(slowest && { slowest })
    },
    cells
  }
}

/** Visitors are told by day of so many days at most. */
const MAX_DAYS = 31

/** The visitors of each day of the zone, where the period is of several. */
async function visitorDays(parts: PeriodSources, request: PeriodRequest): Promise<Cell[]> {
  const { from, to, zone } = request
  const day = windowsIn('day', zone)
  const days: Window[] = []
  for (let next = day(from); next.from < to; next = day(next.to)) days.push(next)
  if (days.length < 2 || days.length > MAX_DAYS) return []
  const all = await inTurn(days, async ({ from: begin, to: end }) => {
    const part = { ...request, from: Math.max(begin, from), to: Math.min(end, to) }
    const { cells } = await ask(parts, part, { metrics: 'visitor' })
    return cells.map(cell => ({ ...cellOfAnswer(cell), window: begin }))
  })
  return all.flat()
}

/** So many virtual hosts have their visitors counted, those with most requests. */
const MAX_HOSTS = 20

/** The visitors of each of several virtual hosts: of lines, where these are kept, since counts do not tell. */
async function withHostVisitors(
  findings: CellFindings,
  parts: PeriodSources,
  request: PeriodRequest
): Promise<CellFindings> {
  const { visitors, vhosts = [] } = findings
  if (!visitors || vhosts.length < 2) return findings
  const counted = await inTurn(vhosts.slice(0, MAX_HOSTS), async host => {
    const own = [
      valueQuery('vhost', host.name),
      ...(request.where === undefined ? [] : [`(${request.where})`])
    ]
    const answer = await unlessNotKept(
      ask(parts, { ...request, where: own.join(' AND ') }, { metrics: 'visitor' })
    )
    const cell = answer && mergedCell(answer.cells.map(cellOfAnswer), 'visitor')
    return { ...host, ...(cell && { visitors: distinctOf(cell) }) }
  })
  return { ...findings, vhosts: [...counted, ...vhosts.slice(MAX_HOSTS)] }
}

/** Referring pages without those that programs name: of lines, where these are kept. */
async function referrersOfPeople(
  cells: readonly Cell[],
  parts: PeriodSources,
  request: PeriodRequest
): Promise<Pick<ReportContents, 'referrers'>> {
  const [bots, vhosts] = ['bot', 'vhost'].map(name => cells.find(({ metric }) => metric === name))
  if (!vhosts || !bots) return {}
  const where = ['NOT bot:*', ...(request.where === undefined ? [] : [`(${request.where})`])].join(' AND ')
  const answer = await unlessNotKept(ask(parts, { ...request, where }, { metrics: 'referrer' }))
  if (!answer) return {}
  return referrersOf(mergedCell(answer.cells.map(cellOfAnswer), 'referrer'), vhosts, request.top, true)
}

function windowStart(zone: string): (time: Micros) => Micros {
  const days = windowsIn('day', zone)
  return time => days(time).from
}

function timelineIn(
  answer: Pick<PeriodAnswer, 'timeline'>,
  metrics: ReportContents['metrics'],
  { from, to, zone }: ReportPeriod,
  step: CalendarStep,
  since: Micros | undefined
): ReportTimeline {
  const windowing = windowsIn(step, zone)
  // Before anything was watched, nothing is known.
  const begin = windowing(Math.max(from, Math.min(since ?? to, to - 1))).from
  const starts = startsOf(windowing, begin, to)
  const overTime = METRICS.filter(metric => metric.overTime)
  return {
    step,
    end: to,
    ...timelineOf(overTime, answer.timeline.map(cellOfAnswer), metrics, time => time, starts)
  }
}

/** How many lines were counted; that there were none is known only where somebody watched. */
function countedIn(
  metrics: ReportContents['metrics'],
  uncovered: NonNullable<ReportContents['uncovered']>,
  { from, to }: ReportPeriod
): Pick<ReportContents, 'counted'> {
  const counted = lineCount({ metrics })
  const unknown = uncovered.some(span => span.from <= from && span.to >= to)
  return counted === 0 && unknown ? {} : { counted }
}

/** One after the other: all ask the same store. */
async function inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>
): Promise<Result[]> {
  const results: Result[] = []
  for (const item of items) results.push(await work(item))
  return results
}

/** The cell of an answer. */
function cellOfAnswer({ metric, time, keys, other: [count, sum], sketch }: CellAnswer): Cell {
  return {
    window: time === undefined ? ALL_TIME : toMicros(time),
    source: '',
    metric,
    keys: new Map(keys.map(([key, count, sum]) => [key, { count, sum }])),
    other: { count, sum },
    sketch: sketch === undefined ? undefined : Uint8Array.from(Buffer.from(sketch, 'base64'))
  }
}
