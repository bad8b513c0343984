import { readFileSync } from 'node:fs'
import type { Batch } from '../../../core/batch.ts'
import { DETAILS } from '../../../core/program.ts'
import { NO_COUNTERS, type Counters } from '../../../core/source.ts'
import { derivationOf } from '../../../derived/index.ts'
import { BatchFilter, queryFields } from '../../../query/index.ts'
import { choiceNamed } from '../../../reading/choose.ts'
import {
  Pipelines,
  readOnce,
  type FormatSlot,
  type LineConsumer,
  type ReadingState
} from '../../../reading/pipeline.ts'
import { NO_STATE, type Scan } from '../../../scanner/index.ts'
import { QueueStream } from '../../../sources/queue.ts'
import type { ArchivedLine, Asked, Matches, LineOrigin, SearchJob } from '../archive/asked.ts'
import { packRow, rowText } from '../pack.ts'
import { Answer } from './answer.ts'
import { keyedLines, type KeyedLines } from './keyed.ts'
import { standardInput, Use, writeOut } from './stdio.ts'
import { LineValues } from './values.ts'

const LF = 10
const TAB = 9

/** The lines of the archive were no longer than a source of theirs allowed. */
const MAX_LINE_BYTES = 64 * 1024 * 1024

/** Answers a question about the archived lines that come on standard input. */
export function searchLines([file = '', time]: readonly string[]): void {
  const use = new Use(time)
  const job: SearchJob = JSON.parse(readFileSync(file, 'utf8'))
  for (const found of foundIn(keyedLines(standardInput(use)), job))
    writeOut(rowText(packRow({ task: 0, part: 0, kind: 'found' }, found)), use)
}

/** What is asked of archived lines, in one piece or several that are to be added up. */
export function* foundIn(lines: Iterable<KeyedLines>, job: SearchJob): Generator<Matches> {
  const answer = new Answer(job.asked)
  const searches = new Map<string, Search>()
  for (const { key, bytes } of lines) {
    let search = searches.get(key)
    if (!search) searches.set(key, (search = new Search(originOf(job, key), job, answer)))
    search.read(bytes)
    if (answer.large) yield answer.take()
  }
  yield answer.take()
}

function originOf({ origins }: SearchJob, key: string): LineOrigin {
  const origin = origins[key]
  if (!origin) throw new RangeError(`there are no lines ${key} in this search`)
  return origin
}

/** Finds lines of one origin: reads them again by their format, and filters what is read as it was filtered when they came. */
class Search implements LineConsumer<FormatSlot> {
  readonly counters: Counters = { ...NO_COUNTERS }
  readonly #origin: LineOrigin
  readonly #filter: BatchFilter | undefined
  readonly #pipelines: Pipelines<FormatSlot>
  readonly #values: LineValues
  readonly #answer: Answer
  #lines = new Map<number, ArchivedLine>()

  constructor(origin: LineOrigin, { where, asked }: SearchJob, answer: Answer) {
    this.#origin = origin
    this.#filter = where && new BatchFilter(where, origin)
    this.#values = new LineValues(origin)
    this.#answer = answer
    const wanted = wantedBy(asked, where)
    this.#pipelines = new Pipelines(format => ({ format }), {
      // They were masked when they came.
      scrub: undefined,
      zone: 'UTC',
      maxLine: MAX_LINE_BYTES,
      ...(wanted && { wanted: field => field === DETAILS || wanted.has(field) })
    })
  }

  /** Rows without their key: time, number and flags, a tab, and the line as base64. */
  read(rows: Uint8Array): void {
    const stream = new QueueStream('archive', 'archive')
    this.#lines = new Map()
    const text = Buffer.from(rows.buffer, rows.byteOffset, rows.length)
    let offset = 0
    for (let at = 0; at < text.length;) {
      const end = text.indexOf(LF, at)
      const tab = text.indexOf(TAB, at)
      const [time, number = '', flags] = text.toString('latin1', at, tab).split(' ')
      const line = Buffer.from(text.toString('latin1', tab + 1, end), 'base64')
      this.#lines.set(offset, { time: Number(time), number, flags: Number(flags), line })
      stream.push(line)
      stream.push(Uint8Array.of(LF))
      offset += line.length + 1
      at = end + 1
    }
    stream.finished = true
    const before = this.counters.parsed
    const { format } = this.#origin
    const state: ReadingState = { choice: choiceNamed(format, 'as archived'), scan: NO_STATE }
    for (let more = true; more;) {
      const { final, consumed, cramped } = readOnce(stream, this.#pipelines, state, this, { now: 0 })
      more = !final && (consumed > 0 || cramped)
    }
    const found = this.counters.parsed - before
    if (found !== this.#lines.size)
      throw new RangeError(`of ${this.#lines.size} archived lines ${found} could be read again`)
  }

  take({ batches }: Scan, _: unknown, offset: number): void {
    for (const batch of batches) this.#take(batch, offset)
  }

  flush(): void {
    // Values are texts by now.
  }

  #take(batch: Batch, offset: number): void {
    const { rows, start, time } = batch
    const lines: ArchivedLine[] = []
    for (let row = 0; row < rows; row++) {
      const line = this.#lines.get(offset + start[row]!)
      if (!line) throw new RangeError('an archived line is read as another one')
      // Of a line without a time of its own it is that of the lines before it.
      time[row] = line.time
      lines.push(line)
    }
    const passed = this.#filter?.rows(batch) ?? Uint32Array.from(lines.keys())
    this.#answer.add(batch, passed, lines, this.#values, this.#origin.source)
  }
}

/** The fields that a search looks at; `undefined` for all. */
function wantedBy(asked: Asked, where: SearchJob['where']): ReadonlySet<string> | undefined {
  const queried = where && queryFields(where)
  if (asked.what === 'lines' || (where && !queried)) return undefined
  const names =
    asked.what === 'signatures' ? ['signature', 'level'] : [...asked.by, asked.field ?? '', 'status']
  return new Set([...(queried ?? []), ...names.map(name => derivationOf(name)?.from ?? name)])
}
