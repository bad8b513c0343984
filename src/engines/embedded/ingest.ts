import { setTimeout } from 'node:timers/promises'
import type { DeliverySink } from '../../core/delivery.ts'
import type { Source } from '../../core/source.ts'
import { fileSource, stdinSource } from '../../sources/index.ts'
import { Lanes } from './lane.ts'
import type { FromIngest, IngestPlan, IngestSource } from './messages.ts'
import { Outbox } from './outbox.ts'
import { HOLD, StreamReader } from './reader.ts'

/** How often problems of a source are told while they last, in milliseconds. */
const TELL_EVERY = 1000

/**
 * Reads all sources of a plan until the signal aborts: each step goes to `say` at once and to the sink, which holds
 * reading back when it cannot follow. Resolves when all that was read is committed. `clock` tells milliseconds.
 */
export async function ingest(
  plan: IngestPlan,
  sink: DeliverySink,
  say: (message: FromIngest) => void,
  clock: () => number,
  signal: AbortSignal
): Promise<void> {
  const outbox = new Outbox(sink)
  const lanes = new Lanes(plan)
  await Promise.all(plan.sources.map(source => ingestSource(plan, source, lanes, outbox, say, clock, signal)))
  await outbox.drained()
}

async function ingestSource(
  plan: IngestPlan,
  source: IngestSource,
  lanes: Lanes,
  outbox: Outbox,
  say: (message: FromIngest) => void,
  clock: () => number,
  signal: AbortSignal
): Promise<void> {
  const input = open(source, clock)
  const readers = new Map<string, StreamReader>()
  const known = new Map(source.known.map(({ id, position }) => [id, position]))
  /** What is wrong with a stream, by its name. */
  const wrong = new Map<string, string>()
  const telling = setInterval(() => {
    const problems = [
      ...(input.problems?.() ?? []),
      ...Array.from(wrong, ([name, message]) => ({ name, message }))
    ]
    for (const problem of problems) say({ type: 'problem', problem: { source: source.name, ...problem } })
  }, TELL_EVERY)
  try {
    for await (const streams of input.ready(signal))
      for (const stream of streams) {
        if (signal.aborted) break
        let reader = readers.get(stream.id)
        if (!reader) {
          reader = new StreamReader(stream, plan, source, lanes, known.get(stream.id))
          readers.set(stream.id, reader)
          known.delete(stream.id)
        }
        for (let waiting = true; waiting && !signal.aborted;) {
          const { delivery, progress, problem, held = false } = reader.step(clock())
          if (problem === undefined) wrong.delete(stream.name)
          else wrong.set(stream.name, problem)
          // The store takes the step's memory over, so the others are told first.
          if (progress) say({ type: 'progress', progress })
          if (delivery) await outbox.send(delivery)
          waiting = held
          if (held) await setTimeout(HOLD)
        }
        if (stream.finished) readers.delete(stream.id)
      }
  } finally {
    clearInterval(telling)
    input.close()
  }
}

/** The source's files, or the standard input that was passed on to this thread. */
function open({ files, known }: IngestSource, clock: () => number): Source {
  return files.paths.includes('-') ? stdinSource() : fileSource(files, known, clock)
}
