import { toSeconds } from '../core/time.ts'
import { distinctOf, mergedCell, ranked, totalOf, type Cell, type Ranked } from '../core/rollup.ts'
import type { Micros } from '../core/time.ts'
import { percentilesOf } from '../core/readings.ts'
import { windowsIn } from '../core/steps.ts'
import { LINE_METRICS, SEVERITY_CLASSES, STATUS_CLASSES } from '../metrics/classes.ts'
import { isStatic } from '../derived/path/resource.ts'
import { LOGIN, TARGET } from '../derived/path/target.ts'
import type {
  CrawlerReading,
  Finding,
  ReportContents,
  ReportPeriod,
  ReportTimeline,
  SecurityFindings,
  TimedPath,
  VhostReading,
  VisitorCount
} from './contents.ts'
import { requestsIn } from './period.ts'

/** What sections read of cells besides tables of keys. */
export type CellFindings = Pick<
  ReportContents,
  | 'failures'
  | 'inErrorLog'
  | 'referrers'
  | 'lengths'
  | 'visitors'
  | 'vhosts'
  | 'moreVhosts'
  | 'crawlers'
  | 'security'
  | 'pages'
  | 'statics'
  | 'slowest'
  | 'bots'
>

/** Cells by their metrics. */
type CellOf = (metric: string) => Cell

/**
 * What the cells of a period come to, of any windows and sources. `dayOf` gives the day that a window is in; windows of
 * `visitor` that no day holds are not among `days`.
 */
export function findingsOf(
  cells: readonly Cell[],
  days: readonly Cell[],
  dayOf: (time: Micros) => Micros,
  top: number
): CellFindings {
  const byMetric = Map.groupBy(cells, ({ metric }) => metric)
  const cellOf: CellOf = metric => mergedCell(byMetric.get(metric) ?? [], metric)
  const inErrorLog = inErrorLogOf(cellOf)
  const failures = { ...failuresOf(cellOf, top), ...inErrorLog }
  if (!byMetric.has('requests')) return failures
  const visitors = byMetric.has('client') ? visitorsOf(cellOf('visitor'), days, dayOf) : undefined
  return {
    ...failures,
    ...(visitors && { visitors }),
    ...(byMetric.has('vhost') && vhostsOf(cellOf, top)),
    ...referrersOf(
      cellOf('referrer'),
      cellOf('vhost'),
      top,
      byMetric.has('agent') && totalOf(cellOf('bot')).count === 0
    ),
    ...(byMetric.has('agent') && { crawlers: crawlersOf(cellOf, top), bots: tallyOf(cellOf('bot')) }),
    ...(byMetric.has('path') && { security: securityOf(cellOf, inErrorLog, top), ...pathsOf(cellOf, top) }),
    lengths: lengthsOf(cellOf)
  }
}

/** Hosts with less of the requests may have been invented by who sent them. */
const LEAST_SHARE = 0.01

/** The referring pages of a cell, by the virtual hosts of another; `people` says that the first has no programs. */
export function referrersOf(
  referrers: Cell,
  vhosts: Cell,
  top: number,
  people = false
): Pick<ReportContents, 'referrers'> {
  const { count } = totalOf(vhosts)
  const hosts = new Set(
    ranked(vhosts)
      .filter(one => one.count >= LEAST_SHARE * count)
      .map(({ key }) => key.toLowerCase())
  )
  const all = ranked(referrers)
  if (hosts.size === 0 || all.length === 0) return {}
  const isOwn = ({ key }: Ranked): boolean => hosts.has(hostOf(key))
  const [own, others] = [all.filter(isOwn), all.filter(one => !isOwn(one))]
  const shown = (list: Ranked[]): Finding[] => list.slice(0, top).map(findingOf)
  const lengths = { others: others.length, own: own.length }
  return { referrers: { others: shown(others), own: shown(own), lengths, people } }
}

/** The host of an address, in small letters; empty where it has none. */
function hostOf(address: string): string {
  return /^https?:\/\/(?:[^/?#@]*@)?([^/:?#]+)/i.exec(address)?.[1]?.toLowerCase() ?? ''
}

/** How many there are in all of what is listed. Of paths whose names are not held it is not known what they are. */
function lengthsOf(cellOf: CellOf): NonNullable<ReportContents['lengths']> {
  const path = cellOf('path')
  const statics = Array.from(path.keys.keys()).filter(isStatic).length
  const [slowest, crawlers, probers] = ['path_duration', 'bot', 'probe_client'].map(name =>
    distinctOf(cellOf(name))
  )
  return {
    ...(path.other.count === 0 && { pages: path.keys.size - statics, statics }),
    ...(slowest && { slowest }),
    ...(crawlers && { crawlers }),
    ...(probers && { probers })
  }
}

/** Messages of error logs with their severities, as those of errors. */
function failuresOf(cellOf: CellOf, top: number): Pick<ReportContents, 'failures'> {
  const failures = new Map<string, Finding>()
  for (const [key, { count }] of cellOf('level_message').keys) {
    const blank = key.indexOf(' ')
    if (SEVERITY_CLASSES.classOf(key.slice(0, blank)) !== 'error') continue
    const message = key.slice(blank + 1)
    failures.set(message, { key: message, count: count + (failures.get(message)?.count ?? 0), bytes: 0 })
  }
  if (failures.size === 0) return {}
  return { failures: [...failures.values()].sort(byCount).slice(0, top) }
}

function byCount(a: Finding, b: Finding): number {
  return b.count - a.count || (a.key < b.key ? -1 : 1)
}

/** The standard error of a sketch of 4096 registers. */
const SKETCH_ERROR = 0.016

function visitorsOf(all: Cell, days: readonly Cell[], dayOf: (time: Micros) => Micros): VisitorCount {
  const byDay = Map.groupBy(days, ({ window }) => dayOf(window))
  return {
    count: distinctOf(all),
    requests: totalOf(all).count,
    error: all.sketch ? SKETCH_ERROR : 0,
    days: [...byDay]
      .sort(([a], [b]) => a - b)
      .map(([day, cells]) => ({ day, count: distinctOf(mergedCell(cells, all.metric)) }))
  }
}

function tallyOf(cell: Cell): { readonly requests: number; readonly bytes: number } {
  const { count, sum } = totalOf(cell)
  return { requests: count, bytes: sum }
}

function vhostsOf(cellOf: CellOf, top: number): Pick<ReportContents, 'vhosts' | 'moreVhosts'> {
  const [vhost, status, duration] = ['vhost', 'vhost_status', 'vhost_duration'].map(cellOf)
  const statuses = byHost(status!)
  const durations = byHost(duration!)
  const failures = ranked(cellOf('failed_vhost_path'))
  const shown = ranked(vhost!, top).map(({ key, count, sum }): VhostReading => {
    const classes = statuses.get(key) && classesOf(statuses.get(key)!)
    const failed = failures
      .filter(one => one.key.startsWith(`${key} `))
      .slice(0, top)
      .map(({ key: path, count, sum }) => ({ key: path.slice(key.length + 1), count, bytes: sum }))
    const p95 = percentilesOf({ keys: durations.get(key) ?? new Map() })?.p95
    return {
      name: key,
      requests: count,
      bytes: sum,
      ...(p95 !== undefined && { p95: toSeconds(p95) }),
      ...(classes && { classes }),
      ...(failed.length > 0 && { failed })
    }
  })
  return { vhosts: shown, moreVhosts: Math.max(0, distinctOf(vhost!) - shown.length) }
}

/** The first parts of keys `404 shop.example` by their hosts. */
function byHost({ keys }: Cell): Map<string, Cell['keys']> {
  const hosts = new Map<string, Cell['keys']>()
  for (const [key, tally] of keys) {
    const blank = key.indexOf(' ')
    const host = key.slice(blank + 1)
    const own = hosts.get(host) ?? new Map()
    hosts.set(host, own.set(key.slice(0, blank), tally))
  }
  return hosts
}

function classesOf(statuses: Cell['keys']): Record<string, number> {
  const classes: Record<string, number> = {}
  for (const [status, { count }] of statuses) {
    const name = STATUS_CLASSES.classOf(status)
    classes[name] = (classes[name] ?? 0) + count
  }
  return classes
}

function crawlersOf(cellOf: CellOf, top: number): CrawlerReading[] {
  const times = cellOf('bot_duration').keys
  const [duration, requests] = [totalOf(cellOf('duration')), requestsIn(cellOf)]
  return ranked(cellOf('bot'), top).map(({ key, count, sum }) => {
    const time = times.get(key)?.sum
    return {
      name: key,
      requests: count,
      bytes: sum,
      ...(time !== undefined && { seconds: toSeconds(time) }),
      share: time !== undefined && duration.sum > 0 ? time / duration.sum : count / requests.count
    }
  })
}

/** From so many attempts on, which are at least half of all that a client asks, it is no person who has forgotten a password. */
const MANY_ATTEMPTS = 20

/** Targets that nobody means to be public. */
const GRAVE: ReadonlySet<string> = new Set(['secrets', 'shells', 'backups', 'injection'])

function securityOf(
  cellOf: CellOf,
  { inErrorLog }: Pick<ReportContents, 'inErrorLog'>,
  top: number
): SecurityFindings {
  const targets = ranked(cellOf('target')).filter(({ key }) => key !== LOGIN)
  const clients = cellOf('client').keys
  const [atLogin, refused] = [cellOf('login_client').keys, cellOf('refused_client').keys]
  const attempts = [...new Set([...atLogin.keys(), ...refused.keys()])].map(key => {
    // A refused login is counted by both.
    const [one, other] = [atLogin.get(key), refused.get(key)]
    const tally = (one?.count ?? 0) > (other?.count ?? 0) ? one : other
    return {
      key,
      count: tally?.count ?? 0,
      bytes: tally?.sum ?? 0,
      of: (clients.get(key)?.count ?? 0) - (inErrorLog?.get(key)?.lines ?? 0)
    }
  })
  const answered = ranked(cellOf('answered_probe')).map(findingOf)
  const forced = attempts.filter(({ count, of }) => count >= MANY_ATTEMPTS && count >= of / 2)
  return {
    probes: targets.map(findingOf),
    probed: targets.reduce((sum, { count }) => sum + count, 0),
    probers: ranked(cellOf('probe_client'), top).map(findingOf),
    answered: answered.slice(0, top),
    answeredPaths: distinctOf(cellOf('answered_probe')),
    exposed: answered.filter(({ key }) => GRAVE.has(TARGET.derive(key) ?? '')),
    bruteForce: forced.sort(byCount).slice(0, top)
  }
}

/** Lines of error logs by client. */
function inErrorLogOf(cellOf: CellOf): Pick<ReportContents, 'inErrorLog'> {
  const found = new Map<string, { lines: number; errors: number }>()
  for (const [key, { count }] of cellOf('level_client').keys) {
    const blank = key.indexOf(' ')
    const isError = SEVERITY_CLASSES.classOf(key.slice(0, blank)) === 'error'
    const client = key.slice(blank + 1)
    const { lines = 0, errors = 0 } = found.get(client) ?? {}
    found.set(client, { lines: lines + count, errors: errors + (isError ? count : 0) })
  }
  return found.size > 0 ? { inErrorLog: found } : {}
}

function findingOf({ key, count, sum }: Ranked): Finding {
  return { key, count, bytes: sum }
}

/** Pages and static files apart, and the paths that took most time. */
function pathsOf(cellOf: CellOf, top: number): Pick<ReportContents, 'pages' | 'statics' | 'slowest'> {
  const all = ranked(cellOf('path'))
  const [statics, pages] = [true, false].map(is => all.filter(({ key }) => isStatic(key) === is))
  const timed = ranked(cellOf('path_duration')).map(({ key, count, sum }): TimedPath => ({
    key,
    count,
    seconds: toSeconds(sum),
    mean: toSeconds(sum / count)
  }))
  return {
    pages: (pages ?? []).slice(0, top).map(findingOf),
    statics: (statics ?? []).slice(0, top).map(findingOf),
    ...(timed.length > 0 && { slowest: timed.sort((a, b) => b.seconds - a.seconds).slice(0, top) })
  }
}

/** How many lines were counted a second of a period on the average, and in the bucket with most of them. */
export function importRateOf(
  { time: starts, metrics, step }: ReportTimeline,
  { zone, ...span }: ReportPeriod
): Pick<ReportContents, 'importRate'> {
  const windowing = windowsIn(step, zone)
  const endOf = (start: Micros): Micros => windowing(start).to
  const lines = metrics.filter(({ metric }) => LINE_METRICS.includes(metric.name))
  const counts = starts.map((_, i) =>
    lines.reduce((sum, { count, lines = count }) => sum + (lines[i] ?? 0), 0)
  )
  const total = counts.reduce((sum, count) => sum + count, 0)
  const seconds = toSeconds(span.to - span.from)
  if (total === 0 || seconds <= 0) return {}
  let most: { peak: number; peakFrom: Micros; peakTo: Micros } | undefined
  starts.forEach((start, i) => {
    const [from, to] = [Math.max(start, span.from), Math.min(endOf(start), span.to)]
    // The ends of a period may cut a bucket to next to nothing.
    const whole = to - from >= (endOf(start) - start) / 2 || starts.length === 1
    const peak = (counts[i] ?? 0) / toSeconds(to - from)
    if (whole && to > from && !(most && most.peak >= peak)) most = { peak, peakFrom: from, peakTo: to }
  })
  const average = total / seconds
  // Whole buckets may miss the best seconds of a short period.
  return most ? { importRate: { average, ...most, peak: Math.max(most.peak, average) } } : {}
}
