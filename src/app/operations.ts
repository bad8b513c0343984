import type { Clock } from '../core/time.ts'
import type { Status } from '../server/api-types.ts'
import type { ProbesService } from '../server/probes.ts'
import type { DiskSpace } from '../system/disk.ts'
import { Telemetry } from '../telemetry/registry.ts'
import { READY_PARTS, readinessOf, type ConfigurationStatus, type Readiness } from '../telemetry/snapshot.ts'
import type { RunningAlerts } from './alerts.ts'

/** What is known of Visor itself, for those who watch over it. */
export class Operations {
  readonly telemetry = new Telemetry()
  /** Of the store; `undefined` while nobody has looked. */
  disk: DiskSpace | undefined
  /** Whether reading has begun, and whether it is ending. */
  isStarted = false
  isStopping = false
  configuration: ConfigurationStatus

  constructor(clock: Clock) {
    this.configuration = { loaded: clock() }
  }

  /** What the server tells of it. */
  service(status: () => Status, alerts: RunningAlerts): ProbesService {
    const readiness = (): Readiness =>
      readinessOf(status(), { started: this.isStarted, stopping: this.isStopping })
    return {
      parts: READY_PARTS,
      readiness,
      metrics: async listeners => {
        const { disk, configuration, telemetry } = this
        const outbox = alerts.outbox()
        const snapshot = { status: status(), disk, outbox, listeners, configuration, readiness: readiness() }
        return { text: await telemetry.text(snapshot), type: telemetry.contentType }
      }
    }
  }
}
