import type { Analysis } from '../../../core/analysis.ts'
import { errorOf, VisorError } from '../../../core/errors.ts'
import { boundCell, type Rollup } from '../../../core/rollup.ts'
import { addRows } from '../../../core/rows.ts'
import { mergeSpans, type Spans } from '../../../core/spans.ts'
import { machineZone } from '../../../core/zone.ts'
import { DAY_MS, toMicros, type Clock, type Millis } from '../../../core/time.ts'
import { Analyst, type AnalystOptions } from '../../../counting/analyst.ts'
import { joinResults, countedIn, MAX_KEYS } from '../../../counting/joined.ts'
import type { TaskResult } from '../../../counting/task.ts'
import type { ScrubSettings } from '../../../privacy/settings.ts'
import type { Query } from '../../../query/index.ts'
import { aliasOf, queryPlan, sqlOver } from '../../../spark/relation.ts'
import type { SparkProgress } from '../../../spark/execution.ts'
import { SparkError } from '../../../spark/problem.ts'
import type { SparkSession } from '../../../spark/session.ts'
import { unpackRow } from '../pack.ts'
import { answerRow, transformSql, Workers } from '../workers.ts'
import type { ReportJob, ReportPart, SplitResult } from '../worker/report.ts'
import { FILE_KEY, listFiles, firstFormat, textLines, splittable, type ListedFile } from './files.ts'

export interface SparkReportOptions {
  /** A preset or directive string for all files; each file's is detected when absent. */
  readonly format?: string | undefined
  /** Zone of lines that have none; this machine's when absent. */
  readonly zone?: string | undefined
  /** Only lines that pass are counted. */
  readonly where?: Query | undefined
  /** Count clients by country; default true. */
  readonly country?: boolean
  readonly limit?: number
  /** What of lines is masked; secrets when absent. */
  readonly scrub?: ScrubSettings
  readonly clock?: Clock
  readonly signal: AbortSignal
  /** Called with the bytes read so far, and of how many. */
  readonly onProgress?: (done: number, total: number) => void
}

/** A file is taken for so many bytes more than it has, when files are dealt out: no larger one is split unawares. */
const OPEN_BYTES = 8 * 1024 * 1024
/** A task has about so many at most: starting a worker must cost little beside them. */
const TASK_BYTES = 512 * 1024 * 1024

/** The same over a server that is named; its session stays there for the next report. `node`: see `KitOptions`. */
export async function reportOnSpark(
  paths: readonly string[],
  { connect, node }: { readonly connect: string; readonly node?: string | undefined },
  options: SparkReportOptions
): Promise<Analysis> {
  const workers = await Workers.open({ connect, node, purpose: 'report', signal: options.signal })
  try {
    return await analyzeOnSpark(paths, workers, options)
  } finally {
    workers.close()
  }
}

/**
 * Counts all that is in the files that paths stand for, read by Spark: the same analysis as one machine's own of the same files.
 * @throws VisorError FILE_MISSING, FORMAT, FORMAT_UNKNOWN, and of Spark's own
 */
export async function analyzeOnSpark(
  paths: readonly string[],
  on: Pick<Workers, 'session' | 'command'>,
  options: SparkReportOptions
): Promise<Analysis> {
  const { format, where, country = true, limit = MAX_KEYS, scrub, clock = Date.now, signal } = options
  const zone = options.zone ?? machineZone()
  const analyst = { format, zone, reportZone: zone, where, country, limit, scrub, now: toMicros(clock()) }
  const files = await withFormats(on.session, await listFiles(on.session, paths, signal), format, signal)
  const total = files.reduce((sum, { size }) => sum + size, 0)
  let before = 0
  const rollup: Rollup = new Map()
  const spans: Spans = new Map()
  const splits: SplitResult[] = []
  const damaged: ListedFile[] = []
  for (const plan of plansOf(files)) {
    const onBytes = (bytes: number): void => options.onProgress?.(Math.min(before + bytes, total), total)
    const reading = { on, analyst, signal, onBytes }
    for await (const part of plan.packed ? unpackedOf(plan, reading, damaged) : partsOf(plan, reading)) {
      splits.push(...part.splits)
      addRows(rollup, part.rows)
      mergeSpans(spans, part.spans)
      // Of many parts each brings keys of its own.
      for (const cell of rollup.values()) if (cell.keys.size > 8 * limit) boundCell(cell, 4 * limit)
    }
    before += plan.files.reduce((sum, { size }) => sum + size, 0)
  }
  const results = files.flatMap(file => {
    const found = resultsOf(file, splits, analyst)
    return damaged.includes(file) ? found.map(one => ({ ...one, problem: damageText(file) })) : found
  })
  const joined = joinResults(
    files.map(({ path }) => path),
    results
  )
  return { rollup, spans, ...joined, ...countedIn(joined, zone) }
}

async function withFormats(
  session: SparkSession,
  files: readonly ListedFile[],
  format: string | undefined,
  signal: AbortSignal
): Promise<ListedFile[]> {
  const all: ListedFile[] = []
  // What begins with damage has no lines.
  await session.set({ [IGNORE]: 'true' }, { signal })
  for (const file of files)
    all.push(
      file.size > OPEN_BYTES ? { ...file, choice: await firstFormat(session, file, format, signal) } : file
    )
  return all
}

/** Files that one plan reads, and whether Spark may split those that are large. */
interface ReadingPlan {
  readonly files: readonly ListedFile[]
  readonly split: boolean
  /** Spark unpacks them. */
  readonly packed: boolean
  /** They are damaged: what is before that is read. */
  readonly damaged?: boolean
}

/** What plans are read with. */
interface PlanReading {
  readonly on: Pick<Workers, 'session' | 'command'>
  readonly analyst: AnalystOptions
  readonly signal: AbortSignal
  readonly onBytes: (bytes: number) => void
}

type FilePart = Exclude<ReportPart, { failure: unknown }>

/** Whether Spark ends a file where it cannot unpack it, and does not fail. */
const IGNORE = 'spark.sql.files.ignoreCorruptFiles'

/** A file that is named twice counts twice, in another plan: Spark reads it once in each. */
function plansOf(files: readonly ListedFile[]): ReadingPlan[] {
  const rounds: Map<string, ListedFile>[] = []
  for (const file of files) {
    if (file.size === 0) continue
    let round = rounds.find(names => !names.has(file.key))
    if (!round) rounds.push((round = new Map()))
    round.set(file.key, file)
  }
  return rounds.flatMap(round => {
    const kinds = [true, false].flatMap(split => [true, false].map(packed => ({ split, packed })))
    const plans = kinds.map(({ split, packed }) => ({
      split,
      packed,
      files: [...round.values()]
        .filter(file => (file.size <= OPEN_BYTES || splittable(file)) === split)
        .filter(file => COMPRESSED.test(file.name) === packed)
    }))
    return plans.filter(plan => plan.files.length > 0)
  })
}

/**
 * Parts of packed files. Where the plan fails since some of them are damaged, the others are read without these, and these as far
 * as that goes; they are added to `damaged`.
 */
async function* unpackedOf(
  plan: ReadingPlan,
  reading: PlanReading,
  damaged: ListedFile[]
): AsyncGenerator<FilePart> {
  const parts: FilePart[] = []
  try {
    for await (const part of partsOf(plan, reading)) parts.push(part)
  } catch (error) {
    const found = await damagedIn(plan.files, error, reading)
    if (found.length === 0) throw error
    damaged.push(...found)
    const files = plan.files.filter(file => !found.includes(file))
    if (files.length > 0) yield* partsOf({ ...plan, files }, reading)
    yield* partsOf({ ...plan, files: found, damaged: true }, reading)
    return
  }
  yield* parts
}

/** The files that Spark cannot read to their end, where a plan over them failed. */
async function damagedIn(
  files: readonly ListedFile[],
  error: unknown,
  { on: { session }, signal }: PlanReading
): Promise<ListedFile[]> {
  if (!(error instanceof SparkError) || error.kind !== 'task') return []
  const found: ListedFile[] = []
  for (const file of files) {
    const alias = aliasOf('whole')
    const query = `SELECT sum(length(value)) AS bytes FROM ${alias}`
    try {
      await session.query(sqlOver(query, { [alias]: textLines([file.name]) }), { signal, timeout: LONGEST })
    } catch (problem) {
      if (!(problem instanceof SparkError) || problem.kind !== 'task') throw problem
      found.push(file)
    }
  }
  return found
}

function damageText({ path }: ListedFile): string {
  return `${path} is damaged, or not whole: only what Spark could unpack of it is counted.`
}

async function* partsOf(
  { files, split, damaged = false }: ReadingPlan,
  { on, analyst: options, signal, onBytes }: PlanReading
): AsyncGenerator<FilePart> {
  const largest = files.reduce((size, file) => Math.max(size, file.size), OPEN_BYTES)
  await on.session.set(
    {
      'spark.sql.files.maxPartitionBytes': `${split ? TASK_BYTES : Number.MAX_SAFE_INTEGER}b`,
      'spark.sql.files.openCostInBytes': `${split ? OPEN_BYTES : largest}b`,
      [IGNORE]: String(damaged)
    },
    { signal }
  )
  const job: ReportJob = { options, files: Object.fromEntries(files.map(file => [file.key, file])) }
  const alias = aliasOf('lines')
  const keyed = `(SELECT concat_ws(' ', ${FILE_KEY}, hex(input_file_block_start()), hex(input_file_block_length())) AS line_key,
      decode(CAST(value AS BINARY), 'ISO-8859-1') AS line FROM ${alias})`
  const command = await on.command('report', job, LONGEST, signal)
  const query = transformSql('line_key, line', command, keyed)
  const plan = queryPlan(sqlOver(query, { [alias]: textLines(files.map(({ name }) => name)) }))
  const onProgress = ({ bytes }: SparkProgress): void => onBytes(bytes)
  for await (const { rows } of on.session.execute(plan, { signal, timeout: LONGEST, onProgress })) {
    for (const row of rows) {
      const part: ReportPart = unpackRow(answerRow(row))
      if ('failure' in part) throw errorOf(part.failure)
      yield part
    }
  }
}

/** A plan is ended after so long, whatever it does. */
const LONGEST: Millis = DAY_MS

/** What Spark unpacks by itself, by the ends of names. */
const COMPRESSED = /\.(?:gz|bz2|deflate|zst|lz4|snappy)$/i

/** Spark takes a byte order mark off. */
const MARK_BYTES = 3

/**
 * The results of a file's splits in their order. A worker that is cut off fails, but Spark does not tell of one that never ran:
 * so what came of a file is held against its size.
 */
function resultsOf(file: ListedFile, all: readonly SplitResult[], options: AnalystOptions): TaskResult[] {
  const splits = all.filter(split => split.file === file.file).toSorted((a, b) => a.start - b.start)
  const fed = splits.reduce((sum, split) => sum + split.fed, 0)
  if (fed + MARK_BYTES < file.size && !COMPRESSED.test(file.name))
    throw new VisorError('SPARK_PLAN', `of ${file.path} came ${fed} bytes, though it has ${file.size}`)
  const last = splits.at(-1)
  if (!last) return [{ ...new Analyst(options).empty(file.path, file.choice).result(), file: file.file }]
  // Spark's lines have no ends: the last of a file may have had none.
  if (fed === file.size + 1 && last.counters.bytes > 0) last.counters.bytes--
  return splits
}
