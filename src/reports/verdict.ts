import type { ClassTone } from '../core/metric.ts'
import { clockIn } from '../core/steps.ts'
import { MINUTE, type Micros } from '../core/time.ts'
import { counted, formatCount, formatShare } from '../core/units.ts'
import type { ReportDocument } from './block.ts'
import type { ComparedPeriod, ReportContents, ReportPeriod } from './contents.ts'
import { lineCount, metricNamed, statusShare } from './measures.ts'
import type { MetricReading } from './period.ts'
import { burstOf, type Burst } from './burst.ts'
import { oddTimesOf, type OddTime } from './pace.ts'
import { changeText, spanOfTimes } from './value.ts'

/** Something that is wrong, or worth a look: what a subject says of it, and a sentence. */
interface Matter {
  readonly tone: ClassTone
  readonly short: string
  readonly sentence: string
  /** It says nothing of how many requests failed: the figures are told besides. */
  readonly figuresToo?: true
}

/** Log text may stand in sentences only where `details` are wanted. */
interface VerdictOptions {
  readonly details: boolean
}

/** What a report comes to: the matters, the worst first, in one sentence; `All quiet` where there are none. */
export function judged(
  contents: ReportContents,
  options: VerdictOptions
): { readonly verdict: ReportDocument['verdict']; readonly short: string } {
  const matters = [
    unreadMatter(contents),
    failureMatter(contents, options),
    errorLogMatter(contents, options),
    alertMatter(contents),
    intrusionMatter(contents, options),
    bruteForceMatter(contents, options),
    rejectedMatter(contents),
    silenceMatter(contents),
    gapMatter(contents),
    changeMatter(contents),
    ...paceMatters(contents)
  ].filter(matter => matter !== undefined)
  matters.sort((a, b) => RANKS.indexOf(a.tone) - RANKS.indexOf(b.tone))
  const [worst] = matters
  if (!worst) return quiet(contents)
  const sentences = matters.map(({ sentence }) => sentence)
  // What else was all right is to be known all the same.
  const figures = worst.figuresToo ? figuresText(contents) : ''
  return {
    verdict: {
      tone: worst.tone,
      sentence: [...sentences, ...(figures === '' ? [] : [`Else ${figures}.`])].join(' ')
    },
    short: matters
      .slice(0, 2)
      .map(({ short }) => short)
      .join(', ')
  }
}

/** The tones of matters, the worst first. */
const RANKS: readonly ClassTone[] = ['critical', 'warning', 'info']

function quiet(contents: ReportContents): ReturnType<typeof judged> {
  const figures = figuresText(contents)
  return figures === ''
    ? { verdict: { tone: 'success', sentence: 'Nothing was logged.' }, short: 'no lines' }
    : { verdict: { tone: 'success', sentence: `All quiet: ${figures}.` }, short: 'all quiet' }
}

function figuresText(contents: ReportContents): string {
  const requests = metricNamed(contents, 'requests')
  const lines = metricNamed(contents, 'level')
  const failed = statusShare(contents, '5xx')
  const parts = [
    ...(requests ? [counted(requests.count, 'request')] : []),
    ...(failed === undefined ? [] : [`${formatShare(failed, 1)} server errors`]),
    ...(lines ? [linesOfLog(lines)] : []),
    ...(contents.alerts ? ['no alerts'] : [])
  ]
  return parts.join(', ')
}

function linesOfLog({ count, classes }: MetricReading): string {
  const errors = classes?.['error'] ?? 0
  const lines = `${counted(count, 'line')} in the error log`
  return errors === 0 ? lines : `${lines}, ${formatCount(errors)} of severity error`
}

function unreadMatter({ files }: ReportContents): Matter | undefined {
  const unread = files.filter(({ problem }) => problem !== undefined)
  if (unread.length === 0) return undefined
  const what = counted(unread.length, 'file')
  const atAll = unread.every(({ counters }) => counters.read === 0)
  return {
    tone: 'critical',
    short: `${what} not read`,
    sentence: `${what} could not be read${atAll ? '' : ' to the end'}.`
  }
}

/** What is usual: the nearest period that was watched wholly. */
function usualOf({ compared }: ReportContents): ComparedPeriod | undefined {
  return compared.find(({ complete }) => complete)
}

/** Fewer failures than this are chance. */
const FEW = 10
/** Shares of failures that are bad, whatever is usual; the second is worse. */
const [BAD, WORSE] = [0.01, 0.05]

function failureMatter(contents: ReportContents, options: VerdictOptions): Matter | undefined {
  const status = metricNamed(contents, 'status')
  const failed = status?.classes?.['5xx'] ?? 0
  if (!status || failed < FEW) return undefined
  const share = failed / status.count
  const before = usualOf(contents)
  const usual = before && statusShare(before, '5xx')
  const burst = burstOf(contents)
  const grown = usual !== undefined && share > 2 * usual && share > 0.002
  if (share < BAD && !grown && !burst) return undefined
  const change = usual === undefined ? '' : ` (${changeText(share, usual, 'share')})`
  const short = `5xx ${formatShare(share, 1)}${change}`
  const place = placeOf(contents, failed, options)
  const time = burst && contents.period ? whenText(burst, contents.period) : ''
  if (place === undefined)
    return {
      tone: share >= WORSE ? 'critical' : 'warning',
      short,
      sentence: `${short}: ${formatCount(failed)} of ${formatCount(status.count)} requests failed, of no path or host alone${burst ? `, most of them${time}` : ''}.`
    }
  const cause = options.details ? causeOf(contents, burst) : undefined
  const why = cause === undefined ? '' : ` with “${cause}”`
  const fails = burst?.over ? 'failed' : 'fails'
  return {
    tone: share >= WORSE || (burst?.share ?? 0) >= 0.5 ? 'critical' : 'warning',
    short,
    sentence: `${short}: ${place} ${fails}${time}${why}.`
  }
}

function whenText({ from, to, over }: Burst, period: ReportPeriod): string {
  return over ? ` from ${spanText({ from, to }, period)}` : ` since ${timeText(from, period)}`
}

/** What fails: one path, one host, where most failures are of it. */
function placeOf(contents: ReportContents, failed: number, { details }: VerdictOptions): string | undefined {
  const [path] = metricNamed(contents, 'failed_path')?.top ?? []
  const vhosts = contents.vhosts ?? []
  const host = vhosts.toSorted((a, b) => (b.classes?.['5xx'] ?? 0) - (a.classes?.['5xx'] ?? 0))[0]
  const onePath = path !== undefined && path.count >= failed / 2
  const oneHost = vhosts.length > 1 && (host?.classes?.['5xx'] ?? 0) >= 0.6 * failed
  const pathName = onePath ? (details ? path.key : 'one path') : undefined
  const hostName = oneHost && host ? (details ? host.name : 'one host') : undefined
  if (pathName !== undefined) return hostName === undefined ? pathName : `${pathName} on ${hostName}`
  return hostName
}

/** The message that came with the failures: a new one, or the most frequent that began with them. */
function causeOf(contents: ReportContents, burst: Burst | undefined): string | undefined {
  const { signatures, spans } = contents
  const [first] = signatures?.new ?? []
  if (first) return cutTo(first.sample ?? first.signature)
  const messages = metricNamed(contents, 'message')
  const seen = spans?.get('message')
  if (!burst || !messages || !seen) return undefined
  const length = burst.to - burst.from
  const begun = messages.top.find(({ key }) => {
    const span = seen.get(key)
    return span !== undefined && span.first >= burst.from - length && span.first <= burst.to
  })
  return begun && cutTo(begun.key)
}

const MAX_CAUSE = 120

function cutTo(text: string): string {
  return text.length > MAX_CAUSE ? `${text.slice(0, MAX_CAUSE - 1)}…` : text
}

/** Severities that say of themselves that the server cannot go on. */
const DEADLY: readonly string[] = ['emerg', 'alert']

/** Errors in the error log: more than chance, and more than twice what is usual where that is known. */
function errorLogMatter(contents: ReportContents, { details }: VerdictOptions): Matter | undefined {
  const level = metricNamed(contents, 'level')
  const errors = level?.classes?.['error'] ?? 0
  const deadly = level?.top.filter(({ key }) => DEADLY.includes(key.toLowerCase())) ?? []
  const before = usualOf(contents)
  const usual = before && (metricNamed(before, 'level')?.classes?.['error'] ?? 0)
  const many = errors >= FEW && (usual === undefined || errors > 2 * usual)
  if (deadly.length === 0 && !many) return undefined
  const worst = deadly.map(({ key, count }) => `${formatCount(count)} ${key}`).join(', ')
  const short = counted(errors, 'error') + (worst === '' ? '' : ` (${worst})`)
  const change = usual === undefined ? '' : `, ${formatCount(usual)} ${before?.label}`
  const [message] = details ? (contents.failures ?? []) : []
  const most = message ? `, most: “${cutTo(message.key)}” (${formatCount(message.count)})` : ''
  return {
    tone: deadly.length > 0 ? 'critical' : 'warning',
    short,
    sentence: `${short} in the error log${change}${most}.`
  }
}

function alertMatter({ alerts = [] }: ReportContents): Matter | undefined {
  const fired = alerts.filter(({ fired }) => fired !== undefined)
  if (fired.length === 0) return undefined
  const open = fired.filter(({ resolved }) => resolved === undefined)
  const titles = [...new Set(fired.map(({ title }) => title))]
  const named = titles.length > 2 ? `${titles.slice(0, 2).join(', ')} and others` : titles.join(' and ')
  return {
    tone: fired.some(({ severity }) => severity === 'critical') ? 'critical' : 'warning',
    short: counted(fired.length, 'alert'),
    sentence: `${counted(fired.length, 'alert')} (${named}), ${open.length === 0 ? 'all resolved' : `${formatCount(open.length)} still firing`}.`
  }
}

function intrusionMatter({ security }: ReportContents, { details }: VerdictOptions): Matter | undefined {
  const { exposed = [], answeredPaths = 0 } = security ?? {}
  const [first, ...others] = exposed
  if (!first) return undefined
  const what = details ? first.key : 'a path that attackers look for'
  const more = others.length > 0 ? ` and ${counted(others.length, 'other')}` : ''
  const [were, are] = others.length > 0 ? ['were', 'they are'] : ['was', 'it is']
  const all = answeredPaths > exposed.length ? ` (as ${formatCount(answeredPaths)} paths in all were)` : ''
  return {
    tone: 'warning',
    short: others.length > 0 ? 'probes were answered' : 'a probe was answered',
    sentence: `${what}${more} ${were} answered to those who probe${all}: look whether ${are} meant to be public.`
  }
}

function bruteForceMatter({ security }: ReportContents, { details }: VerdictOptions): Matter | undefined {
  const clients = security?.bruteForce ?? []
  const [first] = clients
  if (!first) return undefined
  const who = clients.length > 1 ? counted(clients.length, 'client') : details ? first.key : '1 client'
  const attempts = clients.reduce((sum, { count }) => sum + count, 0)
  return {
    tone: 'warning',
    short: 'attempts to get in',
    sentence: `${who} tried to get in ${formatCount(attempts)} times.`
  }
}

function rejectedMatter({ counters }: ReportContents): Matter | undefined {
  if (!counters || counters.rejected < Math.max(1, BAD * counters.read)) return undefined
  const { rejected, read } = counters
  return {
    tone: 'warning',
    short: `${counted(rejected, 'line')} rejected`,
    sentence: `${counted(rejected, 'line')} of ${formatCount(read)} ${rejected === 1 ? 'does' : 'do'} not follow the format.`
  }
}

/** Times that were not watched. */
function gapMatter(contents: ReportContents): Matter | undefined {
  const { uncovered = [], period } = contents
  if (uncovered.length === 0 || !period) return undefined
  const [first] = uncovered
  const all = uncovered.length === 1 && first!.from <= period.from && first!.to >= period.to
  if (all && nothingIn(contents))
    return { tone: 'warning', short: 'not watched', sentence: `Not watched at all: ${first!.why}.` }
  const named = uncovered.slice(0, 2).map(({ from, to, why }) => `${spanText({ from, to }, period)} (${why})`)
  const more = uncovered.length > 2 ? ` and ${counted(uncovered.length - 2, 'other time')}` : ''
  return {
    tone: 'warning',
    short: 'partly watched',
    sentence: `Not watched: ${named.join(', ')}${more}.`,
    figuresToo: true
  }
}

function nothingIn(contents: ReportContents): boolean {
  return lineCount(contents) === 0
}

/** Where the period before had lines or requests and this one has none. */
function silenceMatter(contents: ReportContents): Matter | undefined {
  const before = usualOf(contents)
  if (!before || contents.uncovered) return undefined
  const [lines, requests] = [lineCount(before), metricNamed(before, 'requests')?.count ?? 0]
  if (nothingIn(contents) && lines >= FEW)
    return {
      tone: 'warning',
      short: 'no lines',
      sentence: `Nothing was logged: there were ${counted(lines, 'line')} ${before.label}.`
    }
  if (nothingIn(contents) || metricNamed(contents, 'requests')?.count || requests < FEW) return undefined
  return {
    tone: 'warning',
    short: 'no requests',
    sentence: `No request came: there were ${formatCount(requests)} ${before.label}.`
  }
}

/** So many requests are enough for a change to mean something. */
const MUCH = 100

/** Many fewer requests than in all periods that it is held against, or many times more. */
function changeMatter(contents: ReportContents): Matter | undefined {
  const requests = metricNamed(contents, 'requests')?.count ?? 0
  const others = contents.compared.filter(({ complete }) => complete)
  const counts = others.map(other => metricNamed(other, 'requests')?.count ?? 0)
  if (others.length === 0 || contents.uncovered) return undefined
  const [least, most] = [Math.min(...counts), Math.max(...counts)]
  // The hour before is another time of the day; a week before is the same.
  const [low, high] = others.length > 1 ? [0.5, 3] : [0.3, 5]
  const fewer = least >= MUCH && requests > 0 && requests < low * least
  if (!fewer && !(requests >= MUCH && most > 0 && requests > high * most)) return undefined
  const changes = others.map(
    ({ label }, i) => `${changeText(requests, counts[i], 'count')} to ${label} (${formatCount(counts[i]!)})`
  )
  return {
    tone: fewer ? 'warning' : 'info',
    short: fewer ? 'far fewer requests' : 'far more requests',
    sentence: `${counted(requests, 'request')}: ${changes.join(', ')}.`,
    figuresToo: true
  }
}

/** When a steady log was silent, or many times as busy as usual. */
function paceMatters(contents: ReportContents): Matter[] {
  const { period } = contents
  const { pause, peak } = oddTimesOf(contents)
  const text = (span: OddTime): string => (period ? spanText(span, period) : '')
  return [
    ...(pause ? [oddMatter('a gap', `No request came from ${text(pause)}.`)] : []),
    ...(peak
      ? [oddMatter('a peak', `Up to ${peak.times} times as many requests as usual came from ${text(peak)}.`)]
      : [])
  ]
}

function oddMatter(short: string, sentence: string): Matter {
  return { tone: 'info', short, sentence, figuresToo: true }
}

/** `13:30 to 14:10`: with days where the period has several, with seconds where it is short. */
function spanText({ from, to }: OddTime, period: ReportPeriod): string {
  return spanOfTimes(timeText(from, period), timeText(to, period))
}

function timeText(time: Micros, { from, to, zone }: ReportPeriod): string {
  const clock = clockIn(zone)
  const text = clock(time).slice(0, to - from < 10 * MINUTE ? 19 : 16)
  // The end of a day is the next day's beginning.
  return clock(from).slice(0, 10) === clock(to - 1).slice(0, 10) ? text.slice(11) : text
}
