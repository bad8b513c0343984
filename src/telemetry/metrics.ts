import { SECOND_MS, type Millis } from '../core/time.ts'
import type { SourceStatus } from '../server/api-types.ts'
import type { Snapshot } from './snapshot.ts'

/** A value with its labels; one that is `undefined` is not known, and not shown. */
export type Sample = readonly [value: number | undefined, labels?: Readonly<Record<string, string>>]

/** A metric of Visor itself, read from how it stands. Names and units are by Prometheus' conventions. */
export interface SnapshotMetric {
  readonly name: `visor_${string}`
  readonly type: 'counter' | 'gauge'
  readonly help: string
  readonly labels: readonly string[]
  readonly samples: (snapshot: Snapshot) => readonly Sample[]
}

/** One that is measured when something happens. */
export interface MeasuredMetric {
  readonly name: `visor_${string}`
  readonly type: 'histogram' | 'counter'
  readonly help: string
  readonly labels: readonly string[]
  /** Upper ends, in seconds. */
  readonly buckets?: readonly number[]
}

const seconds = (ms: Millis | undefined): number | undefined =>
  ms === undefined ? undefined : ms / SECOND_MS

function plain(
  name: SnapshotMetric['name'],
  type: SnapshotMetric['type'],
  help: string,
  valueOf: (snapshot: Snapshot) => number | undefined
): SnapshotMetric {
  return { name, type, help, labels: [], samples: snapshot => [[valueOf(snapshot)]] }
}

function ofSources(
  name: SnapshotMetric['name'],
  type: SnapshotMetric['type'],
  help: string,
  valueOf: (source: SourceStatus) => number | undefined
): SnapshotMetric {
  const samples = ({ status }: Snapshot): Sample[] =>
    status.sources.map(source => [valueOf(source), { source: source.name }])
  return { name, type, help, labels: ['source'], samples }
}

const OUTCOMES = ['parsed', 'rejected', 'late'] as const

const READING: readonly SnapshotMetric[] = [
  {
    name: 'visor_lines_total',
    type: 'counter',
    help: 'Lines read, since the store was made, by what became of them; all outcomes together are the lines read.',
    labels: ['source', 'outcome'],
    samples: ({ status }) =>
      status.sources.flatMap(({ name, counters }) =>
        OUTCOMES.map((outcome): Sample => [counters[outcome], { source: name, outcome }])
      )
  },
  ofSources(
    'visor_read_bytes_total',
    'counter',
    'Bytes read, since the store was made.',
    source => source.counters.bytes
  ),
  ofSources('visor_source_lag_bytes', 'gauge', 'Bytes known to wait to be read.', source => source.lag.bytes),
  ofSources(
    'visor_source_lag_seconds',
    'gauge',
    'How long it takes to read what waits at the present rate; absent where that is not known.',
    ({ lag }) => (lag.bytes === 0 ? 0 : lag.seconds)
  ),
  ofSources(
    'visor_source_lag_messages',
    'gauge',
    'Messages that wait at the brokers of Kafka.',
    ({ figures }) => figures?.messagesBehind
  ),
  ofSources(
    'visor_source_held_seconds',
    'gauge',
    'For how long reading has been waiting for the store.',
    ({ held = 0 }) => seconds(held)
  ),
  ofSources(
    'visor_source_problem',
    'gauge',
    'Whether something keeps the source from being read.',
    ({ state }) => Number(state === 'problem')
  ),
  ofSources(
    'visor_source_last_event_timestamp_seconds',
    'gauge',
    'The time of the newest line, as the line has it.',
    ({ latest }) => seconds(latest)
  ),
  ofSources(
    'visor_source_lost_bytes_total',
    'counter',
    'Bytes of files that were removed or cut before they were read; absent where nobody could look.',
    ({ account }) => (account?.unit === 'bytes' ? account.lost : undefined)
  ),
  ofSources(
    'visor_source_lost_messages_total',
    'counter',
    'Messages of Kafka that were removed before they were read; absent where nobody could look.',
    ({ account }) => (account?.unit === 'messages' ? account.lost : undefined)
  ),
  {
    name: 'visor_source_refused_total',
    type: 'counter',
    help: 'Connections, requests and datagrams that were turned away or dropped, since the source was opened.',
    labels: ['source', 'reason'],
    samples: ({ status }) =>
      status.sources.flatMap(({ name, figures }) =>
        Object.entries(figures?.refused ?? {}).map(([reason, count]): Sample => [
          count,
          { source: name, reason }
        ])
      )
  }
]

const STORE: readonly SnapshotMetric[] = [
  plain('visor_store_rows', 'gauge', 'Lines that the store keeps.', ({ status }) => status.store.rows),
  plain(
    'visor_store_size_bytes',
    'gauge',
    'The size of the store on the disk.',
    ({ status }) => status.store.bytes
  ),
  plain(
    'visor_store_queue',
    'gauge',
    'Deliveries that wait for their commit.',
    ({ status }) => status.store.queue
  ),
  plain('visor_store_failing', 'gauge', 'Whether the store cannot be written.', ({ status }) =>
    Number(status.store.failure !== undefined)
  ),
  plain('visor_store_last_commit_timestamp_seconds', 'gauge', 'When the last commit began.', ({ status }) =>
    seconds(status.store.lastCommit)
  ),
  plain(
    'visor_store_disk_free_bytes',
    'gauge',
    'What is free on the disk of the store.',
    ({ disk }) => disk?.free
  ),
  plain(
    'visor_store_disk_size_bytes',
    'gauge',
    'The size of the disk of the store.',
    ({ disk }) => disk?.size
  )
]

const ALERTING: readonly SnapshotMetric[] = [
  {
    name: 'visor_alerts',
    type: 'gauge',
    help: 'Alerts that are not over.',
    labels: ['state', 'severity'],
    samples: ({ status: { alerts } }) =>
      alerts
        ? (['firing', 'pending'] as const).flatMap(state =>
            Object.entries(alerts[state]).map(([severity, count]): Sample => [count, { state, severity }])
          )
        : []
  },
  plain(
    'visor_alerts_acknowledged',
    'gauge',
    'Firing alerts that somebody has taken on.',
    ({ status }) => status.alerts?.acknowledged
  ),
  plain('visor_silences', 'gauge', 'Silences that are active.', ({ status }) => status.alerts?.silences),
  plain(
    'visor_outbox_notifications',
    'gauge',
    'Notifications that wait to be sent.',
    ({ outbox }) => outbox.waiting
  ),
  plain(
    'visor_outbox_oldest_seconds',
    'gauge',
    'For how long the oldest of them has been waiting.',
    ({ outbox }) => seconds(outbox.oldest)
  )
]

const ENGINE: readonly SnapshotMetric[] = [
  plain(
    'visor_engine_failing',
    'gauge',
    'Whether an engine that runs elsewhere fails.',
    ({ status: { engine } }) => engine && Number(engine.failure !== undefined)
  ),
  plain(
    'visor_engine_executors',
    'gauge',
    'Executors of the engine.',
    ({ status }) => status.engine?.executors
  ),
  plain('visor_engine_cores', 'gauge', 'Cores of those executors.', ({ status }) => status.engine?.cores),
  plain(
    'visor_engine_batch_median_seconds',
    'gauge',
    'How long half of the last batches took at most.',
    ({ status }) => seconds(status.engine?.batch?.p50)
  ),
  plain(
    'visor_engine_batch_p99_seconds',
    'gauge',
    'How long 99 of 100 of the last batches took at most.',
    ({ status }) => seconds(status.engine?.batch?.p99)
  ),
  plain(
    'visor_engine_batch_tasks',
    'gauge',
    'Tasks of the last batch.',
    ({ status }) => status.engine?.batch?.tasks
  ),
  plain(
    'visor_engine_lines_per_second',
    'gauge',
    'How many lines a second the last batches read.',
    ({ status }) => status.engine?.batch?.rowsPerSecond
  ),
  plain(
    'visor_engine_lag_messages',
    'gauge',
    'Messages that wait for the engine.',
    ({ status }) => status.engine?.behind?.messages
  ),
  plain(
    'visor_engine_lag_bytes',
    'gauge',
    'Bytes that wait for the engine.',
    ({ status }) => status.engine?.behind?.bytes
  ),
  plain(
    'visor_engine_catch_up_seconds',
    'gauge',
    'How long what waits takes at the present speed.',
    ({ status }) => seconds(status.engine?.catchUp)
  )
]

const VISOR: readonly SnapshotMetric[] = [
  {
    name: 'visor_build_info',
    type: 'gauge',
    help: 'Always 1; the labels say which version of Visor runs, and on which Node.',
    labels: ['version', 'node'],
    samples: ({ status }) => [[1, { version: status.version, node: process.version }]]
  },
  plain('visor_ready', 'gauge', 'Whether all that Visor needs is ready, as /ready has it.', ({ readiness }) =>
    Number(Object.keys(readiness).length === 0)
  ),
  plain('visor_start_time_seconds', 'gauge', 'When Visor began to watch.', ({ status }) =>
    seconds(status.started)
  ),
  plain(
    'visor_config_last_reload_successful',
    'gauge',
    'Whether the configuration that was read last is the one that is in effect.',
    ({ configuration }) => Number(configuration.refused === undefined)
  ),
  plain(
    'visor_config_last_reload_success_timestamp_seconds',
    'gauge',
    'When the configuration that is in effect was taken.',
    ({ configuration }) => seconds(configuration.loaded)
  ),
  plain('visor_page_listeners', 'gauge', 'Pages that are open.', ({ listeners }) => listeners)
]

export const SNAPSHOT_METRICS: readonly SnapshotMetric[] = [
  ...VISOR,
  ...READING,
  ...STORE,
  ...ALERTING,
  ...ENGINE
]

export const MEASURED_METRICS = {
  commit: {
    name: 'visor_store_commit_duration_seconds',
    type: 'histogram',
    help: 'How long commits of the store took, with all tries of each.',
    labels: [],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
  },
  deliveries: {
    name: 'visor_notification_deliveries_total',
    type: 'counter',
    help: 'Tries to deliver a notification, since the start, by how they ended: sent, partly, later (it is tried again), failed, unwanted.',
    labels: ['receiver', 'result']
  },
  latency: {
    name: 'visor_line_to_notification_seconds',
    type: 'histogram',
    help: 'From when the line that made an alert fire was written (read, where that is not known) until the receiver had accepted its notification.',
    labels: ['receiver'],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600]
  }
} as const satisfies Record<string, MeasuredMetric>
