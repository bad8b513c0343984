/** The same bytes at the same moments, read by the embedded engine's reader and by tasks of the Spark engine's worker. */
import type { EvidenceLine } from '../../../core/signal.ts'
import type { SampleLine } from '../../../core/progress.ts'
import { signalMetric } from '../../../core/signal.ts'
import { NO_COUNTERS } from '../../../core/source.ts'
import type { Millis } from '../../../core/time.ts'
import type { EnginePlan } from '../../../counting/plan.ts'
import { StreamReader, type Common, type StreamState } from '../../../counting/reader.ts'
import { boundLines } from '../../../counting/signal-lines.ts'
import { pipelinesOf } from '../../../counting/slots.ts'
import { SharedChoice } from '../../../reading/choose.ts'
import { MAX_SAMPLES } from '../../../reading/sample.ts'
import { QueueStream } from '../../../sources/queue.ts'
import { Delivered } from '../../parity/delivered.ts'
import { decodeAnswer } from '../decode.ts'
import type { AnswerRow, Job, Segment, SegmentResult, WorkerTask } from '../protocol.ts'
import { encodeResult } from '../worker/encode.ts'
import { RidingStream } from '../worker/streams.ts'
import { runTask } from '../worker/task.ts'

/** What comes in at a moment: bytes of some streams, by their number. */
export interface Arrival {
  readonly now: Millis
  readonly pieces: readonly {
    readonly stream: number
    readonly bytes: Uint8Array
    readonly finished: boolean
  }[]
}

/** What a run came to, with what it showed of each arrival. */
export interface Run {
  readonly delivered: Delivered
  readonly shown: { readonly lines: readonly SampleLine[]; readonly evidence: readonly EvidenceLine[] }[]
  readonly states: StreamState[]
}

/** What all streams have in common: they are of the first source of the plan. */
export interface Streams {
  readonly count: number
  readonly uniform: boolean
  readonly replayable: boolean
  readonly maxLineBytes: number
}

function newRun({ signals, sources }: EnginePlan): Run {
  const delivered = new Delivered(signals)
  // Whether a step without lines has counters at all is no question here.
  for (const { name } of sources) delivered.counters.set(name, { ...NO_COUNTERS })
  return { delivered, shown: [], states: [] }
}

/** Reads as the embedded engine does, with one reader for each stream. */
export function readDirectly({ plan, events }: Job, streams: Streams, arrivals: readonly Arrival[]): Run {
  const [source] = plan.sources
  const { maxLineBytes, uniform } = streams
  const common: Common = {
    plan,
    source: source!,
    pipelines: pipelinesOf(plan, source!, { maxLineBytes, events }),
    fineClock: () => 0,
    ...(uniform && { shared: new SharedChoice([]) })
  }
  const readers = Array.from({ length: streams.count }, (_, i) => {
    const stream = Object.assign(new QueueStream(`s${i}`, `stream ${i}`), { replayable: streams.replayable })
    return { stream, reader: new StreamReader(stream, common) }
  })
  const run = newRun(plan)
  for (const { now, pieces } of arrivals) {
    const lines: SampleLine[] = []
    const evidence: EvidenceLine[] = []
    for (const { stream: i, bytes, finished } of pieces) {
      const { stream, reader } = readers[i]!
      stream.push(bytes)
      stream.finished = finished
      const own: SampleLine[] = []
      for (let left = -1; left !== stream.pending;) {
        left = stream.pending
        const { delivery, progress } = reader.step(now)
        if (delivery) run.delivered.add(delivery)
        if (progress) run.delivered.report(progress)
        own.push(...(progress?.lines ?? []))
        evidence.push(...(progress?.signals?.lines ?? []))
      }
      lines.push(...own.slice(-MAX_SAMPLES))
    }
    run.shown.push({ lines, evidence: boundLines(plan.signals, evidence) })
  }
  for (const { reader } of readers) run.states.push({ ...reader.place, ...reader.rest })
  return run
}

/** Runs a task and gives the rows of its answer. */
export type RunTask = (job: Job, task: WorkerTask, data: Uint8Array) => Promise<readonly AnswerRow[]>

/** In this process. */
export const runHere: RunTask = async (job, task, data) => {
  let at = 0
  const open = (segment: Segment): Promise<RidingStream> => {
    const bytes = 'bytes' in segment.from ? segment.from.bytes : 0
    return Promise.resolve(new RidingStream(segment, data.subarray(at, (at += bytes))))
  }
  return encodeResult(job.plan, await runTask(job, task, open, () => {}))
}

/** Reads as the Spark engine does: each arrival is a task, which gets what was left unread with what has come. */
export async function readByTasks(
  job: Job,
  streams: Streams,
  arrivals: readonly Arrival[],
  run: RunTask = runHere
): Promise<Run> {
  const found = newRun(job.plan)
  const unread = Array.from({ length: streams.count }, () => Buffer.alloc(0))
  for (let i = 0; i < streams.count; i++) found.states.push({ position: { offset: 0 } })
  const configured = job.plan.sources[0]!.format !== undefined
  let shared: StreamState['format']
  for (const [id, { now, pieces }] of arrivals.entries()) {
    for (const { stream, bytes } of pieces) unread[stream] = Buffer.concat([unread[stream]!, bytes])
    const segments = pieces.map(({ stream, finished }): Segment => ({
      ...(!configured && shared && { format: shared }),
      ...found.states[stream]!,
      source: job.plan.sources[0]!.name,
      stream: `s${stream}`,
      name: `stream ${stream}`,
      finished,
      replayable: streams.replayable,
      uniform: streams.uniform,
      maxLineBytes: streams.maxLineBytes,
      from: { bytes: unread[stream]!.length }
    }))
    const task: WorkerTask = JSON.parse(JSON.stringify({ id, name: `t${id}`, now, segments }))
    const rows = await run(job, task, Buffer.concat(pieces.map(({ stream }) => unread[stream]!)))
    const decoded = decodeAnswer(job, [task], rows)
    if ('problem' in decoded) throw new Error(decoded.problem)
    const { tasks, counts } = decoded.answer
    const { segments: results, evidence, events, rejected } = tasks[0]!
    for (const [i, { place, consumed, held, last, ...result }] of results.entries()) {
      const { stream } = pieces[i]!
      unread[stream] = unread[stream]!.subarray(consumed)
      const { position, format } = place
      found.states[stream] = {
        position,
        ...(format && { format }),
        ...(held && { held }),
        ...(last !== undefined && { last })
      }
      shared ??= result.shared
    }
    found.delivered.add({
      positions: results.map(({ place }) => place),
      counters: results.map(({ place, counters }) => ({ source: place.source, ...counters })),
      events,
      rejected,
      rollup: counts.rollup,
      signals: counts.signals.map(row => ({ ...row, metric: metricOf(job, row.metric) }))
    })
    found.delivered.report({ signals: { rows: counts.signals, lines: [], read: 0, counted: 0 } })
    found.shown.push({ lines: results.flatMap(({ lines }: SegmentResult) => lines), evidence })
  }
  return found
}

function metricOf({ plan }: Job, name: string): string {
  return signalMetric(plan.signals.find(signal => signal.name === name)!)
}
