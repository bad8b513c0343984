import type { DeliverySink } from '../../core/delivery.ts'
import { openSource, type SourceDependencies } from '../../sources/index.ts'
import { Lanes } from './lane.ts'
import type { FromIngest, IngestPlan } from './messages.ts'
import { Outbox } from './outbox.ts'
import { SourceReader } from './source-reader.ts'

/** What an ingest thread is given besides. */
export interface IngestWorld extends Omit<SourceDependencies, 'name'> {
  /** Milliseconds since 1970 with a fraction. */
  readonly moment: () => number
}

/**
 * Reads all sources of a plan until the signal aborts: each step goes to `say` at once and to the sink, which holds
 * reading back when it cannot follow. Resolves when all that was read is committed.
 */
export async function ingest(
  plan: IngestPlan,
  sink: DeliverySink,
  say: (message: FromIngest) => void,
  { clock, random, moment }: IngestWorld,
  signal: AbortSignal
): Promise<void> {
  const outbox = new Outbox(sink)
  const lanes = new Lanes(plan)
  const read = plan.sources.map(async source => {
    const input = await openSource(source.options, source.known, { name: source.name, clock, random })
    await new SourceReader(input, { plan, source, lanes, moment }, outbox, say, clock).run(signal)
  })
  await Promise.all(read)
}
