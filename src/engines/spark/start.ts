import type { DeliverySink } from '../../core/delivery.ts'
import { fineClock } from '../../core/time.ts'
import type { EnginePlan } from '../../counting/plan.ts'
import type { Engine, EngineDependencies, EngineEvents } from '../kind.ts'
import { startEngine } from './engine.ts'
import type { SparkEngineOptions } from './options.ts'
import type { Job } from './protocol.ts'
import { SessionCluster } from './session-cluster.ts'

/** Starts the engine on a Spark Connect server. @throws VisorError where a source can never be opened */
export async function startSparkEngine(
  options: SparkEngineOptions,
  plan: EnginePlan,
  sink: DeliverySink | undefined,
  events: EngineEvents,
  { clock, identity }: EngineDependencies
): Promise<Engine> {
  const { connect, lines, kafka } = options
  const job = jobOf(plan, lines)
  const cluster = new SessionCluster({ connect, identity, clock, job, readKafka: kafka.read })
  const fine = fineClock(clock, () => performance.now())
  try {
    return await startEngine(options, plan, sink, events, {
      cluster,
      clock,
      fineClock: fine,
      random: Math.random
    })
  } catch (error) {
    await cluster.close()
    throw error
  }
}

/** What workers know beside their tasks: the same from one start to the next, so that executors have it already. */
export function jobOf({ sources, ...plan }: EnginePlan, lines: boolean): Job {
  return {
    plan: { ...plan, name: '', sources: sources.map(source => ({ ...source, known: [] })) },
    events: lines
  }
}
