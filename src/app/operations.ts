import { SECOND_MS, type Clock, type Millis } from '../core/time.ts'
import type { Status } from '../server/api-types.ts'
import type { ProbesService } from '../server/probes.ts'
import type { DiskSpace } from '../system/disk.ts'
import { Telemetry } from '../telemetry/registry.ts'
import { READY_PARTS, readinessOf, type ConfigurationStatus, type Readiness } from '../telemetry/snapshot.ts'
import type { RunningAlerts } from './alerts.ts'

/** Within five seconds of when Visor is asked to end, all is to be over: so long deliveries may take of that, and so long at least. */
const MOST_GRACE = 3 * SECOND_MS
const LEAST_GRACE: Millis = 500

/** What is known of Visor itself, for those who watch over it. */
export class Operations {
  readonly telemetry = new Telemetry()
  /** Of the store; `undefined` while nobody has looked. */
  disk: DiskSpace | undefined
  /** Whether reading has begun, and whether it is ending. */
  isStarted = false
  isStopping = false
  #stopBegan: Millis | undefined
  configuration: ConfigurationStatus

  constructor(clock: Clock) {
    this.configuration = { loaded: clock() }
  }

  /** Visor is to end. */
  stop(): void {
    this.isStopping = true
    this.#stopBegan = performance.now()
  }

  /** How long what is being sent may still take, so that all ends in time; `undefined` where nobody waits for the end. */
  get grace(): Millis | undefined {
    if (this.#stopBegan === undefined) return undefined
    return Math.max(LEAST_GRACE, MOST_GRACE - (performance.now() - this.#stopBegan))
  }

  /** That the last configuration was refused, for people; absent where it was taken. */
  get configurationProblem(): string | undefined {
    const { refused } = this.configuration
    return (
      refused &&
      `the new configuration is refused, and the one before goes on: ${refused.replaceAll('\n', '; ')}`
    )
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
