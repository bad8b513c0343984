import type { Alert, AlertNotification } from '../../alerts/model.ts'
import type { EvidenceLine } from '../../core/signal.ts'
import { MINUTE_MS, SECOND_MS, toMicros, type Millis } from '../../core/time.ts'

/** When all samples happen: 2026-11-25 14:03:20 UTC. */
export const NOW: Millis = Date.UTC(2026, 10, 25, 14, 3, 20)

export function lineOf(text: string, kind: 'access' | 'error' = 'access'): EvidenceLine {
  return { signal: 'server-errors', key: '', source: 'shop', kind, time: toMicros(NOW - 2 * SECOND_MS), text }
}

const access = (second: number, path: string, status: number): EvidenceLine =>
  lineOf(
    `203.0.113.9 - - [25/Nov/2026:14:03:${second} +0000] "POST ${path} HTTP/1.1" ${status} 362 "-" "python-requests/2.32.3"`
  )

const error = (second: number, text: string): EvidenceLine =>
  lineOf(
    `[Wed Nov 25 14:03:${second}.118263 2026] [proxy_fcgi:error] [pid 4021] [client 203.0.113.9:51544] ${text}`,
    'error'
  )

/** An alert that fires, with all evidence there can be. */
export const FIRING: Alert = {
  id: 'server-errors-1f3a9c',
  rule: 'server-errors',
  title: 'Many server errors',
  severity: 'critical',
  key: '',
  labels: { vhost: 'shop.example.org' },
  phase: 'firing',
  since: NOW - 12_000,
  fired: NOW - 10,
  bad: NOW,
  evaluation: {
    state: 'bad',
    value: 0.072,
    threshold: 0.05,
    baseline: 0.003,
    unit: 'share',
    samples: 1204,
    summary: '7.2 % of 1,204 requests in 1m (limit 5 %, usual 0.3 %)'
  },
  worst: 0.072,
  evidence: {
    lines: [
      access(16, '/checkout', 502),
      access(17, '/checkout', 502),
      access(17, '/checkout/pay', 504),
      access(18, '/checkout', 502),
      access(18, '/checkout?step=2&coupon=%3Cb%3E', 502)
    ],
    shares: [
      { field: 'client', value: '203.0.113.9', now: 0.78, before: 0.04, count: 68 },
      { field: 'path', value: '/checkout', now: 0.66, before: 0.12, count: 57 },
      { field: 'agent', value: 'python-requests/2.32.3', now: 0.79, before: 0.05, count: 69 },
      { field: 'vhost', value: 'shop.example.org', now: 1, before: 0.91, count: 87 }
    ],
    errors: [
      error(17, 'AH01079: failed to make connection to backend: 127.0.0.1:9000'),
      error(
        18,
        "AH01071: Got error 'PHP message: PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted'"
      )
    ],
    restart: NOW - 52_000
  },
  timestamps: { written: NOW - 14.2, read: NOW - 11.6, counted: NOW - 10.9, fired: NOW - 10.1 },
  flapping: false
}

/** The same when it is over. */
export const RESOLVED: Alert = {
  ...FIRING,
  phase: 'resolved',
  resolved: FIRING.since + 4 * MINUTE_MS + 12_000,
  fired: FIRING.since,
  evaluation: {
    ...FIRING.evaluation,
    state: 'good',
    value: 0.002,
    summary: '0.2 % of 1,118 requests in 1m (limit 5 %, usual 0.3 %)'
  },
  worst: 0.114
}

/** An alert of a rule by client. */
export function scannerOf(client: string, paths: number): Alert {
  return {
    ...FIRING,
    id: `path-scan-${paths}`,
    rule: 'path-scan',
    title: 'Somebody looks for a way in',
    severity: 'warning',
    key: `["${client}"]`,
    labels: { client },
    evaluation: {
      state: 'bad',
      value: paths,
      threshold: 100,
      unit: 'count',
      samples: paths,
      summary: `${paths} paths in 1m (limit 100)`
    },
    evidence: {
      lines: [lineOf(`${client} - - [25/Nov/2026:14:03:18 +0000] "GET /.env HTTP/1.1" 404 196 "-" "-"`)],
      shares: [{ field: 'path', value: '/.env', now: 0.02, before: 0, count: 2 }],
      errors: []
    }
  }
}

/** A first notification. */
const base: AlertNotification = {
  id: 'n-20261125-1f3a9c',
  receiver: 'ops',
  occasion: 'fired',
  group: 'server-errors',
  thread: 'n-20261125-1f3a9c',
  created: NOW,
  severity: 'critical',
  title: 'Many server errors on shop.example.org: 7.2 % of 1,204 requests in 1m (limit 5 %, usual 0.3 %)',
  firing: [FIRING],
  resolved: []
}

/** A later one of its thread. */
function later(occasion: AlertNotification['occasion'], title: string): AlertNotification {
  return {
    ...base,
    id: `n-20261125-${occasion.replace(' ', '-')}`,
    occasion,
    created: NOW + 5 * MINUTE_MS,
    title
  }
}

/** A notification of each occasion. */
export const NOTIFICATIONS = {
  fired: base,
  resolved: {
    ...later(
      'resolved',
      'resolved after 4 min 12 s: Many server errors on shop.example.org: at worst 11.4 %, now 0.2 % of 1,118 requests in 1m (limit 5 %)'
    ),
    firing: [],
    resolved: [RESOLVED]
  },
  reminder: {
    ...later('reminder', `still firing after 5 min: ${base.title}`),
    firing: [{ ...FIRING, acknowledged: { owner: 'alice', comment: 'the PHP pool is too small', at: NOW } }]
  },
  more: {
    ...later(
      'more',
      '13 more: Somebody looks for a way in from 198.51.100.14: 412 paths in 1m (limit 100) and 13 more'
    ),
    severity: 'warning',
    firing: Array.from({ length: 14 }, (_, i) => scannerOf(`198.51.100.${14 + i}`, 412 - 17 * i)),
    resolved: [{ ...scannerOf('2001:db8::77', 12), phase: 'resolved', resolved: NOW + 3 * MINUTE_MS }]
  },
  digest: {
    ...later('digest', `9 held back, still firing: ${base.title} and 1 more`),
    firing: [FIRING, scannerOf('198.51.100.14', 412)],
    resolved: [{ ...RESOLVED, id: 'slow-1', rule: 'slow', title: 'Slow answers', severity: 'warning' }],
    held: {
      count: 9,
      titles: ['A log has fallen silent: shop', 'Slow answers: p95 1.4 s (limit 1 s, usual 210 ms)']
    }
  },
  'silence over': later('silence over', `silence over, still firing: ${base.title}`),
  test: { ...later('test', 'A test of the receiver ops'), severity: 'info', firing: [] }
} as const satisfies Record<AlertNotification['occasion'], AlertNotification>
