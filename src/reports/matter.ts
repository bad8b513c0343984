import type { ClassTone } from '../core/metric.ts'
import { clockIn } from '../core/steps.ts'
import { MINUTE, type Micros } from '../core/time.ts'
import type { ComparedPeriod, ReportContents, ReportPeriod } from './contents.ts'
import type { OddTime } from './pace.ts'
import { spanOfTimes } from './value.ts'

/** Something that is wrong, or worth a look: what a subject says of it, and a sentence. */
export interface Matter {
  readonly tone: ClassTone
  readonly short: string
  readonly sentence: string
  /** It says nothing of how many requests failed: the figures are told besides. */
  readonly figuresToo?: true
}

/** Log text may stand in sentences only where `details` are wanted. */
export interface VerdictOptions {
  readonly details: boolean
}

/** What is usual: the nearest period that was watched wholly. */
export function usualOf({ compared }: ReportContents): ComparedPeriod | undefined {
  return compared.find(({ complete }) => complete)
}

/** Fewer failures than this are chance. */
export const FEW = 10
/** Shares of failures that are bad, whatever is usual; the second is worse. */
export const [BAD, WORSE] = [0.01, 0.05]

const MAX_CAUSE = 120

/** A text of a log, as long as a sentence may hold it. */
export function cutTo(text: string): string {
  return text.length > MAX_CAUSE ? `${text.slice(0, MAX_CAUSE - 1)}…` : text
}

/** `13:30 to 14:10`: with days where the period has several, with seconds where it is short. */
export function spanText({ from, to }: OddTime, period: ReportPeriod): string {
  const end = momentText(to, period)
  // The day ends where it began, on its clock.
  return spanOfTimes(momentText(from, period), end === '00:00' ? '24:00' : end)
}

/** With the day where the period has several. */
export function momentText(time: Micros, { from, to, zone }: ReportPeriod): string {
  const clock = clockIn(zone)
  const text = clock(time).slice(0, to - from < 10 * MINUTE && time % MINUTE !== 0 ? 19 : 16)
  // The end of a day is the next day's beginning.
  return clock(from).slice(0, 10) === clock(to - 1).slice(0, 10) ? text.slice(11) : text
}
