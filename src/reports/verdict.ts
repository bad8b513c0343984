import type { ClassTone } from '../core/metric.ts'
import type { Micros } from '../core/time.ts'
import { counted, formatCount, formatShare } from '../core/units.ts'
import type { ReportDocument } from './block.ts'
import type { ReportContents } from './contents.ts'
import { metricNamed, statusShare } from './measures.ts'
import { TARGET } from '../derived/path/target.ts'
import { clockIn } from '../core/steps.ts'
import { changeText } from './value.ts'

/** Something that is wrong, or worth a look: what a subject says of it, and a sentence. */
interface Matter {
  readonly tone: ClassTone
  readonly short: string
  readonly sentence: string
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
    alertMatter(contents),
    intrusionMatter(contents, options),
    bruteForceMatter(contents, options),
    rejectedMatter(contents),
    gapMatter(contents)
  ].filter(matter => matter !== undefined)
  matters.sort((a, b) => Number(b.tone === 'critical') - Number(a.tone === 'critical'))
  const [worst] = matters
  if (!worst) return { verdict: { tone: 'success', sentence: quietSentence(contents) }, short: 'all quiet' }
  const others = matters.slice(1).map(({ sentence }) => sentence)
  return {
    verdict: { tone: worst.tone, sentence: [worst.sentence, ...others].join(' ') },
    short: matters
      .slice(0, 2)
      .map(({ short }) => short)
      .join(', ')
  }
}

function quietSentence(contents: ReportContents): string {
  const requests = metricNamed(contents, 'requests')
  const lines = metricNamed(contents, 'level')
  const failed = statusShare(contents, '5xx')
  const parts = [
    ...(requests ? [counted(requests.count, 'request')] : []),
    ...(failed === undefined ? [] : [`${formatShare(failed, 1)} server errors`]),
    ...(lines ? [`${counted(lines.count, 'line')} in the error log`] : []),
    ...(contents.alerts ? ['no alerts'] : [])
  ]
  return parts.length > 0 ? `All quiet: ${parts.join(', ')}.` : 'Nothing was logged.'
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

/** Fewer failures than this are chance. */
const FEW = 10
/** Shares of failures that are bad, whatever is usual; the second is worse. */
const [BAD, WORSE] = [0.01, 0.05]

function failureMatter(contents: ReportContents, options: VerdictOptions): Matter | undefined {
  const status = metricNamed(contents, 'status')
  const failed = status?.classes?.['5xx'] ?? 0
  if (!status || failed < FEW) return undefined
  const share = failed / status.count
  const before = contents.compared.find(({ complete }) => complete)
  const usual = before && statusShare(before, '5xx')
  const burst = burstOf(contents)
  const grown = usual !== undefined && share > 2 * usual && share > 0.002
  if (share < BAD && !grown && !burst) return undefined
  const change = usual === undefined ? '' : ` (${changeText(share, usual, 'share')})`
  const short = `5xx ${formatShare(share, 1)}${change}`
  const place = placeOf(contents, failed, options)
  const time = burst ? timeOf(burst, contents) : ''
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

/** Some buckets after another with many failures. */
interface Burst {
  readonly from: Micros
  readonly to: Micros
  readonly share: number
  /** It ended before the period did. */
  readonly over: boolean
}

/** The worst time of the period, where one stands out: a tenth of the requests failed, and four times the usual. */
function burstOf({ timeline: { time, metrics, end } }: ReportContents): Burst | undefined {
  const status = metrics.find(({ metric }) => metric.name === 'status')
  const failed = status?.classes?.['5xx'] ?? []
  const shares = failed.map((count, i) => (count > 0 ? count / (status?.count[i] ?? 0) : 0))
  const usual = shares.toSorted((a, b) => a - b)[Math.floor(shares.length / 2)] ?? 0
  const limit = Math.max(0.1, 4 * usual)
  let worst = -1
  failed.forEach((count, i) => {
    if (count >= 5 && shares[i]! >= limit && (worst < 0 || count > failed[worst]!)) worst = i
  })
  if (worst < 0 || shares.length < 2) return undefined
  let [first, last] = [worst, worst]
  while (first > 0 && shares[first - 1]! >= limit / 2 && failed[first - 1]! > 0) first--
  while (last < shares.length - 1 && shares[last + 1]! >= limit / 2 && failed[last + 1]! > 0) last++
  return {
    from: time[first]!,
    to: time[last + 1] ?? end,
    share: shares[worst]!,
    over: last < shares.length - 1
  }
}

function timeOf({ from, to, over }: Burst, { period }: ReportContents): string {
  const clock = clockIn(period?.zone ?? 'UTC')
  const [begin, until] = [clock(from), clock(to)]
  const sameDay = period !== undefined && clock(period.from).slice(0, 10) === clock(period.to).slice(0, 10)
  const text = (at: string): string => (sameDay ? at.slice(11, 16) : at.slice(0, 16))
  return over
    ? ` from ${text(begin)} to ${begin.slice(0, 10) === until.slice(0, 10) ? until.slice(11, 16) : text(until)}`
    : ` since ${text(begin)}`
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
function causeOf(
  { signatures, spans, metrics }: ReportContents,
  burst: Burst | undefined
): string | undefined {
  const [first] = signatures?.new ?? []
  if (first) return cutTo(first.sample ?? first.signature)
  const messages = metrics.find(({ metric }) => metric.name === 'message')
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

/** Targets that nobody means to be public. */
const GRAVE: ReadonlySet<string> = new Set(['secrets', 'shells', 'backups', 'injection'])

function intrusionMatter({ security }: ReportContents, { details }: VerdictOptions): Matter | undefined {
  const answered = security?.answered.filter(({ key }) => GRAVE.has(TARGET.derive(key) ?? '')) ?? []
  const [first, ...others] = answered
  if (!first) return undefined
  const what = details ? first.key : 'a path that attackers look for'
  const more = others.length > 0 ? ` and ${counted(others.length, 'other')}` : ''
  return {
    tone: 'warning',
    short: 'a probe was answered',
    sentence: `${what}${more} was answered to those who probe: look whether it is meant to be public.`
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

function gapMatter({ uncovered = [] }: ReportContents): Matter | undefined {
  if (uncovered.length === 0) return undefined
  return {
    tone: 'warning',
    short: 'partly watched',
    sentence: 'A part of the period was not watched.'
  }
}
