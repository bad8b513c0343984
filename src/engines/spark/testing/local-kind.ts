import { fineClock } from '../../../core/time.ts'
import { engineKind } from '../../kind.ts'
import { startEngine } from '../engine.ts'
import { sparkKind } from '../index.ts'
import { jobOf } from '../start.ts'
import { LocalCluster, type Before } from './local-cluster.ts'

/** The engine with workers in this process: all of it but Spark. `before` is called before each batch, as of `LocalCluster`. */
export function localKind(lines: boolean, before?: Before) {
  return engineKind({
    ...sparkKind,
    name: `spark without Spark, ${lines ? 'with' : 'without'} lines`,
    example: { ...sparkKind.example, lines, batch: { interval: '50ms' } },
    start: ({ lines, batch }, plan, sink, events, { clock }) =>
      startEngine({ lines, batch }, plan, sink, events, {
        cluster: new LocalCluster(jobOf(plan, lines), before),
        clock,
        fineClock: fineClock(clock, () => performance.now()),
        random: Math.random
      })
  })
}
