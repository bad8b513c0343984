import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Alert, AlertNotification, DeliveryRecord, ReportNotification } from '../../alerts/model.ts'
import type { Changes } from '../types.ts'

/** A folder for one test, gone when the scope ends. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'visor-state-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

export function testAlert(id: string, more: Partial<Alert> = {}): Alert {
  return {
    id,
    rule: 'errors',
    title: 'Server errors',
    severity: 'critical',
    key: '["a.example"]',
    labels: { vhost: 'a.example' },
    phase: 'firing',
    since: 1000,
    fired: 2000,
    bad: 3000,
    evaluation: {
      state: 'bad',
      value: 0.072,
      threshold: 0.05,
      unit: 'share',
      samples: 1204,
      summary: '7.2 %'
    },
    evidence: { lines: [], shares: [], errors: [] },
    timestamps: { read: 1999, counted: 1999.5, fired: 2000.25 },
    flapping: false,
    ...more
  }
}

export function testNotification(id: string, more: Partial<AlertNotification> = {}): AlertNotification {
  return {
    id,
    receiver: 'mail',
    occasion: 'fired',
    group: `group of ${id}`,
    thread: id,
    created: 2001,
    severity: 'critical',
    title: `title of ${id}`,
    firing: [],
    resolved: [],
    ...more
  }
}

/** A report in which much is unknown. */
export function testReport(id: string): ReportNotification {
  const block = { name: 'b', title: 'B' }
  return {
    id,
    receiver: 'mail',
    occasion: 'report',
    group: 'reports',
    thread: 'reports',
    created: 2001,
    severity: 'info',
    title: 'all quiet',
    schedule: 'daily',
    attachments: [{ name: 'daily.csv', type: 'text/csv', text: 'a,b' }],
    document: {
      subject: 'all quiet',
      verdict: { tone: 'success', sentence: 'Nothing happened.' },
      period: { from: 0, to: 1, zone: 'UTC' },
      facts: [],
      blocks: [
        {
          ...block,
          type: 'table',
          columns: [{ label: 'a', unit: 'count' }],
          rows: [{ cells: [undefined] }, { cells: [0] }]
        },
        {
          ...block,
          type: 'chart',
          time: [0, 1],
          to: 2,
          series: [{ label: 's', unit: 'count', tone: 'info', values: [1, undefined] }],
          marks: []
        }
      ]
    }
  }
}

export function testChanges(some: Partial<Changes>): Changes {
  return { alerts: [], dropped: [], groups: [], receivers: [], transitions: [], notifications: [], ...some }
}

export function testRecord(notification: string, more: Partial<DeliveryRecord> = {}): DeliveryRecord {
  const title = `title of ${notification}`
  return {
    notification,
    receiver: 'mail',
    title,
    at: 5000,
    try: 1,
    state: 'sent',
    summary: 'accepted',
    ...more
  }
}
