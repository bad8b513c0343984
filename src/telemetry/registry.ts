import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import type { AlertNotification, DeliveryRecord, Notification } from '../alerts/model.ts'
import { SECOND_MS, type Millis } from '../core/time.ts'
import { MEASURED_METRICS, SNAPSHOT_METRICS, type SnapshotMetric } from './metrics.ts'
import type { Snapshot } from './snapshot.ts'

/** Of the process, as every Node has them; these do not follow Prometheus' conventions. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total'
]

/** The metrics of Visor itself: what is measured as it happens, and how all stands when somebody asks. */
export class Telemetry {
  readonly #registry = new Registry()
  readonly #commit: Histogram
  readonly #deliveries: Counter
  readonly #latency: Histogram

  constructor() {
    const registers = [this.#registry]
    collectDefaultMetrics({ register: this.#registry })
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name)
    const { commit, deliveries, latency } = MEASURED_METRICS
    this.#commit = new Histogram({ ...settingsOf(commit), buckets: [...commit.buckets], registers })
    this.#deliveries = new Counter({ ...settingsOf(deliveries), registers })
    this.#latency = new Histogram({ ...settingsOf(latency), buckets: [...latency.buckets], registers })
  }

  /** The media type of the text. */
  get contentType(): string {
    return this.#registry.contentType
  }

  /** All of it in Prometheus' text format. */
  async text(snapshot: Snapshot): Promise<string> {
    const standing = new Registry()
    for (const metric of SNAPSHOT_METRICS) show(metric, snapshot, standing)
    return Registry.merge([standing, this.#registry]).metrics()
  }

  /** The store has committed. */
  committed(took: Millis): void {
    this.#commit.observe(took / SECOND_MS)
  }

  /** A notification was tried to be delivered. */
  delivered({ receiver, state, at }: DeliveryRecord, notification: Notification): void {
    this.#deliveries.inc({ receiver, result: state })
    const line = state === 'sent' && notification.occasion !== 'report' ? lineOf(notification) : undefined
    if (line !== undefined) this.#latency.observe({ receiver }, Math.max(0, at - line) / SECOND_MS)
  }
}

/** Puts into a registry what is known of a metric; nothing where nothing is. */
function show({ type, samples, ...metric }: SnapshotMetric, snapshot: Snapshot, registry: Registry): void {
  const known = samples(snapshot).flatMap(([value, labels = {}]) =>
    value === undefined ? [] : [{ value, labels }]
  )
  if (known.length === 0) return
  const settings = { ...settingsOf(metric), registers: [registry] }
  if (type === 'gauge') {
    const gauge = new Gauge(settings)
    for (const { value, labels } of known) gauge.set(labels, value)
  } else {
    const counter = new Counter(settings)
    for (const { value, labels } of known) counter.inc(labels, value)
  }
}

function settingsOf({ name, help, labels }: Pick<SnapshotMetric, 'name' | 'help' | 'labels'>) {
  return { name, help, labelNames: [...labels] }
}

/** When the line was written that a notification is about; absent where none is known, or it is about something older. */
function lineOf({ occasion, firing }: AlertNotification): Millis | undefined {
  if (occasion !== 'fired' && occasion !== 'more') return undefined
  const newest = firing
    .flatMap(({ timestamps }) => timestamps ?? [])
    .toSorted((a, b) => a.fired - b.fired)
    .at(-1)
  return newest && (newest.written ?? newest.read)
}
