import { readFileSync } from 'node:fs'
import type { Job, WorkerResult, WorkerTask } from '../protocol.ts'
import { rowText, unpackData } from '../pack.ts'
import { encodeResult } from './encode.ts'
import { EXIT, rowsIn, Use, WorkerEnd, writeOut } from './stdio.ts'
import { RangedStream, RidingStream } from './streams.ts'
import { runTask, type OpenSegment } from './task.ts'

const TAB = 9

/** Runs the tasks that come on standard input, one row each, and writes what they bring. */
export async function countTasks([file = '', time]: readonly string[], use = new Use(time)): Promise<void> {
  const job = readJob(file)
  for await (const { task, result } of resultsOf(job, use))
    for (const answer of encodeResult(job.plan, result, task.parts)) writeOut(rowText(answer), use)
}

/** What the tasks bring that come on standard input. */
export async function* resultsOf(
  job: Job,
  use: Use
): AsyncGenerator<{ readonly task: WorkerTask; readonly result: WorkerResult }> {
  const stop = new AbortController()
  for (const row of rowsIn(use)) {
    const { task, data } = taskOf(row)
    const result = await runTask(job, task, opener(job, task, data, stop.signal), () => use.check())
    yield { task, result }
  }
}

export function readJob(file: string): Job {
  const text = readFileSync(file, 'utf8')
  return JSON.parse(text)
}

/** A task and the bytes that ride with it. @throws WorkerEnd */
function taskOf(row: Buffer): { readonly task: WorkerTask; readonly data: Buffer } {
  const tab = row.indexOf(TAB)
  const end = tab < 0 ? row.length : tab
  try {
    const task: WorkerTask = JSON.parse(row.toString('utf8', 0, end))
    return { task, data: unpackData(bytesOf(row, end + 1)) }
  } catch (error) {
    const begin = JSON.stringify(row.toString('utf8', 0, Math.min(end, 80)))
    throw new WorkerEnd(
      EXIT.input,
      `a row of its input is no task; it begins with ${begin}: ${String(error)}`
    )
  }
}

/** A piece of base64: a whole number of groups of four. */
const PIECE = 1 << 20

/** The bytes that base64 in a row stands for, piece by piece: a text of all of it would be as large again. */
function bytesOf(row: Buffer, from: number): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Math.ceil((Math.max(0, row.length - from) * 3) / 4))
  let filled = 0
  for (let at = from; at < row.length; at += PIECE)
    filled += bytes.write(row.toString('latin1', at, at + PIECE), filled, 'base64')
  return bytes.subarray(0, filled)
}

function opener(job: Job, { id, segments }: WorkerTask, data: Uint8Array, signal: AbortSignal): OpenSegment {
  const lengths = segments.map(({ from }) => ('bytes' in from ? from.bytes : 0))
  const ends = lengths.map(
    (
      (end: number) => (length: number) =>
        (end += length)
    )(0)
  )
  const wanted = ends.at(-1) ?? 0
  if (wanted !== data.length)
    throw new WorkerEnd(EXIT.input, `task ${id} should come with ${wanted} bytes, and has ${data.length}`)
  return async (segment, i) => {
    const { source, from } = segment
    if ('bytes' in from) return new RidingStream(segment, data.subarray(ends[i]! - from.bytes, ends[i]))
    const options = job.plan.sources.find(({ name }) => name === source)?.options
    if (!options) throw new WorkerEnd(EXIT.input, `task ${id}: there is no source ${source} in the plan`)
    const { readRange } = await import('../../../sources/range-readers.ts')
    return new RangedStream(segment, await readRange(options, from.range, signal))
  }
}
