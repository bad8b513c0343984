import type { DeliverySink } from '../../core/delivery.ts'
import { fineClock } from '../../core/time.ts'
import type { EnginePlan } from '../../counting/plan.ts'
import type { Engine, EngineDependencies, EngineEvents } from '../kind.ts'
import { ParquetArchive, archivePath, archivePurpose } from './archive/archive.ts'
import { manifestOf } from './archive/manifest.ts'
import { ArchivingSink } from './archive/sink.ts'
import { startEngine } from './engine.ts'
import type { SparkEngineOptions } from './options.ts'
import type { Job } from './protocol.ts'
import { SessionCluster } from './session-cluster.ts'
import { SharedWorkers } from './workers.ts'

/** Starts the engine on a Spark Connect server. @throws VisorError where a source can never be opened, or `node` does not exist */
export async function startSparkEngine(
  options: SparkEngineOptions,
  plan: EnginePlan,
  sink: DeliverySink | undefined,
  events: EngineEvents,
  { clock, identity, known = [] }: EngineDependencies
): Promise<Engine> {
  const { connect, node, kafka } = options
  const lines = options.lines && !options.archive
  const job = jobOf(plan, lines)
  const cluster = new SessionCluster({ connect, node, identity, clock, job, readKafka: kafka.read })
  // What does not exist never will for this run.
  if (node !== undefined) await cluster.kit
  const workers = new SharedWorkers({ connect, node, purpose: archivePurpose(identity) })
  const archive =
    sink &&
    options.archive &&
    new ArchivingSink(
      sink,
      new ParquetArchive(
        {
          path: archivePath(options.archive.path, identity),
          run: plan.name.slice(0, 8),
          job: jobOf({ ...plan, signals: [] }, 'whole'),
          retention: options.archive.retention,
          clock,
          workers: signal => workers.open(signal)
        },
        manifestOf(known)
      ),
      options.archive.every,
      clock
    )
  const fine = fineClock(clock, () => performance.now())
  try {
    const engine = await startEngine({ ...options, lines }, plan, sink, events, {
      cluster,
      archive,
      clock,
      fineClock: fine,
      random: Math.random
    })
    void engine.ended.finally(() => workers.close())
    return engine
  } catch (error) {
    await cluster.close()
    throw error
  }
}

/** What workers know beside their tasks: the same from one start to the next, so that executors have it already. */
export function jobOf({ sources, ...plan }: EnginePlan, events: Job['events']): Job {
  return {
    plan: { ...plan, name: '', sources: sources.map(source => ({ ...source, known: [] })) },
    events
  }
}
