import type { ClassTone } from '../core/metric.ts'
import { counted, formatCount, formatShare } from '../core/units.ts'
import type { ReportDocument } from './block.ts'
import type { ReportContents } from './contents.ts'
import { errorLogMatter, failureMatter } from './failures.ts'
import { BAD, FEW, spanText, usualOf, type Matter, type VerdictOptions } from './matter.ts'
import { lineCount, metricNamed, statusShare } from './measures.ts'
import { oddTimesOf, type OddTime } from './pace.ts'
import type { MetricReading } from './period.ts'
import { slowMatter } from './slow.ts'
import { changeText } from './value.ts'

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
    slowMatter(contents, options),
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
  const nothing = noLines(contents) + (contents.alerts ? ', and there were no alerts.' : '.')
  return nothingIn(contents)
    ? { verdict: { tone: 'success', sentence: nothing }, short: 'no lines' }
    : { verdict: { tone: 'success', sentence: `All quiet: ${figures}.` }, short: 'all quiet' }
}

function noLines({ where }: ReportContents): string {
  return where === undefined ? 'Nothing was logged' : 'No line passes the filter'
}

function figuresText(contents: ReportContents): string {
  const requests = metricNamed(contents, 'requests')
  const lines = metricNamed(contents, 'level')
  const failed = statusShare(contents, '5xx')
  const parts = [
    ...(requests ? [counted(requests.count, 'request')] : []),
    ...(failed === undefined ? [] : [`${formatShare(failed, 1)} server errors`]),
    ...(lines ? [linesOfLog(lines)] : []),
    ...(contents.alerts?.length === 0 ? ['no alerts'] : []),
    ...(areEvaluated(contents) ? [] : ['alerts not evaluated'])
  ]
  return parts.join(', ')
}

/** Whether rules were, where somebody watches: of lines that were read in later they are not. */
function areEvaluated({ alerts, origin }: ReportContents): boolean {
  return origin.kind === 'files' || alerts !== undefined
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

function alertMatter({ alerts = [] }: ReportContents): Matter | undefined {
  const fired = alerts.filter(({ fired }) => fired !== undefined)
  if (fired.length === 0) return undefined
  const open = fired.filter(({ resolved }) => resolved === undefined)
  const titles = [...new Set(fired.map(({ title }) => title))]
  const more = titles.length > 3 ? [...titles.slice(0, 2), `${titles.length - 2} others`] : titles
  const named = [more.slice(0, -1).join(', '), more.at(-1)].filter(text => text !== '').join(' and ')
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
      sentence: `${noLines(contents)}: there were ${counted(lines, 'line')} ${before.label}.`
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
