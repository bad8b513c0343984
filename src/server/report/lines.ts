import { VisorError } from '../../core/errors.ts'
import { ranked, type Cell } from '../../core/rollup.ts'
import { MINUTE, toMicros, toMillis, type Micros } from '../../core/time.ts'
import { SERVER_STARTED } from '../../query/index.ts'
import type { Quality, ReportContents, SignatureCount } from '../../reports/contents.ts'
import type { Answers, TextParameters } from '../../store/index.ts'
import type { PeriodRequest, PeriodSources } from './sources.ts'

const MAX_SAMPLES = 5
const MAX_RESTARTS = 50

/** Shorter periods that begin or end within a minute are not known: readings are kept by the minute. */
const LONG: Micros = 10 * MINUTE

/**
 * What was read in a span of the clock: counters where they are known, and why lines were rejected. Which of these a query would
 * let pass is not known.
 */
export async function readingsIn(
  answers: Pick<Answers, 'readings'>,
  request: PeriodRequest
): Promise<Pick<ReportContents, 'counters'> & Pick<Quality, 'reasons'>> {
  const { from, to, where } = request
  if (where !== undefined) return {}
  const { reasons, counters } = await answers.readings(askedOf(request))
  const known = counters !== undefined && (to - from >= LONG || (from % MINUTE === 0 && to % MINUTE === 0))
  return { ...(known && { counters }), reasons }
}

/** Some of the lines that were rejected in a span of the clock. */
export async function samplesIn(
  answers: Pick<Answers, 'rejected'>,
  request: PeriodRequest
): Promise<Quality['samples']> {
  if (request.where !== undefined) return []
  const { rejected } = await answers.rejected({ ...askedOf(request), limit: String(MAX_SAMPLES) })
  return rejected.map(({ name, offset, reason, text }) => ({
    where: `${name}, byte ${offset}`,
    reason,
    text
  }))
}

/** When servers were restarted; left out where lines are not kept. */
export async function restartsIn(
  answers: Pick<Answers, 'lines'>,
  request: PeriodRequest
): Promise<Pick<ReportContents, 'restarts'>> {
  const asked = { ...askedOf(request), where: SERVER_STARTED, limit: String(MAX_RESTARTS) }
  const found = await unlessNotKept(answers.lines(asked, request.call))
  return found ? { restarts: found.lines.map(({ time }) => toMicros(time)) } : {}
}

/** Which lines a question to the store is about. */
export function askedOf({ from, to, where, sources }: PeriodRequest): TextParameters {
  return {
    from: String(toMillis(from)),
    to: String(toMillis(to)),
    ...(where !== undefined && { where }),
    ...(sources && { sources })
  }
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
  request: PeriodRequest
): Promise<ReadonlyMap<string, Seen>> {
  const found = await unlessNotKept(answers.signatures({ ...askedOf(request), limit: '1000' }, request.call))
  return new Map(
    found?.signatures.map(({ signature, first, example }) => [
      signature,
      { first: toMicros(first), sample: example }
    ])
  )
}

/** `undefined` where lines are not kept. */
export async function unlessNotKept<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
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
