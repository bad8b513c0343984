import { counted, formatCount, formatShare } from '../core/units.ts'
import { burstOf, type Burst } from './burst.ts'
import type { ReportContents, ReportPeriod, VhostReading } from './contents.ts'
import {
  BAD,
  cutTo,
  FEW,
  spanText,
  momentText,
  usualOf,
  WORSE,
  type Matter,
  type VerdictOptions
} from './matter.ts'
import { metricNamed, statusShare } from './measures.ts'
import { changeText } from './value.ts'

/** Requests that failed: what fails, when, and with which message. */
export function failureMatter(contents: ReportContents, options: VerdictOptions): Matter | undefined {
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
  const cause = options.details ? causeOf(contents, burst) : undefined
  const why = cause === undefined ? '' : ` with “${cause}”`
  if (place === undefined) {
    const of = (contents.vhosts ?? []).length > 1 ? 'no path or host alone' : 'no path alone'
    const most = time === '' ? '' : `, most of them${time}`
    return {
      tone: share >= WORSE ? 'critical' : 'warning',
      short,
      sentence: `${short}: ${formatCount(failed)} of ${formatCount(status.count)} requests failed, of ${of}${most}${why}.`
    }
  }
  const fails = burst?.over ? 'failed' : 'fails'
  return {
    tone: share >= WORSE || (burst?.share ?? 0) >= 0.5 ? 'critical' : 'warning',
    short,
    sentence: `${short}: ${place} ${fails}${time}${why}.`
  }
}

function whenText({ from, to, over }: Burst, period: ReportPeriod): string {
  return over ? ` from ${spanText({ from, to }, period)}` : ` since ${momentText(from, period)}`
}

/** What fails more often than all else is this many times as likely to fail. */
const APART = 3

/** What fails: one path, one host, where most failures are of it, and the rest fails far less often. */
function placeOf(contents: ReportContents, failed: number, { details }: VerdictOptions): string | undefined {
  const requests = metricNamed(contents, 'status')?.count ?? 0
  const isApart = (own: number, of: number): boolean =>
    own * Math.max(0, requests - of) >= APART * (failed - own) * of
  const [path] = metricNamed(contents, 'failed_path')?.top ?? []
  const asked = metricNamed(contents, 'path')?.top.find(({ key }) => key === path?.key)
  const vhosts = contents.vhosts ?? []
  const host = vhosts.toSorted((a, b) => failuresOf(b) - failuresOf(a))[0]
  const onePath =
    path !== undefined && path.count >= failed / 2 && isApart(path.count, asked?.count ?? path.count)
  const oneHost =
    vhosts.length > 1 &&
    host !== undefined &&
    failuresOf(host) >= 0.6 * failed &&
    isApart(failuresOf(host), host.requests)
  const pathName = onePath ? (details ? path.key : 'one path') : undefined
  const hostName = oneHost ? (details ? host.name : 'one host') : undefined
  if (pathName !== undefined) return hostName === undefined ? pathName : `${pathName} on ${hostName}`
  return hostName
}

function failuresOf({ classes }: VhostReading): number {
  return classes?.['5xx'] ?? 0
}

/** The message that came with the failures: a new one, or the most frequent that began with them. */
function causeOf(contents: ReportContents, burst: Burst | undefined): string | undefined {
  const { signatures, spans, failures = [] } = contents
  const first = signatures?.new.find(({ signature }) => failures.some(({ key }) => key === signature))
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

/** Severities that say of themselves that the server cannot go on. */
const DEADLY: readonly string[] = ['emerg', 'alert']

/** Errors in the error log: more than chance, and more than twice what is usual where that is known. */
export function errorLogMatter(contents: ReportContents, { details }: VerdictOptions): Matter | undefined {
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
