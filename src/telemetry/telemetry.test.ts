import { execFileSync, spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import type { AlertNotification } from '../alerts/model.ts'
import { testAlert, testNotification, testRecord } from '../state/testing/samples.ts'
import { MEASURED_METRICS, SNAPSHOT_METRICS } from './metrics.ts'
import { Telemetry } from './registry.ts'
import { readinessOf, type Snapshot } from './snapshot.ts'
import { FULL } from './testing/snapshot.ts'

/** The values of Visor's own metrics, by name and labels as they are written. */
async function valuesOf(snapshot: Snapshot, telemetry = new Telemetry()): Promise<Map<string, number>> {
  const lines = (await telemetry.text(snapshot)).split('\n').filter(line => line.startsWith('visor_'))
  return new Map(
    lines.map(line => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))])
  )
}

describe('the metrics of Visor itself', () => {
  it('shows what is known, in base units', async () => {
    const values = await valuesOf(FULL)
    expect(values.get('visor_lines_total{source="shop",outcome="parsed"}')).toBe(9)
    expect(values.get('visor_lines_total{source="shop",outcome="late"}')).toBe(1)
    expect(values.get('visor_read_bytes_total{source="shop"}')).toBe(900)
    expect(values.get('visor_source_lag_seconds{source="shop"}')).toBe(2.5)
    expect(values.get('visor_source_held_seconds{source="shop"}')).toBe(1.5)
    expect(values.get('visor_source_problem{source="kafka"}')).toBe(1)
    expect(values.get('visor_source_lag_messages{source="kafka"}')).toBe(11)
    expect(values.get('visor_source_lost_bytes_total{source="shop"}')).toBe(7)
    expect(values.get('visor_source_lost_messages_total{source="kafka"}')).toBe(5)
    expect(values.get('visor_source_refused_total{source="kafka",reason="refused: too many"}')).toBe(3)
    expect(values.get('visor_store_size_bytes')).toBe(4096)
    expect(values.get('visor_store_last_commit_timestamp_seconds')).toBe(1_899_999_999)
    expect(values.get('visor_alerts{state="firing",severity="critical"}')).toBe(2)
    expect(values.get('visor_outbox_oldest_seconds')).toBe(2)
    expect(values.get('visor_engine_batch_p99_seconds')).toBe(0.9)
    expect(values.get('visor_build_info{version="1.2.3",node="' + process.version + '"}')).toBe(1)
    expect(values.get('visor_config_last_reload_successful')).toBe(1)
  })

  it('has a value for each of its metrics where all is known', async () => {
    const names = new Set(Array.from((await valuesOf(FULL)).keys(), key => key.replace(/\{.*/, '')))
    expect(SNAPSHOT_METRICS.map(({ name }) => name).filter(name => !names.has(name))).toEqual([])
  })

  it('leaves out what is not known, and takes back what is not there any more', async () => {
    const telemetry = new Telemetry()
    await valuesOf(FULL, telemetry)
    const { alerts: _, engine: __, ...status } = FULL.status
    const bare: Snapshot = {
      ...FULL,
      disk: undefined,
      status: {
        ...status,
        sources: status.sources.slice(1).map(({ name, counters, streams }) => ({
          name,
          counters,
          streams,
          kinds: [],
          state: 'waiting',
          detail: '',
          rate: 0,
          lag: { bytes: 4 }
        })),
        store: { rows: 0, bytes: 0 }
      }
    }
    const keys = [...(await valuesOf(bare, telemetry)).keys()].map(key => key.replace(/\{.*/, ''))
    expect(keys).toContain('visor_store_rows')
    for (const gone of [
      'alerts',
      'silences',
      'engine',
      'source_lost',
      'source_lag_messages',
      'source_lag_seconds'
    ])
      expect(keys.filter(key => key.startsWith(`visor_${gone}`))).toEqual([])
    for (const gone of ['disk_free_bytes', 'queue', 'last_commit_timestamp_seconds'])
      expect(keys).not.toContain(`visor_store_${gone}`)
  })

  it('has nothing of logs, addresses of engines and problems, and escapes the names of sources', async () => {
    const [shop] = FULL.status.sources
    if (!shop) throw new Error('no source')
    const name = 'a"b\\c\nvisor_forged{x="1"} 1'
    const sources = [{ ...shop, name }, ...FULL.status.sources.slice(1)]
    const text = await new Telemetry().text({ ...FULL, status: { ...FULL.status, sources } })
    expect(text).not.toMatch(/secret|token/)
    expect(text).not.toMatch(/^visor_forged/m)
    expect(text).toContain('visor_read_bytes_total{source="a\\"b\\\\c\\nvisor_forged{x=\\"1\\"} 1"} 900')
  })

  it('counts deliveries, and times those of alerts that a line has made fire', async () => {
    const telemetry = new Telemetry()
    const firing = [
      testAlert('a', { timestamps: { written: 1000, read: 1100, counted: 1200, fired: 1300 } }),
      testAlert('b', { timestamps: { read: 400, counted: 500, fired: 600 } })
    ]
    const fired: AlertNotification = testNotification('n', { firing })
    const record = testRecord(fired.id, { receiver: 'ops', at: 3000 })
    telemetry.delivered(record, fired)
    telemetry.delivered(record, { ...fired, occasion: 'reminder' })
    telemetry.delivered({ ...record, state: 'later' }, fired)
    telemetry.committed(250)
    const values = await valuesOf(FULL, telemetry)
    expect(values.get('visor_notification_deliveries_total{receiver="ops",result="sent"}')).toBe(2)
    expect(values.get('visor_notification_deliveries_total{receiver="ops",result="later"}')).toBe(1)
    expect(values.get('visor_line_to_notification_seconds_sum{receiver="ops"}')).toBe(2)
    expect(values.get('visor_line_to_notification_seconds_count{receiver="ops"}')).toBe(1)
    expect(values.get('visor_store_commit_duration_seconds_sum')).toBe(0.25)
  })

  it('names each once, counters with _total and no others', () => {
    const all = [...SNAPSHOT_METRICS, ...Object.values(MEASURED_METRICS)]
    expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
    for (const { name, type } of all) expect(name.endsWith('_total')).toBe(type === 'counter')
  })

  const promtool = spawnSync('promtool', ['--version']).status === 0
  it.skipIf(!promtool)('passes Prometheus’ own check (needs promtool)', async () => {
    const telemetry = new Telemetry()
    expect(
      execFileSync('promtool', ['check', 'metrics'], { input: await telemetry.text(FULL) }).toString()
    ).toBe('')
  })
})

describe('readiness', () => {
  const running = { started: true, stopping: false }
  const [shop] = FULL.status.sources

  it('has nothing to say of a Visor that does its work', () => {
    expect(readinessOf({ ...FULL.status, sources: shop ? [shop] : [] }, running)).toEqual({})
  })

  it('names each part that does not, and tells nothing of why', () => {
    const { engine } = FULL.status
    const status = {
      ...FULL.status,
      ...(engine && { engine: { ...engine, failure: { message: 'secret', since: 1, attempts: 2 } } }),
      store: { rows: 0, bytes: 0, failure: 'no space on /var/secret' }
    }
    const missing = readinessOf(status, { started: true, stopping: true })
    expect(Object.keys(missing)).toEqual(['sources', 'engine', 'store', 'running'])
    expect(JSON.stringify(missing)).not.toContain('secret')
    expect(missing.sources).toBe('1 of 2 sources cannot be read')
  })

  it('is not there before reading has begun', () => {
    expect(readinessOf(FULL.status, { ...running, started: false })).toHaveProperty('sources')
  })
})
