/** Runs over text, cut into steps as it pleases. */
import { Delivered } from '../delivered.ts'
import type { Delivery } from '../../../core/delivery.ts'
import type { Progress } from '../../../core/progress.ts'
import type { Signal } from '../../../core/signal.ts'
import { MINUTE, SECOND, toMillis, type Micros } from '../../../core/time.ts'
import type { EnginePlan } from '../../../counting/plan.ts'
import { StreamReader } from '../../../counting/reader.ts'
import { pipelinesOf } from '../../../counting/slots.ts'
import type { Query } from '../../../query/index.ts'
import { QueueStream } from '../../../sources/queue.ts'

/** What is counted, and what of it one step carries. */
export interface Counting {
  readonly format: string
  readonly limit: number
  readonly signals: readonly Signal<Query>[]
  /** The clock, which stands still. */
  readonly now: Micros
}

/** What reading came to, step by step. */
export interface Steps {
  readonly deliveries: Delivery[]
  readonly reported: Pick<Progress, 'signals'>[]
}

/** Reads bytes that come in pieces, a step for each; lines that end nowhere are the last. */
export function stepsOf(
  bytes: Uint8Array,
  cuts: readonly number[],
  { format, limit, signals, now }: Counting
): Steps {
  const source = { name: 'web', options: { type: 'stdin' }, format, zone: 'UTC', known: [] }
  const plan: EnginePlan = {
    name: 'test',
    sources: [source],
    window: 10 * SECOND,
    lateness: MINUTE,
    aging: true,
    country: true,
    limit,
    signals
  }
  const stream = new QueueStream('test', 'test')
  const fineClock = () => toMillis(now)
  const reader = new StreamReader(stream, { plan, source, pipelines: pipelinesOf(plan, source), fineClock })
  const at = [0, ...cuts.map(cut => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  const steps = at.slice(1).map((end, i) => {
    stream.push(Buffer.from(bytes.subarray(at[i], end)))
    stream.finished = i === at.length - 2
    return reader.step(toMillis(now))
  })
  return {
    deliveries: steps.flatMap(({ delivery }) => delivery ?? []),
    reported: steps.flatMap(({ progress }) => progress ?? [])
  }
}

export function deliveredOf({ deliveries, reported }: Steps, signals: readonly Signal<Query>[]): Delivered {
  const run = new Delivered(signals)
  for (const delivery of deliveries) run.add(delivery)
  for (const progress of reported) run.report(progress)
  return run
}
