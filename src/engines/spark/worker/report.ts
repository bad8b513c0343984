import { readFileSync } from 'node:fs'
import { plainError, VisorError, type PlainError } from '../../../core/errors.ts'
import type { FormatChoice } from '../../../core/format.ts'
import { toRows, type CellRows } from '../../../core/rows.ts'
import type { Spans } from '../../../core/spans.ts'
import { Analyst, type AnalystOptions } from '../../../counting/analyst.ts'
import { standAlone } from '../../../counting/joined.ts'
import type { TaskReading, TaskResult } from '../../../counting/task.ts'
import { chooseFormat, MAX_HEAD_BYTES } from '../../../reading/choose.ts'
import { QueueStream } from '../../../sources/queue.ts'
import { packRow, rowText } from '../pack.ts'
import { keyedLines, type KeyedLines } from './keyed.ts'
import { standardInput, Use, writeOut } from './stdio.ts'

/** What the worker of a report is told beside the lines. */
export interface ReportJob {
  readonly options: AnalystOptions
  /** By the first word of the lines' keys. */
  readonly files: Readonly<Record<string, ReportFile>>
}

/** A file of a report, as Spark lists it. */
export interface ReportFile {
  /** Which of the report's files it is. */
  readonly file: number
  readonly path: string
  /** Bytes, compressed where it is. */
  readonly size: number
  /** Its formats, where they are known: one that Spark may split needs them. */
  readonly choice?: FormatChoice | undefined
}

/** What came of a part of a file, as Spark split it. */
export interface SplitResult extends TaskResult {
  /** Where the split begins in the file. */
  readonly start: number
  /** Bytes that came, each line with an end. */
  readonly fed: number
}

/** What a task of Spark's brings. */
export type ReportPart =
  | { readonly splits: readonly SplitResult[]; readonly rows: readonly CellRows[]; readonly spans: Spans }
  | { readonly failure: PlainError }

/** Counts all lines that come on standard input, and writes one row. */
export function reportLines([file = '', time]: readonly string[]): void {
  const use = new Use(time)
  const job: ReportJob = JSON.parse(readFileSync(file, 'utf8'))
  const part = reportOn(keyedLines(standardInput(use)), job)
  writeOut(rowText(packRow({ task: 0, part: 0, kind: 'report' }, part)), use)
}

/** Counts all lines that a task of Spark's is given. What is wrong with a file is a result: a task that fails is tried again. */
export function reportOn(lines: Iterable<KeyedLines>, { options, files }: ReportJob): ReportPart {
  const analyst = new Analyst(options)
  const splits: SplitResult[] = []
  let split: Split | undefined
  try {
    for (const { key, bytes } of lines) {
      if (split?.key !== key) {
        if (split) splits.push(split.end())
        split = new Split(key, files, options.format, analyst)
      }
      split.push(bytes)
    }
    if (split) splits.push(split.end())
  } catch (error) {
    if (error instanceof VisorError) return { failure: plainError(error) }
    throw error
  }
  const { rollup, spans } = analyst.finish()
  return { splits, rows: toRows(rollup), spans }
}

/** A part of a file on its way. */
class Split {
  readonly key: string
  readonly #file: ReportFile
  readonly #start: number
  readonly #whole: boolean
  readonly #format: string | undefined
  readonly #analyst: Analyst
  readonly #stream: QueueStream
  #reading: TaskReading | undefined
  #fed = 0

  /** `key`: the file's, where the split begins, and its length, in hexadecimal. */
  constructor(key: string, files: ReportJob['files'], format: string | undefined, analyst: Analyst) {
    const [name = '', start = '', length = ''] = key.split(' ')
    const file = files[name]
    if (!file) throw new RangeError(`there is no file ${name} in this report`)
    this.key = key
    this.#file = file
    this.#start = Number.parseInt(start, 16)
    this.#whole = this.#start === 0 && Number.parseInt(length, 16) >= file.size
    this.#format = format
    this.#analyst = analyst
    this.#stream = new QueueStream(key, file.path)
  }

  push(bytes: Uint8Array): void {
    this.#fed += bytes.length
    this.#stream.push(bytes)
    if (this.#reading || this.#stream.pending >= MAX_HEAD_BYTES) this.#drain()
  }

  end(): SplitResult {
    this.#stream.finished = true
    this.#drain()
    const { path, file, choice } = this.#file
    if (this.#reading && this.#stream.pending > 0) throw new RangeError(`${path} was not read to its end`)
    const result = (this.#reading ?? this.#analyst.empty(path, choice)).result()
    return { ...result, file, start: this.#start, fed: this.#fed }
  }

  #drain(): void {
    this.#reading ??= this.#open()
    this.#reading?.drain(this.#stream)
  }

  #open(): TaskReading | undefined {
    const { path, choice: known } = this.#file
    if (!known && this.#start > 0) throw new RangeError(`${path} was split before its format was known`)
    const chosen = known ? { choice: known } : chooseFormat(this.#stream, this.#format)
    if (!chosen) return undefined
    if ('problem' in chosen) throw new VisorError('FORMAT_UNKNOWN', `${path}: ${chosen.problem}`)
    if (!this.#whole && !standAlone(chosen.choice))
      throw new RangeError(`${path} was split, though its lines belong to those before them`)
    return this.#analyst.open(path, chosen.choice)
  }
}
