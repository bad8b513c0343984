import { expect, it } from 'vitest'
import { MINUTE, SECOND } from '../core/time.ts'
import { QueueStream } from '../sources/queue.ts'
import { pipelinesOf } from './slots.ts'
import { StreamReader } from './reader.ts'
import type { EnginePlan } from './plan.ts'

const source = { name: 'web', options: { type: 'stdin' }, format: 'common', zone: 'UTC', known: [] }
const plan: EnginePlan = {
  name: 'test',
  sources: [source],
  window: 10 * SECOND,
  lateness: MINUTE,
  aging: true,
  country: true,
  limit: 100,
  signals: []
}

/** A stream of these lines, and its reader; all of them share their scanner. */
function readers(...texts: readonly string[]): StreamReader[] {
  const pipelines = pipelinesOf(plan, source)
  return texts.map((text, i) => {
    const stream = new QueueStream(String(i), String(i))
    stream.push(Buffer.from(text))
    return new StreamReader(stream, { plan, source, pipelines, fineClock: Date.now })
  })
}

const line = (path: string): string =>
  `192.0.2.1 - - [01/Jan/2026:00:00:01 +0000] "GET ${path} HTTP/1.1" 200 1\n`

it('reads a long line at once, though the scanner is made for short ones and others use it too', () => {
  const [long, short] = readers(line(`/${'x'.repeat(900_000)}`), line('/'))
  const read = [short, long].map(reader => reader?.step(0).delivery?.counters[0]?.read)
  expect(read).toEqual([1, 1])
})
