import { expect, it } from 'vitest'
import { NO_COUNTERS } from '../core/source.ts'
import { NO_STATE } from '../scanner/index.ts'
import { QueueStream } from '../sources/queue.ts'
import { choiceNamed } from './choose.ts'
import { Pipelines, readOnce, type FormatSlot, type LineConsumer, type Pipeline } from './pipeline.ts'

/** Counts lines by a text field, by code until its dictionary is emptied. */
class ByText implements LineConsumer<FormatSlot> {
  readonly counters = { ...NO_COUNTERS }
  readonly counts = new Map<string, number>()
  readonly offsets: number[] = []
  readonly #field: string
  readonly #codes = new Map<number, number>()

  constructor(field: string) {
    this.#field = field
  }

  take({ batches }: Parameters<LineConsumer<FormatSlot>['take']>[0], _: Pipeline, offset: number): void {
    for (const { rows, columns, start } of batches) {
      const column = columns.get(this.#field)
      for (let row = 0; row < rows; row++) {
        this.offsets.push(offset + start[row]!)
        const code = column?.type === 'text' ? column.codes[row]! : 0
        this.#codes.set(code, (this.#codes.get(code) ?? 0) + 1)
      }
    }
  }

  flush({ scanner }: Pipeline): void {
    for (const [code, count] of this.#codes) {
      const text =
        scanner.dictionaries
          .map(all => all.get(this.#field))
          .find(found => found)
          ?.text(code) ?? ''
      this.counts.set(text, (this.counts.get(text) ?? 0) + count)
    }
    this.#codes.clear()
  }
}

function streamOf(text: string): QueueStream {
  const stream = new QueueStream('test', 'test')
  stream.push(Buffer.from(text))
  stream.finished = true
  return stream
}

it('counts by code what counting by text counts, though dictionaries are emptied again and again', () => {
  const lines = Array.from({ length: 500 }, (_, i) => `/${(i * 7) % 31} ${1_700_000_000 + i}\n`)
  const pipelines = new Pipelines(format => ({ format }), {
    scrub: undefined,
    dictionaryEntries: 4,
    chunk: 400,
    maxRows: 8
  })
  const state = { choice: choiceNamed('%U %{sec}t', 'a test'), scan: NO_STATE }
  const consumer = new ByText('path')
  const stream = streamOf(`${lines.join('')}broken\n`)
  while (readOnce(stream, pipelines, state, consumer, { now: 0 }).consumed > 0);
  consumer.flush(pipelines.of(state.choice.text))
  const wanted = new Map<string, number>()
  for (const [path = ''] of lines.map(line => line.split(' '))) wanted.set(path, (wanted.get(path) ?? 0) + 1)
  expect(consumer.counts).toEqual(wanted)
  expect(consumer.counters).toEqual({
    read: 501,
    parsed: 500,
    rejected: 1,
    late: 0,
    bytes: lines.join('').length + 7
  })
  expect(consumer.offsets).toEqual(lines.map((_, i) => lines.slice(0, i).join('').length))
})

it('goes on with another pipeline behind a directive line that names other fields', () => {
  const text =
    '#Fields: date time cs-uri-stem\n2026-01-01 10:00:00 /a\n#Fields: cs-uri-stem date time\n/b 2026-01-01 10:00:01\n'
  const pipelines = new Pipelines(format => ({ format }), { scrub: undefined, zone: 'UTC' })
  const state = { choice: choiceNamed('#Fields: date time cs-uri-stem', 'a test'), scan: NO_STATE }
  const consumer = new ByText('path')
  const stream = streamOf(text)
  const choices: string[] = []
  for (let more = true; more;) {
    choices.push(state.choice.text)
    more = readOnce(stream, pipelines, state, consumer, { now: 0 }).consumed > 0
  }
  expect(new Set(choices).size).toBe(2)
  expect(consumer.counters).toMatchObject({ read: 2, parsed: 2, rejected: 0, bytes: text.length })
})
