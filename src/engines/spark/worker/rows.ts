import { zstdDecompressSync } from 'node:zlib'
import type { Position } from '../../../core/source.ts'
import { fetchPositionOf, unreadBefore } from '../../../sources/kafka/fetch-position.ts'
import { Partition } from '../../../sources/kafka/partition.ts'
import { isKafkaRange } from '../../../sources/kafka/range.ts'
import { LineGatherer } from '../../../sources/kafka/record-lines.ts'
import { rowText } from '../pack.ts'
import type { Segment, WorkerTask } from '../protocol.ts'
import { readJob } from './count.ts'
import { encodeResult } from './encode.ts'
import { EXIT, rowsIn, Use, WorkerEnd, writeOut } from './stdio.ts'
import type { SegmentStream } from './streams.ts'
import { runTask } from './task.ts'

const TAB = 9

/** How many bytes of rows are gathered before they are read as lines. */
const PIECE_BYTES = 256 << 10

/**
 * Runs tasks whose lines come on standard input: a row for each message, with its topic, partition, offset, and its value as
 * base64, in this order. All tasks are told by the last argument; of several, those are run whose messages come.
 */
export async function countRows([file = '', time, told = '']: readonly string[]): Promise<void> {
  const use = new Use(time)
  const job = readJob(file)
  const tasks: readonly WorkerTask[] = JSON.parse(
    zstdDecompressSync(Buffer.from(told, 'base64')).toString('utf8')
  )
  const messages = new MessageRows(rowsIn(use))
  const waiting = new Set(tasks)
  while (messages.partition !== undefined || (tasks.length === 1 && waiting.size === 1)) {
    const task = tasks.length === 1 ? tasks[0]! : taskOf(waiting, messages.partition)
    waiting.delete(task)
    const open = async (segment: Segment): Promise<SegmentStream> => new RowsStream(segment, messages)
    const result = await runTask(job, task, open, () => use.check())
    for (const answer of encodeResult(job.plan, result, task.parts)) writeOut(rowText(answer), use)
    if (tasks.length === 1 && messages.partition !== undefined) throw strange(messages.partition)
  }
}

function taskOf(tasks: ReadonlySet<WorkerTask>, partition: string | undefined): WorkerTask {
  for (const task of tasks) if (task.segments.some(segment => partitionIn(segment) === partition)) return task
  throw strange(partition)
}

function strange(partition = ''): WorkerEnd {
  return new WorkerEnd(EXIT.input, `a message of ${partition.replace('\t', '/')} has come that no task wants`)
}

/** What the rows of a segment begin with. @throws WorkerEnd */
function partitionIn({ from, stream }: Segment): string {
  const range = 'range' in from ? from.range : undefined
  if (!range || !isKafkaRange(range)) throw new WorkerEnd(EXIT.input, `${stream} is no range of Kafka`)
  return `${range.topic}\t${range.index}`
}

/** Messages as rows, of which the next can be looked at. */
class MessageRows {
  /** Topic and partition of the next; `undefined` behind the last. */
  partition: string | undefined
  offset = 0
  /** The value as base64, `\N` where there is none; valid until the next is asked for. */
  value: Buffer = Buffer.alloc(0)
  readonly #rows: Generator<Buffer>
  #prefix = Buffer.alloc(0)

  constructor(rows: Generator<Buffer>) {
    this.#rows = rows
    this.next()
  }

  next(): void {
    const { done, value: row } = this.#rows.next()
    if (done === true) {
      this.partition = undefined
      return
    }
    if (!this.#prefix.equals(row.subarray(0, this.#prefix.length)) || this.#prefix.length === 0) {
      const end = row.indexOf(TAB, row.indexOf(TAB) + 1)
      this.#prefix = Buffer.from(row.subarray(0, end + 1))
      this.partition = this.#prefix.toString('latin1', 0, end)
    }
    const from = this.#prefix.length
    const tab = row.indexOf(TAB, from)
    if (from === 0 || tab < 0) throw new WorkerEnd(EXIT.input, 'a row of its input is no message')
    this.offset = Number(row.toString('latin1', from, tab))
    this.value = row.subarray(tab + 1)
  }
}

/** The lines of those rows that belong to a segment. */
class RowsStream implements SegmentStream {
  readonly id: string
  readonly name: string
  readonly finished = false
  readonly replayable: boolean
  readonly problem = undefined
  readonly #rows: MessageRows
  readonly #key: string
  readonly #partition: Partition
  readonly #end: number

  constructor(segment: Segment, rows: MessageRows) {
    const { stream, name, replayable, from } = segment
    this.id = stream
    this.name = name
    this.replayable = replayable
    this.#rows = rows
    this.#key = partitionIn(segment)
    const range = 'range' in from ? from.range : undefined
    const position = range && fetchPositionOf(range.position)
    if (!range || !position || !isKafkaRange(range))
      throw new WorkerEnd(EXIT.input, `${name} has no position`)
    this.#end = position.message + range.messages
    this.#partition = new Partition(stream, range, this.#end)
    this.#partition.begin(position, '', '', range.position.offset, unreadBefore(range.position))
  }

  get pending(): number {
    return this.#partition.pending
  }

  read(into: Uint8Array): number {
    return this.#partition.read(into)
  }

  advance(bytes: number): void {
    this.#partition.advance(bytes)
  }

  position(): Position {
    return this.#partition.position()
  }

  prefetch(): void {}

  fetch(): Promise<boolean> {
    const rows = this.#rows
    if (rows.partition !== this.#key) {
      this.#partition.fetchFrom(this.#end)
      return Promise.resolve(false)
    }
    const values: Buffer[] = []
    const offsets: number[] = []
    let size = 0
    for (; rows.partition === this.#key && size < PIECE_BYTES; rows.next()) {
      const value = Buffer.from(rows.value.toString('latin1'), 'base64')
      values.push(value)
      offsets.push(rows.offset)
      size += value.length + 1
    }
    this.#push(values, offsets, size)
    return Promise.resolve(true)
  }

  #push(values: readonly Buffer[], offsets: readonly number[], size: number): void {
    const { message, within } = this.#partition.fetchPosition
    const bytes = Buffer.allocUnsafeSlow(size)
    const lines = new LineGatherer(bytes, values.length, message, within)
    for (const [i, value] of values.entries()) {
      const start = lines.filled
      value.copy(bytes, start)
      lines.add(offsets[i]!, start, start + value.length)
    }
    this.#partition.pushLines(lines.result(offsets.at(-1)! + 1, -1))
  }

  close(): void {}
}
