import type { Delivery } from '../../../core/delivery.ts'
import { toRows } from '../../../core/rows.ts'
import type { EvidenceLine } from '../../../core/signal.ts'
import { StreamReader, type Common } from '../../../counting/reader.ts'
import { boundLines } from '../../../counting/signal-lines.ts'
import { flushAll, isLarge, pipelinesOf, type SharedCounts } from '../../../counting/slots.ts'
import { SharedChoice } from '../../../reading/choose.ts'
import type { Job, Segment, SegmentResult, WorkerResult, WorkerTask } from '../protocol.ts'
import type { SegmentStream } from './streams.ts'

/** Opens the bytes of a segment of a task. */
export type OpenSegment = (segment: Segment, index: number) => Promise<SegmentStream>

/** What the segments of a task bring besides their own results. */
interface Gathered {
  readonly counts: SharedCounts
  readonly rejected: Delivery['rejected'][number][]
  readonly events: Delivery['events'][number][]
  readonly evidence: EvidenceLine[]
}

/**
 * Runs a task: reads its segments in order by what the embedded engine reads streams by. The same task over the same bytes
 * has the same result. `check` is called between pieces of work, and ends all by throwing.
 * @throws RangeError for a segment of a source that the plan does not have
 */
export async function runTask(
  job: Job,
  task: WorkerTask,
  open: OpenSegment,
  check: () => void
): Promise<WorkerResult> {
  const { plan } = job
  const sources = new Map<string, Common>()
  const gathered: Gathered = {
    counts: { rollup: new Map(), signals: new Map(), ...(isSmall(task) && { underived: new Set() }) },
    rejected: [],
    events: [],
    evidence: []
  }
  const segments: SegmentResult[] = []
  for await (const { segment, stream } of opened(task, open)) {
    let common = sources.get(segment.source)
    if (!common) sources.set(segment.source, (common = commonOf(job, task, segment)))
    segments.push(await readSegment(segment, stream, common, task, gathered, check))
  }
  for (const { pipelines } of sources.values()) flushAll(pipelines, gathered.counts, plan.limit)
  const { counts, evidence, ...lines } = gathered
  const { rollup, signals, underived } = counts
  const cells = [...rollup.values()]
  return {
    task: task.id,
    segments,
    rollup: toRows(rollup),
    signals: toRows(signals),
    ...(underived && { underived: cells.flatMap((cell, i) => (underived.has(cell) ? [i] : [])) }),
    evidence: boundLines(plan.signals, evidence),
    ...lines
  }
}

/** The streams of the segments in their order: while one is read, the first bytes of the next are on their way. */
async function* opened({ segments }: WorkerTask, open: OpenSegment) {
  const begin = async (i: number): Promise<SegmentStream | undefined> => {
    const stream = segments[i] && (await open(segments[i], i))
    stream?.prefetch()
    return stream
  }
  let coming = begin(0)
  for (const [i, segment] of segments.entries()) {
    const stream = await coming
    coming = begin(i + 1)
    // Whoever comes to it hears of it.
    coming.catch(() => {})
    try {
      if (stream) yield { segment, stream }
    } finally {
      stream?.close()
    }
  }
}

/** A task with more bytes derives by itself: the time that this takes no longer matters, and the engine has many of them. */
const SMALL_BYTES = 4 << 20

function isSmall({ segments, parts = 1 }: WorkerTask): boolean {
  const bytes = segments.reduce((sum, { from }) => sum + ('bytes' in from ? from.bytes : from.range.bytes), 0)
  return parts === 1 && bytes <= SMALL_BYTES
}

/** Nobody who writes lines learns of it; hashes decide on no result. */
const SEED = BigInt(Math.floor(Math.random() * 2 ** 52))

/** What the segments of a source have in common. */
function commonOf({ plan, events }: Job, task: WorkerTask, { source: name, ...segment }: Segment): Common {
  const source = plan.sources.find(one => one.name === name)
  if (!source) throw new RangeError(`there is no source ${name} in the plan`)
  const { uniform = false, maxLineBytes } = segment
  const known = task.segments.filter(one => one.source === name)
  return {
    plan,
    source,
    pipelines: pipelinesOf(plan, source, { maxLineBytes, events, seed: SEED, era: `${task.name}-` }),
    fineClock: () => task.now,
    ...(uniform && { shared: new SharedChoice(known) })
  }
}

async function readSegment(
  segment: Segment,
  stream: SegmentStream,
  common: Common,
  { now }: WorkerTask,
  { counts, rejected, events, evidence }: Gathered,
  check: () => void
): Promise<SegmentResult> {
  const { plan, pipelines } = common
  const reader = new StreamReader(stream, common, segment)
  const intake = reader.intake(now, counts)
  let problem: string | undefined
  for (let fetching = true; fetching;) {
    fetching = await stream.fetch()
    for (let more = true; more;) {
      check()
      const taken = reader.take(intake, now)
      more = taken.more
      // Lines that are gone once they are rejected are told of, whatever comes after them.
      problem = taken.problem ?? (stream.replayable ? undefined : problem)
      if (isLarge(pipelines)) flushAll(pipelines, counts, plan.limit)
    }
  }
  const { counters, kinds } = intake
  for (const one of intake.rejected) rejected.push(one)
  for (const one of intake.events) events.push(one)
  evidence.push(...intake.signals.lines.all())
  problem ??= stream.problem
  return {
    place: reader.place,
    ...reader.rest,
    consumed: counters.bytes,
    counters,
    kinds,
    ...reader.watermark,
    lines: intake.samples(),
    ...(common.shared?.choice && { shared: common.shared.choice }),
    ...(problem !== undefined && { problem })
  }
}
