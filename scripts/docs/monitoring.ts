/** How Grafana writes values. */
type Unit = 'short' | 's' | 'bytes' | 'Bps' | 'percentunit' | 'cps' | 'dateTimeFromNow'

/** A panel of the board: its queries, each with the legend of its series. */
interface Panel {
  readonly title: string
  readonly unit: Unit
  readonly type?: 'stat' | 'timeseries'
  readonly queries: readonly (readonly [expr: string, legend: string])[]
}

const quantile = (share: number, metric: string): string =>
  `histogram_quantile(${share}, sum by (le) (rate(${metric}_bucket{instance=~"$instance"}[$__rate_interval])))`

const at = (metric: string): string => `${metric}{instance=~"$instance"}`
const rate = (metric: string): string => `rate(${at(metric)}[$__rate_interval])`

const PANELS: readonly Panel[] = [
  { title: 'Ready', unit: 'short', type: 'stat', queries: [[at('visor_ready'), '{{instance}}']] },
  {
    title: 'Firing alerts',
    unit: 'short',
    type: 'stat',
    queries: [[`sum by (severity) (visor_alerts{instance=~"$instance",state="firing"})`, '{{severity}}']]
  },
  {
    title: 'Notifications that wait',
    unit: 'short',
    type: 'stat',
    queries: [[at('visor_outbox_notifications'), '{{instance}}']]
  },
  {
    title: 'Free on the disk',
    unit: 'percentunit',
    type: 'stat',
    queries: [[`${at('visor_store_disk_free_bytes')} / ${at('visor_store_disk_size_bytes')}`, '{{instance}}']]
  },
  {
    title: 'Lines a second',
    unit: 'cps',
    queries: [[`sum by (source) (${rate('visor_lines_total')})`, '{{source}}']]
  },
  {
    title: 'Lines rejected and late',
    unit: 'cps',
    queries: [
      [
        `sum by (source, outcome) (rate(visor_lines_total{instance=~"$instance",outcome!="parsed"}[$__rate_interval]))`,
        '{{source}} {{outcome}}'
      ]
    ]
  },
  {
    title: 'Bytes read',
    unit: 'Bps',
    queries: [[`sum by (source) (${rate('visor_read_bytes_total')})`, '{{source}}']]
  },
  {
    title: 'Behind',
    unit: 's',
    queries: [
      [at('visor_source_lag_seconds'), '{{source}}'],
      [at('visor_source_held_seconds'), '{{source}} waits for the store']
    ]
  },
  { title: 'What waits', unit: 'bytes', queries: [[at('visor_source_lag_bytes'), '{{source}}']] },
  {
    title: 'Messages of Kafka that wait',
    unit: 'short',
    queries: [
      [at('visor_source_lag_messages'), '{{source}}'],
      [at('visor_engine_lag_messages'), 'engine']
    ]
  },
  {
    title: 'Lost and turned away',
    unit: 'short',
    queries: [
      [`increase(${at('visor_source_lost_bytes_total')}[$__rate_interval])`, '{{source}}: bytes lost'],
      [`increase(${at('visor_source_lost_messages_total')}[$__rate_interval])`, '{{source}}: messages lost'],
      [`increase(${at('visor_source_refused_total')}[$__rate_interval])`, '{{source}}: {{reason}}']
    ]
  },
  {
    title: 'Commits',
    unit: 's',
    queries: [
      [quantile(0.5, 'visor_store_commit_duration_seconds'), 'median'],
      [quantile(0.99, 'visor_store_commit_duration_seconds'), 'p99']
    ]
  },
  {
    title: 'Store',
    unit: 'bytes',
    queries: [
      [at('visor_store_size_bytes'), 'size'],
      [at('visor_store_disk_free_bytes'), 'free on the disk']
    ]
  },
  {
    title: 'Deliveries',
    unit: 'short',
    queries: [
      [
        `sum by (receiver, result) (increase(${at('visor_notification_deliveries_total')}[$__rate_interval]))`,
        '{{receiver}}: {{result}}'
      ]
    ]
  },
  {
    title: 'From line to notification',
    unit: 's',
    queries: [
      [quantile(0.5, 'visor_line_to_notification_seconds'), 'median'],
      [quantile(0.99, 'visor_line_to_notification_seconds'), 'p99']
    ]
  },
  {
    title: 'Batches of the engine',
    unit: 's',
    queries: [
      [at('visor_engine_batch_median_seconds'), 'median'],
      [at('visor_engine_batch_p99_seconds'), 'p99']
    ]
  },
  {
    title: 'Memory',
    unit: 'bytes',
    queries: [
      [at('process_resident_memory_bytes'), 'resident'],
      [at('nodejs_heap_size_used_bytes'), 'heap']
    ]
  },
  { title: 'CPU', unit: 'percentunit', queries: [[rate('process_cpu_seconds_total'), '{{instance}}']] },
  { title: 'Event loop', unit: 's', queries: [[at('nodejs_eventloop_lag_p99_seconds'), 'p99 of its lag']] },
  {
    title: 'Configuration taken',
    unit: 'dateTimeFromNow',
    type: 'stat',
    queries: [[`1000 * ${at('visor_config_last_reload_success_timestamp_seconds')}`, '{{instance}}']]
  }
]

/** docs/monitoring/grafana-dashboard.json: to be imported into Grafana, which asks for the Prometheus that scrapes Visor. */
export function dashboard(): string {
  const datasource = { type: 'prometheus', uid: '${datasource}' }
  let [x, y] = [0, 0]
  const panels = PANELS.map(({ title, unit, type = 'timeseries', queries }, i) => {
    const [w, h] = type === 'stat' ? [6, 4] : [12, 8]
    if (x + w > 24) [x, y] = [0, y + (PANELS[i - 1]?.type === 'stat' ? 4 : 8)]
    const gridPos = { x, y, w, h }
    x += w
    return {
      id: i + 1,
      title,
      type,
      datasource,
      gridPos,
      fieldConfig: { defaults: { unit, min: type === 'stat' ? undefined : 0 }, overrides: [] },
      options:
        type === 'stat' ? { reduceOptions: { calcs: ['lastNotNull'] } } : { tooltip: { mode: 'multi' } },
      targets: queries.map(([expr, legendFormat], query) => ({
        refId: String.fromCharCode(65 + query),
        datasource,
        expr,
        legendFormat
      }))
    }
  })
  const variables = [
    { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus' },
    {
      name: 'instance',
      label: 'Visor',
      type: 'query',
      datasource,
      query: 'label_values(visor_build_info, instance)',
      refresh: 2,
      includeAll: true,
      multi: true,
      current: { text: 'All', value: '$__all' }
    }
  ]
  const board = {
    title: 'Visor',
    uid: 'visor',
    tags: ['visor'],
    schemaVersion: 39,
    editable: true,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    timezone: 'browser',
    templating: { list: variables },
    panels
  }
  return `${JSON.stringify(board, null, 2)}\n`
}
