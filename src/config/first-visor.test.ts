import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { configOf } from './load.ts'
import { isFirstVisor, migrate, migratedText } from './first-visor.ts'

const KAFKA = {
  master_url: 'local[4]',
  app_name: 'Kafka Monitor',
  batch_interval: 2.5,
  kafka: { addr: 'localhost:9092', topic: 'Logs' },
  email: {
    report: { on: true, interval: 25, subject: 'Summary', receiver: 'me@example.org' },
    alert: { on: true, receiver: 'me@example.org', subject: 'Error' }
  }
}

const SOURCE = { type: 'kafka', brokers: ['localhost:9092'], topics: ['Logs'] }

const CASES: readonly [name: string, settings: Record<string, unknown>, config: object][] = [
  [
    'kafka_monitor.json',
    KAFKA,
    {
      sources: { logs: SOURCE },
      receivers: { mail: { type: 'email', to: 'me@example.org', account: 'private.json' } },
      alerts: {
        receivers: ['mail'],
        rules: {
          'error-line': { type: 'match', where: 'kind:error AND level:(error OR crit OR alert OR emerg)' }
        }
      },
      reports: { summary: { every: '25s', receivers: ['mail'], template: 'plain' } },
      window: '5s'
    }
  ],
  [
    'with summaries for others',
    { ...KAFKA, email: { ...KAFKA.email, report: { on: true, interval: 60, receiver: 'team@example.org' } } },
    { reports: { summary: { every: '60s', receivers: ['mail'], to: 'team@example.org' } } }
  ],
  [
    'with summaries alone',
    { kafka: KAFKA.kafka, email: { report: { on: true, interval: 7, receiver: 'team@example.org' } } },
    {
      receivers: { mail: { type: 'email', to: 'team@example.org' } },
      reports: { summary: { every: '7s', receivers: ['mail'] } },
      window: '1s'
    }
  ],
  ['without mails', { kafka: KAFKA.kafka }, { sources: { logs: SOURCE } }],
  [
    'with alerts off',
    { kafka: KAFKA.kafka, email: { alert: { on: false, receiver: 'me@example.org' } } },
    { sources: { logs: SOURCE }, alerts: { receivers: [] } }
  ],
  [
    'an older one, with several brokers',
    {
      kafka: { addr: 'a:9092, b:9092', topic: 'Logs' },
      email: { receiver: 'me@example.org', report_inetrval: 30 }
    },
    {
      sources: { logs: { brokers: ['a:9092', 'b:9092'] } },
      receivers: { mail: { to: 'me@example.org' } },
      reports: { summary: { every: '30s', template: 'plain' } }
    }
  ],
  [
    'stream_monitor',
    { batch_interval: 10, window_time: 10, process_times: 1, port: 5555 },
    { sources: { logs: { type: 'tcp', connect: '127.0.0.1:5555' } } }
  ],
  [
    'stream_monitor of another host',
    { master_url: 'local[4]', host: 'logs' },
    { sources: { logs: { connect: 'logs:5555' } } }
  ]
]

describe('settings of the first Visor', () => {
  it.each(CASES)('are this configuration: %s', (_name, settings, config) => {
    expect(isFirstVisor(settings)).toBe(true)
    const migrated = migrate(settings)
    expect(migrated.config).toMatchObject(config)
    expect(migrated.unknown).toEqual([])
    const pasted: unknown = parse(migratedText(migrated))
    expect(pasted).toEqual(migrated.config)
    expect(() => configOf(pasted, '.', { HOME: '/nonexistent' })).not.toThrow()
  })

  it('are said to have no counterpart, each with why', () => {
    const all = ['master_url', 'app_name', 'batch_interval', 'email.report.subject', 'email.alert.subject']
    expect(migrate(KAFKA).dropped.map(([setting]) => setting)).toEqual(all)
    expect(migratedText(migrate(KAFKA))).toContain(
      '# What has no counterpart, and why:\n#   master_url: Visor reads'
    )
  })

  it('are known whether they stood in the file or in the code: of Spark', () => {
    const settings = {
      ...KAFKA,
      'num-executors': 3,
      checkpoint: 'x',
      partitions: 2,
      spark: {
        streaming: { backpressure: { enabled: true, initialRate: 60 }, kafka: { maxRatePerPartition: 100 } }
      }
    }
    expect(migrate(settings).unknown).toEqual([])
  })

  it('that are none of them are named, with what may be meant', () => {
    const { unknown } = migrate({ ...KAFKA, batch_intervall: 3, colour: 'blue' })
    expect(unknown).toEqual([
      ['batch_intervall', 'batch_interval'],
      ['colour', undefined]
    ])
  })

  it('mail no summaries where those were off', () => {
    const email = { ...KAFKA.email, report: { ...KAFKA.email.report, on: false } }
    expect(migrate({ ...KAFKA, email }).config).not.toHaveProperty('reports')
    expect(migrate({ ...KAFKA, email: { alert: KAFKA.email.alert } }).config).not.toHaveProperty('reports')
  })

  it('show no password', () => {
    const settings = { ...KAFKA, email: { ...KAFKA.email, address: 'me@example.org', password: 'hunter2' } }
    expect(migratedText(migrate(settings))).not.toContain('hunter2')
  })

  it.each([[{}], [{ sources: { a: { path: 'x' } } }], [null], ['kafka'], [{ access: {}, heartbeat: {} }]])(
    'are not taken for %j',
    other => expect(isFirstVisor(other)).toBe(false)
  )
})
