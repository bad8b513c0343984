import { VisorError } from '../../core/errors.ts'
import { ranked, type Cell } from '../../core/rollup.ts'
import { MINUTE, toMicros, toMillis, type Micros } from '../../core/time.ts'
import { SERVER_STARTED } from '../../query/index.ts'
import type { Quality, ReportContents, SignatureCount } from '../../reports/contents.ts'
import type { MetricReading } from '../../reports/period.ts'
import type { Answers } from '../../store/index.ts'
import type { PeriodRequest, PeriodSources } from './sources.ts'

const MAX_SAMPLES = 5
const MAX_RESTARTS = 50

/** Shorter periods that begin or end within a minute are not known: readings are kept by the minute. */
const LONG: Micros = 10 * MINUTE

/**
 * What was read in a span of the clock: counters where they are known, and what was wrong with lines. Which of these a query
 * would let pass is not known.
 */
export async function qualityIn(
  answers: Pick<Answers, 'readings' | 'rejected'>,
  { from, to, sources, where }: PeriodRequest
): Promise<Pick<ReportContents, 'counters'> & { readonly quality: Omit<Quality, 'absent'> }> {
  if (where !== undefined) return { quality: { samples: [] } }
  const span = { ...spanOf(from, to), ...(sources && { sources }) }
  const { reasons, counters } = await answers.readings(span)
  const { rejected } = await answers.rejected({ ...span, limit: String(MAX_SAMPLES) })
  const samples = rejected.map(({ name, offset, reason, text }) => ({
    where: `${name}, byte ${offset}`,
    reason,
    text
  }))
  const known = counters !== undefined && (to - from >= LONG || (from % MINUTE === 0 && to % MINUTE === 0))
  return { ...(known && { counters }), quality: { reasons, samples } }
}

/** When servers were restarted; left out where lines are not kept. */
export async function restartsIn(
  answers: Pick<Answers, 'lines'>,
  { from, to, sources, call }: PeriodRequest
): Promise<Pick<ReportContents, 'restarts'>> {
  const asked = { where: SERVER_STARTED, limit: String(MAX_RESTARTS), ...spanOf(from, to) }
  const found = await unlessNotKept(answers.lines({ ...asked, ...(sources && { sources }) }, call))
  return found ? { restarts: found.lines.map(({ time }) => toMicros(time)) } : {}
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
export async function changedSignatures(
  cells: readonly Cell[],
  before: readonly Cell[] | undefined,
  { answers }: Pick<PeriodSources, 'answers'>,
  request: PeriodRequest
): Promise<Pick<ReportContents, 'signatures'>> {
  if (!before) return {}
  const [now, then] = [cells, before].map(all => all.find(({ metric }) => metric === SIGNATURES))
  if (!now && !then) return {}
  const [added, gone] = [signaturesBut(now, then), signaturesBut(then, now)]
  const seen = added.length > 0 ? await firstSeen(answers, request) : NONE_SEEN
  return { signatures: { new: added.map(one => ({ ...one, ...seen.get(one.signature) })), gone } }
}

type Seen = Pick<SignatureCount, 'first' | 'sample'>
const NONE_SEEN: ReadonlyMap<string, Seen> = new Map()

/** When signatures were first seen in a period, with a message; nothing where lines are not kept. */
async function firstSeen(
  answers: PeriodSources['answers'],
  { from, to, where, sources, call }: PeriodRequest
): Promise<ReadonlyMap<string, Seen>> {
  const asked = { ...spanOf(from, to), ...(where !== undefined && { where }), ...(sources && { sources }) }
  const found = await unlessNotKept(answers.signatures({ ...asked, limit: '1000' }, call))
  return new Map(
    found?.signatures.map(({ signature, first, example }) => [
      signature,
      { first: toMicros(first), sample: example }
    ])
  )
}

/** `undefined` where lines are not kept. */
async function unlessNotKept<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof VisorError && error.code === 'NO_LINES') return undefined
    throw error
  }
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
