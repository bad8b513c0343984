import { VisorError } from '../../core/errors.ts'
import { ranked, type Cell } from '../../core/rollup.ts'
import { toMicros, toMillis, type Micros } from '../../core/time.ts'
import { SERVER_STARTED } from '../../query/index.ts'
import type { Quality, ReportContents, SignatureCount } from '../../reports/contents.ts'
import type { MetricReading } from '../../reports/period.ts'
import type { Answers } from '../../store/index.ts'
import type { PeriodRequest } from './sources.ts'

const MAX_SAMPLES = 5
const MAX_RESTARTS = 50

/** What was read in a span of the clock: counters where they are known, and what was wrong with lines. */
export async function qualityIn(
  answers: Pick<Answers, 'readings' | 'rejected'>,
  { from, to, sources }: PeriodRequest
): Promise<Pick<ReportContents, 'counters'> & { readonly quality: Omit<Quality, 'absent'> }> {
  const span = { ...spanOf(from, to), ...(sources && { sources }) }
  const { reasons, counters } = await answers.readings(span)
  const { rejected } = await answers.rejected({ ...span, limit: String(MAX_SAMPLES) })
  const samples = rejected.map(({ name, offset, reason, text }) => ({
    where: `${name}, byte ${offset}`,
    reason,
    text
  }))
  return { ...(counters && { counters }), quality: { reasons, samples } }
}

/** When servers were restarted; left out where lines are not kept. */
export async function restartsIn(
  answers: Pick<Answers, 'lines'>,
  { from, to, sources, call }: PeriodRequest
): Promise<Pick<ReportContents, 'restarts'>> {
  try {
    const asked = { where: SERVER_STARTED, limit: String(MAX_RESTARTS), ...spanOf(from, to) }
    const { lines } = await answers.lines({ ...asked, ...(sources && { sources }) }, call)
    return { restarts: lines.map(({ time }) => toMicros(time)) }
  } catch (error) {
    if (error instanceof VisorError && error.code === 'NO_LINES') return {}
    throw error
  }
}

function spanOf(from: Micros, to: Micros): { readonly from: string; readonly to: string } {
  return { from: String(toMillis(from)), to: String(toMillis(to)) }
}

/** Fields that reports tell of, which none of the requests had. */
const TOLD = ['status', 'bytes', 'duration', 'vhost', 'referrer', 'agent', 'client'] as const

export function absentFields(metrics: readonly MetricReading[]): string[] {
  const counted = new Set(metrics.map(({ metric }) => metric.name))
  return counted.has('requests') ? TOLD.filter(name => !counted.has(name)) : []
}

/** The metric whose keys are signatures of messages. */
const SIGNATURES = 'message'

/** So many of them are named. */
const MAX_SIGNATURES = 10

/** Signatures of messages that a period has and the one before has not, and the reverse; left out where that is not known. */
export function changedSignatures(
  cells: readonly Cell[],
  before: readonly Cell[] | undefined
): Pick<ReportContents, 'signatures'> {
  if (!before) return {}
  const [now, then] = [cells, before].map(all => all.find(({ metric }) => metric === SIGNATURES))
  if (!now && !then) return {}
  return { signatures: { new: signaturesBut(now, then), gone: signaturesBut(then, now) } }
}

/** The largest keys of a cell that another one does not have. */
function signaturesBut(cell: Cell | undefined, other: Cell | undefined): SignatureCount[] {
  // Among what is folded it may be.
  if (!cell || (other && other.other.count > 0)) return []
  return ranked(cell)
    .filter(({ key }) => other?.keys.has(key) !== true)
    .slice(0, MAX_SIGNATURES)
    .map(({ key, count }) => ({ signature: key, count }))
}
