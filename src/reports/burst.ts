import { windowsIn } from '../core/steps.ts'
import type { Micros } from '../core/time.ts'
import type { ReportContents } from './contents.ts'
import { metricNamed } from './measures.ts'

/** Some buckets after another with many failures; those without a request do not end it. */
export interface Burst {
  readonly from: Micros
  readonly to: Micros
  /** Of the requests of its worst bucket. */
  readonly share: number
  /** It ended before the period did. */
  readonly over: boolean
}

interface Bucket {
  readonly start: Micros
  readonly failed: number
  readonly share: number
}

/** The worst time of the period, where one stands out: a tenth of the requests failed, and four times the usual. */
export function burstOf({ timeline, period }: ReportContents): Burst | undefined {
  const buckets = bucketsOf(timeline)
  const usual = buckets.map(({ share }) => share).sort((a, b) => a - b)[Math.floor(buckets.length / 2)] ?? 0
  const limit = Math.max(0.1, 4 * usual)
  let worst = -1
  buckets.forEach(({ failed, share }, i) => {
    if (failed >= 5 && share >= limit && (worst < 0 || failed > buckets[worst]!.failed)) worst = i
  })
  if (worst < 0 || buckets.length < 2) return undefined
  const fails = (bucket: Bucket | undefined): boolean => bucket !== undefined && bucket.share >= limit / 2
  let [first, last] = [worst, worst]
  while (fails(buckets[first - 1])) first--
  while (fails(buckets[last + 1])) last++
  const end = windowsIn(timeline.step, period?.zone ?? 'UTC')(buckets[last]!.start).to
  return {
    from: Math.max(buckets[first]!.start, period?.from ?? -Infinity),
    to: Math.min(end, period?.to ?? Infinity),
    share: buckets[worst]!.share,
    over: last < buckets.length - 1
  }
}

/** Those with a request. */
function bucketsOf(timeline: ReportContents['timeline']): Bucket[] {
  const status = metricNamed(timeline, 'status')
  return timeline.time.flatMap((start, i): Bucket[] => {
    const [count, failed] = [status?.count[i] ?? 0, status?.classes?.['5xx']?.[i] ?? 0]
    return count > 0 ? [{ start, failed, share: failed / count }] : []
  })
}
