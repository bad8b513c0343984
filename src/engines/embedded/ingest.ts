import type { DeliverySink } from '../../core/delivery.ts'
import type { Clock } from '../../core/time.ts'
import { sourceKindOf, type SourceDependencies } from '../../sources/index.ts'
import type { EnginePlan } from '../../counting/plan.ts'
import { Outbox } from '../outbox.ts'
import { SourceReader, type IngestReport } from './source-reader.ts'

/** What reading depends on besides. */
export interface IngestDependencies extends Omit<SourceDependencies, 'name'> {
  /** With a fraction. */
  readonly fineClock: Clock
}

/**
 * Reads all sources of a plan until the signal aborts: each step goes to `report` at once and to the sink, which holds
 * reading back when it cannot follow. Resolves when all that was read is committed.
 */
export async function ingest(
  plan: EnginePlan,
  sink: DeliverySink,
  report: (message: IngestReport) => void,
  { clock, random, fineClock }: IngestDependencies,
  signal: AbortSignal
): Promise<void> {
  const outbox = new Outbox(sink)
  const until = AbortSignal.any([signal, outbox.failed])
  const read = plan.sources.map(async source => {
    const input = await sourceKindOf(source.options).open(source.options, source.known, {
      name: source.name,
      clock,
      random
    })
    await new SourceReader(input, { plan, source, fineClock }, outbox, report, clock).run(until)
  })
  await Promise.all(read)
}
