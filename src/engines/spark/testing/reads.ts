import { once } from 'node:events'
import { plainError } from '../../../core/errors.ts'
import type { EngineEvents } from '../../kind.ts'
import type { Reads } from '../../embedded/testing/run.ts'
import { startEngine } from '../engine.ts'
import { jobOf } from '../start.ts'
import { LocalCluster } from './local-cluster.ts'

const BATCH = { interval: 20, longest: 1000, timeout: 20_000, maxBytes: 64 << 20 }

/** As the engine on Spark does, with workers in this process. */
export const readsOnSpark: Reads = async (plan, sink, report, signal) => {
  const cluster = new LocalCluster(jobOf(plan, true))
  const events: EngineEvents = {
    progress: progress => report({ type: 'progress', progress }),
    state: state => report({ type: 'state', state }),
    problem: problem => report({ type: 'problem', problem }),
    failed: error => report({ type: 'failed', error: plainError(error) })
  }
  const dependencies = { cluster, clock: Date.now, fineClock: Date.now, random: Math.random }
  const engine = await startEngine({ lines: true, batch: BATCH }, plan, sink, events, dependencies)
  if (!signal.aborted) await Promise.race([once(signal, 'abort'), engine.ended])
  await engine.stop()
}
