import type { DeliverySink } from '../../core/delivery.ts'
import { SECOND_MS, type Clock, type Millis } from '../../core/time.ts'
import type { EnginePlan } from '../../counting/plan.ts'
import type { Engine, EngineEvents } from '../kind.ts'
import type { BatchCluster } from './cluster.ts'
import type { ArchivingSink } from './archive/sink.ts'
import { Input } from './input.ts'
import { BatchLoop } from './loop.ts'
import type { SparkEngineOptions } from './options.ts'
import { EngineRecord } from './status.ts'

/** How often problems are reported while they last, and the state of sources is looked at. */
const REPORT_INTERVAL: Millis = 250

/** How often the engine says how it stands. */
const STATUS_INTERVAL: Millis = SECOND_MS

export interface SparkDependencies {
  readonly cluster: BatchCluster
  readonly clock: Clock
  /** With a fraction. */
  readonly fineClock: Clock
  readonly random: () => number
  /** Where lines are archived; deliveries go to it. */
  readonly archive?: ArchivingSink | undefined
}

/** Reads all sources of a plan in batches that a cluster runs. @throws VisorError where a source can never be opened */
export async function startEngine(
  options: Pick<SparkEngineOptions, 'lines' | 'batch'>,
  plan: EnginePlan,
  sink: DeliverySink | undefined,
  events: EngineEvents,
  { cluster, clock, fineClock, random, archive }: SparkDependencies
): Promise<Engine> {
  const inputs = await openAll(plan, cluster, { clock, random })
  const record = new EngineRecord(clock, () => archive?.state)
  const written = archive ?? sink ?? { write: () => Promise.resolve() }
  const common = {
    options,
    plan,
    sink: written,
    ...(archive && { archive }),
    events,
    cluster,
    record,
    clock,
    fineClock,
    random
  }
  const loop = new BatchLoop(inputs, common)
  const stop = new AbortController()
  const tell = (): void => events.engine?.(record.status(cluster.facts, inputs))
  record.onChange = tell
  tell()
  const reporting = [
    setInterval(() => report(inputs, loop, events), REPORT_INTERVAL),
    setInterval(tell, STATUS_INTERVAL)
  ]
  const run = async (): Promise<void> => {
    try {
      await loop.run(stop.signal)
    } catch (error) {
      events.failed(error instanceof Error ? error : new Error(String(error)))
    } finally {
      for (const timer of reporting) clearInterval(timer)
      await Promise.all(inputs.map(input => input.close()))
      await cluster.close()
    }
  }
  const ended = run()
  return { ended, stop: () => (stop.abort(), ended) }
}

async function openAll(
  { sources }: EnginePlan,
  cluster: BatchCluster,
  dependencies: { readonly clock: Clock; readonly random: () => number }
): Promise<Input[]> {
  const inputs: Input[] = []
  try {
    for (const source of sources) inputs.push(await Input.open(source, cluster, dependencies))
    return inputs
  } catch (error) {
    await Promise.all(inputs.map(input => input.close()))
    throw error
  }
}

/** Reports what is wrong with sources. Of what is wrong with Spark, for all of them, the status tells. */
function report(inputs: readonly Input[], loop: BatchLoop, events: EngineEvents): void {
  for (const input of inputs) {
    const state = input.changedState()
    if (state) events.state(state)
    for (const one of input.problems()) events.problem({ source: input.name, ...one })
  }
  for (const one of loop.stuck.problems()) events.problem(one)
}
