import { readFileSync } from 'node:fs'
import type { CodeColumn, EventRows } from '../../../core/delivery.ts'
import { decodeText } from '../../../core/escape.ts'
import { toMicros } from '../../../core/time.ts'
import { FIELD_COLUMNS, NUMBERS_A_TASK } from '../archive/columns.ts'
import type { Job, WorkerResult, WorkerTask } from '../protocol.ts'
import { resultsOf } from './count.ts'
import { Use, writeOut } from './stdio.ts'

/** Text is written in pieces of about so many characters. */
const PIECE = 1 << 16

const ABSENT = String.raw`\N`

/** Runs the tasks that come on standard input, and writes a row for each of their lines: `WRITTEN_COLUMNS`. */
export async function writeRows([file = '', time]: readonly string[]): Promise<void> {
  const use = new Use(time)
  const job: Job = JSON.parse(readFileSync(file, 'utf8'))
  for await (const { task, result } of resultsOf(job, use)) {
    let piece = ''
    for (const row of archiveRows(task, result)) {
      piece += row
      if (piece.length < PIECE) continue
      writeOut(latin1(piece), use)
      piece = ''
    }
    writeOut(latin1(piece), use)
  }
}

/** UTF-8 as characters of ISO-8859-1, one a byte. */
function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

/** Rows of a task's lines, columns with tabs between them. */
export function* archiveRows(
  task: WorkerTask,
  { events, rejected, segments }: WorkerResult
): Generator<string> {
  const texts = new Dictionaries()
  let number = task.id * NUMBERS_A_TASK
  for (const rows of events) {
    const { kind, format, flags, time, kept } = rows
    const columns = FIELD_COLUMNS.map(({ field }) => cellsOf(field, rows, texts))
    const [source, form] = [base64(rows.source), base64(format)]
    for (let row = 0; row < rows.rows; row++) {
      const line = base64(kept.get(row) ?? '')
      const fields = columns.map(cell => cell(row)).join('\t')
      yield `${number++}\t${time[row]}\t${flags[row]}\t${kind}\t${source}\t${form}\t${ABSENT}\t${line}\t${fields}\n`
    }
  }
  const sources = new Map(segments.map(({ place }) => [place.stream, place.source]))
  const none = FIELD_COLUMNS.map(() => ABSENT).join('\t')
  for (const { stream, bytes, reason } of rejected) {
    const source = base64(sources.get(stream) ?? '')
    yield `${number++}\t${toMicros(task.now)}\t0\t\t${source}\t\t${base64(reason)}\t${base64(bytes)}\t${none}\n`
  }
}

function base64(bytes: Uint8Array | string): string {
  return (
    typeof bytes === 'string' ? Buffer.from(bytes) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  ).toString('base64')
}

function cellsOf(field: string, rows: EventRows, dictionaries: Dictionaries): (row: number) => string {
  const values = rows.numbers.get(field)
  if (values) return row => (Number.isNaN(values[row]) ? ABSENT : String(values[row]))
  const column = rows.texts.get(field)
  if (!column) return () => ABSENT
  const texts = dictionaries.add(column, rows.escapes)
  return row => (column.codes[row] === 0 ? ABSENT : (texts[column.codes[row]!] ?? ABSENT))
}

/** The texts of codes, by dictionary. */
class Dictionaries {
  readonly #texts = new Map<string, string[]>()

  add({ dictionary, from, bytes, ends }: CodeColumn, escapes: EventRows['escapes']): readonly string[] {
    let texts = this.#texts.get(dictionary)
    if (!texts) this.#texts.set(dictionary, (texts = []))
    for (const [i, end] of ends.entries())
      texts[from + i] = cellText(decodeText(bytes.subarray(ends[i - 1] ?? 0, end), escapes))
    return texts
  }
}

/** A text as a cell: what would frame rows and columns becomes the picture of it, since the line itself is there besides. */
function cellText(text: string): string {
  return text
    .replace(/[\t\n\r\0]/g, c => String.fromCharCode(0x2400 + c.charCodeAt(0)))
    .replace(/^\\N$/, String.raw`\\N`)
}
