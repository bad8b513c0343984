import { MINUTE_MS, HOUR_MS } from '../../src/core/time.ts'
import type { Alert, AlertNotification, Evidence } from '../../src/alerts/model.ts'
import type { EvidenceLine } from '../../src/core/signal.ts'
import type { Links } from '../../src/server/alerts/links.ts'
import type { RuleStatus } from '../../src/server/alerts/types.ts'
import { createAlertsService, type FakeAlertsService } from './fake-alerts.ts'
import { linkCaller } from '../../src/server/access/access.ts'

/** A notification of alerts that fire, such as links in messages are of. */
export function sampleNotification(firing: readonly Alert[], created: number): AlertNotification {
  return {
    id: 'n',
    receiver: 'r',
    occasion: 'fired',
    group: 'g',
    thread: 'n',
    title: 't',
    created,
    severity: 'critical',
    firing,
    resolved: []
  }
}

/** Rules as the ready-made ones are. */
export function sampleRules(now: number): Omit<RuleStatus, 'firing' | 'pending'>[] {
  const rule = (name: string, title: string, more: Partial<RuleStatus> = {}): RuleStatus => {
    return {
      name,
      title,
      type: 'ratio',
      severity: 'warning',
      where: '',
      by: [],
      firing: 0,
      pending: 0,
      ...more
    }
  }
  return [
    rule('server-errors', 'Many server errors', {
      severity: 'critical',
      where: 'status:[500 TO 600}',
      last: now - 4 * MINUTE_MS
    }),
    rule('password-guessing', 'Passwords are tried', {
      type: 'count',
      where: 'status:401',
      by: ['client'],
      last: now - 40_000
    }),
    rule('slow', 'Slow answers', { type: 'metric', where: 'kind:access' }),
    rule('new-error', 'An error that was never seen before', {
      type: 'new',
      severity: 'info',
      where: 'level:(error OR crit)',
      by: ['signature'],
      waits: 'learns what is usual for 23 h more',
      last: now - 3 * HOUR_MS
    }),
    rule('not-found', 'Many requests for what is not there', {
      where: 'status:404',
      last: now - 52 * MINUTE_MS
    })
  ]
}

function line(time: number, text: string, kind: 'access' | 'error' = 'access'): EvidenceLine {
  return {
    signal: 'any',
    key: '',
    source: kind === 'error' ? 'shop-errors' : 'shop',
    kind,
    time: time * 1000,
    text
  }
}

export function sampleAlert(now: number, more: Partial<Alert> = {}): Alert {
  const at = now - 4 * MINUTE_MS
  return {
    id: 'server-errors-1f2e3d4c5b6a',
    rule: 'server-errors',
    title: 'Many server errors',
    severity: 'critical',
    key: '["shop.example.com"]',
    labels: { vhost: 'shop.example.com' },
    phase: 'firing',
    since: at,
    fired: at,
    bad: now,
    evaluation: {
      state: 'bad',
      value: 0.0724,
      threshold: 0.05,
      baseline: 0.003,
      unit: 'share',
      samples: 1204,
      summary: '7.2 % of 1,204 requests in 1m (limit 5 %, usual 0.3 %)'
    },
    worst: 0.112,
    evidence: sampleEvidence(at),
    timestamps: { written: at, read: at + 1.2, counted: at + 2.1, fired: at + 2.6 },
    flapping: false,
    ...more
  }
}

const NONE: Evidence = { lines: [], shares: [], errors: [] }

function sampleEvidence(at: number): Evidence {
  const access = (seconds: number, path: string): EvidenceLine => {
    const stamp = new Date(at - seconds * 1000).toISOString()
    const request = `203.0.113.${20 + seconds} - - [${stamp}] "POST ${path} HTTP/1.1" 502 341 "-" "Mozilla/5.0 (X11; Linux x86_64)"`
    return line(at - seconds * 1000, request)
  }
  const message = `[proxy_fcgi:error] [pid 812] [client 203.0.113.24:53122] AH01071: Got error 'Primary script unknown'`
  return {
    lines: [access(5, '/checkout/confirm'), access(4, '/checkout/confirm'), access(2, '/api/v2/session')],
    shares: [
      { field: 'path', value: '/checkout/confirm', now: 0.83, before: 0.04, count: 72 },
      { field: 'agent', value: 'Mozilla/5.0 (X11; Linux x86_64)', now: 0.41, before: 0.22, count: 36 }
    ],
    errors: [line(at - 4000, `[${new Date(at - 4000).toUTCString()}] ${message}`, 'error')],
    restart: at - 40_000
  }
}

export function guessing(now: number, client: string): Alert {
  return sampleAlert(now, {
    id: `password-guessing-${client.replaceAll('.', '')}`,
    rule: 'password-guessing',
    title: 'Passwords are tried',
    severity: 'warning',
    key: JSON.stringify([client]),
    labels: { client },
    since: now - 40_000,
    fired: now - 40_000,
    evaluation: {
      state: 'bad',
      value: 31,
      threshold: 10,
      unit: 'count',
      samples: 31,
      summary: '31 requests in 1m (limit 10)'
    },
    worst: 31,
    evidence: {
      lines: [line(now - 41_000, `${client} - admin "POST /login HTTP/1.1" 401 12`)],
      shares: [],
      errors: []
    }
  })
}

/** A service with something of everything. */
export function sampleAlertsService(clock: () => number, links: Links): FakeAlertsService {
  const now = clock()
  const service = createAlertsService({ clock, links, rules: sampleRules(now) })
  service.put(
    sampleAlert(now, {
      id: 'not-found-0a0b0c0d0e0f',
      rule: 'not-found',
      title: 'Many requests for what is not there',
      severity: 'warning',
      labels: {},
      evidence: NONE,
      phase: 'resolved',
      since: now - 52 * MINUTE_MS,
      fired: now - 52 * MINUTE_MS,
      resolved: now - 45 * MINUTE_MS,
      evaluation: {
        state: 'good',
        value: 0.082,
        threshold: 0.3,
        baseline: 0.06,
        unit: 'share',
        samples: 4120,
        summary: '8.2 % of 4,120 requests in 5m (limit 30 %, usual 6 %)'
      },
      worst: 0.41
    })
  )
  service.put(sampleAlert(now))
  service.put(guessing(now, '198.51.100.7'))
  service.put(
    sampleAlert(now, {
      id: 'slow-aabbccddeeff',
      rule: 'slow',
      title: 'Slow answers',
      severity: 'warning',
      labels: {},
      evidence: NONE,
      phase: 'pending',
      since: now - 30_000,
      evaluation: {
        state: 'bad',
        value: 1.42,
        threshold: 1,
        baseline: 0.21,
        unit: 'seconds',
        samples: 640,
        summary: 'p95 of 640 requests in 2m is 1.42 s (limit 1 s, usual 210 ms)'
      }
    })
  )
  service.silence(
    { query: 'rule:not-found AND client:"192.0.2.9"', reason: 'our own scan', for: 2 * HOUR_MS },
    linkCaller('Ada', '127.0.0.1')
  )
  for (const [i, latency] of [23.4, 18.1, 31.7].entries())
    service.add({
      notification: `notification-${i}`,
      receiver: 'ops mail',
      title: '5xx 7.2 % of 1,204 requests (usual 0.3 %)',
      at: now - (3 - i) * 50_000,
      try: 1,
      state: 'sent',
      summary: 'accepted for ops@example.com: 250 2.0.0 Ok',
      latency
    })
  service.receive({
    name: '20261125-140320-server-errors.eml',
    subject: '[visor] CRITICAL Many server errors: 7.2 % of 1,204 requests (usual 0.3 %)',
    at: now - 4 * MINUTE_MS,
    text: 'CRITICAL  Many server errors',
    html: '<!doctype html><title>mail</title><h1 style="color: red">Many server errors</h1><a href="https://example.com/">x</a>'
  })
  return service
}
