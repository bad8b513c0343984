import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Analysis } from '../../core/analysis.ts'
import { errorOf, VisorError, type PlainError } from '../../core/errors.ts'
import { mergeRollup, type Rollup } from '../../core/rollup.ts'
import { addRows, type CellRows } from '../../core/rows.ts'
import { mergeSpans, type Spans } from '../../core/spans.ts'
import { machineZone } from '../../core/zone.ts'
import { toMicros, type Clock } from '../../core/time.ts'
import type { ScrubSettings } from '../../privacy/settings.ts'
import type { Query } from '../../query/index.ts'
import type { Choice } from '../../reading/choose.ts'
import { peekFile } from '../../reading/file.ts'
import { kernelModule } from '../../scanner/index.ts'
import { inspectBulk, splitRanges, type BulkFile } from '../../sources/bulk/index.ts'
import { Analyst, type AnalystOptions } from '../../counting/analyst.ts'
import { joinResults, countedIn, MAX_KEYS, standAlone } from '../../counting/joined.ts'
import type { Task, TaskResult } from '../../counting/task.ts'

/** A thread needs a fifth of a second to start: it must have more to read than could be read in that time. */
const WORTH_A_THREAD = 128 * 1024 * 1024

export interface AnalyzeOptions {
  /** A preset or directive string for all files; each file's is detected when absent. */
  readonly format?: string | undefined
  /** Zone of lines that have none, and of the hours and days that are counted in; the machine's when absent. */
  readonly zone?: string | undefined
  /** Only lines that pass are counted. */
  readonly where?: Query | undefined
  /** Threads; when absent as many as there are cores, and fewer where there is little to read. */
  readonly jobs?: number | undefined
  /** Count clients by country; default true. */
  readonly country?: boolean
  readonly limit?: number
  /** What of lines is masked; secrets when absent. */
  readonly scrub?: ScrubSettings
  readonly clock?: Clock
  readonly signal: AbortSignal
  /** Called with the bytes read so far, and of how many where that is known. */
  readonly onProgress?: (done: number, total: number | undefined) => void
}

/** What a bulk thread is given, and what it reports. */
export interface BulkShare {
  readonly tasks: readonly Task[]
  readonly options: AnalystOptions
}
export type BulkReport =
  | { readonly bytes: number }
  | { readonly results: readonly TaskResult[]; readonly rows: readonly CellRows[]; readonly spans: Spans }
  | { readonly failure: PlainError }

/**
 * Reads whole files, `-` is standard input, and counts all that is in them: every metric over all time, and those that are read
 * over time in windows too. Large files are cut into ranges over the threads and the counts merged.
 * A file that cannot be read, or that follows no format, is among the files with its problem, while others can be read.
 * Throws FORMAT; where no file can be read FILE_MISSING, FILE_UNREADABLE, FORMAT_UNKNOWN of the first.
 */
export async function analyze(paths: readonly string[], options: AnalyzeOptions): Promise<Analysis> {
  const { format, zone, where, country = true, limit = MAX_KEYS, scrub, clock = Date.now, signal } = options
  const { shares, total } = await divide(paths, options)
  const reportZone = zone ?? machineZone()
  let done = 0
  const onBytes = (bytes: number): void => options.onProgress?.((done += bytes), total)
  const analyst = {
    format,
    zone,
    reportZone,
    where,
    country,
    limit,
    scrub,
    now: toMicros(clock()),
    module: kernelModule()
  }
  const [own = [], ...others] = shares
  const running = others.map(tasks => runThread({ tasks, options: analyst }, signal, onBytes))
  const parts: [Share, ...Share[]] = await Promise.all([
    runShare({ tasks: own, options: analyst }, signal, onBytes),
    ...running
  ])
  // There is always the part of this thread; nobody else holds it.
  const [{ rollup, spans }, ...more] = parts
  for (const part of more) {
    mergeRollup(rollup, part.rollup)
    mergeSpans(spans, part.spans)
  }
  const results = parts.flatMap(part => part.results)
  const [failed] = results.flatMap(({ failure }) => failure ?? [])
  if (failed && results.every(({ failure }) => failure)) throw errorOf(failed)
  const joined = joinResults(paths, results)
  return { rollup, spans, ...joined, ...countedIn(joined, reportZone) }
}

/** What a thread brought. */
interface Share {
  readonly results: readonly TaskResult[]
  readonly rollup: Rollup
  readonly spans: Spans
}

/** Runs tasks one after the other in this thread. */
export async function runShare(
  { tasks, options }: BulkShare,
  signal: AbortSignal,
  onBytes: (bytes: number) => void
): Promise<Share> {
  const analyst = new Analyst(options)
  const results: TaskResult[] = []
  for (const task of tasks) results.push(await analyst.run(task, signal, onBytes))
  return { results, ...analyst.finish() }
}

async function runThread(
  share: BulkShare,
  signal: AbortSignal,
  onBytes: (bytes: number) => void
): Promise<Share> {
  const entry = import.meta.url.endsWith('.ts') ? './bulk-worker.ts' : './bulk-worker.js'
  const worker = new Worker(new URL(entry, import.meta.url), { workerData: share })
  const stop = (): void => worker.postMessage('stop')
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await new Promise((resolve, reject) => {
      worker.on('error', reject)
      worker.on('message', (message: BulkReport) => {
        if ('bytes' in message) onBytes(message.bytes)
        else if ('failure' in message) reject(errorOf(message.failure))
        else
          resolve({
            results: message.results,
            rollup: addRows(new Map(), message.rows),
            spans: message.spans
          })
      })
    })
  } finally {
    signal.removeEventListener('abort', stop)
    await worker.terminate()
  }
}

/** A file that cannot be looked at now has nothing to read; who reads it says why. */
function inspected(path: string): BulkFile {
  try {
    return inspectBulk(path)
  } catch {
    return { size: 0, splittable: false }
  }
}

async function peeked(path: string, format: string | undefined, signal: AbortSignal): Promise<Choice> {
  try {
    return (await peekFile(path, format, 1, signal)).chosen
  } catch (error) {
    if (error instanceof VisorError && error.code === 'FORMAT') throw error
    return undefined
  }
}

/** Deals files and ranges of files out to threads, about as many bytes to each, in order. */
async function divide(
  paths: readonly string[],
  { format, jobs, signal }: AnalyzeOptions
): Promise<{ shares: Task[][]; total: number | undefined }> {
  const files = paths.map(path => ({ path, ...inspected(path) }))
  const known = files.reduce((sum, { size = 0 }) => sum + size, 0)
  const useful = Math.floor(known / WORTH_A_THREAD)
  const threads = Math.max(1, jobs ?? Math.min(availableParallelism(), useful))
  const shares: Task[][] = Array.from({ length: threads }, () => [])
  let dealt = 0
  for (const [file, { path, size = 0, splittable }] of files.entries()) {
    const parts = splittable ? Math.ceil((size / known) * threads) || 1 : 1
    const chosen = parts > 1 ? await peeked(path, format, signal) : undefined
    const choice = chosen && 'choice' in chosen ? chosen.choice : undefined
    const ranges = choice && standAlone(choice) ? splitRanges(size, parts) : [undefined]
    for (const range of ranges) {
      const share = Math.min(threads - 1, Math.floor((dealt / known) * threads) || 0)
      shares[share]?.push({ file, path, range, choice })
      dealt += range ? range.to - range.from : size
    }
  }
  return { shares, total: files.every(({ size }) => size !== undefined) ? known : undefined }
}
