import { SECOND_MS } from '../core/time.ts'
import { diskOf } from '../system/disk.ts'
import { engineHealth, HealthWatch, storeHealth } from './health.ts'
import type { Every } from './lifetime.ts'
import type { Parts } from './parts.ts'

/** How often free space is looked for. */
const DISK_INTERVAL = 10 * SECOND_MS

/** After how long rules are evaluated for the first time as time goes by. */
const STARTUP_DELAY = 2 * SECOND_MS

/** Lets time go by for alerts, and shows them how Visor itself does. */
export function watchHealth(
  { store, current, stored, alerts, live, account, clock, tick, operations }: Parts,
  every: Every
): void {
  const began = performance.now()
  const watch = new HealthWatch()
  const look = (): void => void (operations.disk = diskOf(current.config.store.path))
  if (store) {
    look()
    every(DISK_INTERVAL, look)
  }
  every(tick, () => {
    const now = clock()
    const sources = watch.look(live.sources(now), now, name => account?.health(name) ?? {})
    const engine = engineHealth(live.engineAt(now), now)
    // What was written while Visor was stopped is read first: a source is not silent before.
    if (performance.now() - began >= STARTUP_DELAY)
      alerts.tick({
        sources,
        ...(engine && { engine }),
        ...storeHealth(current.config.store.path, stored(), operations.disk, now)
      })
  })
}
