import { describe, expect, it } from 'vitest'
import type { AlertNotification } from '../../alerts/model.ts'
import { HOSTILE_NOTIFICATION } from '../testing/hostile.ts'
import { NOTIFICATIONS, scannerOf } from '../testing/samples.ts'
import { dependenciesWithPage } from '../testing/dependencies.ts'
import { UNSEEN } from '../testing/unseen.ts'
import { composeMessage } from './compose.ts'
import { messageText } from './text.ts'

const text = (notification: AlertNotification): string =>
  messageText(composeMessage(notification, dependenciesWithPage(), () => false))

const SCAN: AlertNotification = {
  ...NOTIFICATIONS.fired,
  severity: 'warning',
  firing: [scannerOf('203.0.113.9', 412), scannerOf('2001:db8::77', 120)]
}

describe('a notification as text', () => {
  it('is to be read from top to bottom', () => {
    expect(text(SCAN)).toBe(`WARNING  Somebody looks for a way in
412 paths in 1m (limit 100)

2 alerts firing; details are of the worst one.

Client  203.0.113.9

now    412  ##############################
limit  100  ########

Active since  2026-11-25 14:03:08 UTC
Fired         2026-11-25 14:03:19 UTC

Firing
  WARNING  client: 203.0.113.9, 12 s
    412 paths in 1m (limit 100)
  WARNING  client: 2001:db8::77, 12 s
    120 paths in 1m (limit 100)

Largest increases
  Path /.env: 0 % -> 2 % of the lines (2)

Log lines
  203.0.113.9 - - [25/Nov/2026:14:03:18 +0000] "GET /.env HTTP/1.1" 404 196 "-" "-"

To block 203.0.113.9
  Apache httpd:
    <RequireAll>
      Require all granted
      Require not ip 203.0.113.9
    </RequireAll>
  nginx:
    deny 203.0.113.9;
  nftables:
    nft insert rule inet filter input ip saddr 203.0.113.9 counter drop

Acknowledge      https://visor.example.org/alerts/acknowledge?n=n-20261125-1f3a9c&s=9f2c
Silence for 1 h  https://visor.example.org/alerts/silence?n=n-20261125-1f3a9c&s=77ab
Open in Visor    https://visor.example.org/#alert=n-20261125-1f3a9c

Latency (UTC)
  Line written      14:03:19.985
  Read              14:03:19.988  +2.6 ms
  Counted           14:03:19.989  +700 µs
  Rule fired        14:03:19.989  +800 µs
  Message composed  14:03:19.991  +1.4 ms
  5.5 ms from the line to this message.
  The last 240 notifications were accepted 14 ms after firing (median), 21.6 ms (p99).

-- 
Visor on web1.example.org: rule path-scan, receiver ops, notification n-20261125-1f3a9c.
`)
  })

  it('shows what is resolved, and what was held back', () => {
    expect(text(NOTIFICATIONS.resolved)).toMatch(
      /^RESOLVED {2}Many server errors\nResolved after 4 min 12 s\. Now 0\.2 % of 1,118 requests/
    )
    expect(text(NOTIFICATIONS.digest)).toContain(
      '\nHeld back\n  A log has fallen silent: shop\n  Slow answers: p95'
    )
    expect(text(NOTIFICATIONS.digest)).toContain('\n  and 7 more\n')
  })

  it('has no lines and no characters that a log has written', () => {
    const lines = text(HOSTILE_NOTIFICATION).split('\n')
    expect(lines.filter(line => /^Bcc|^body/.test(line))).toEqual([])
    for (const line of lines) expect([line.length < 1000, UNSEEN.test(line)]).toEqual([true, false])
    expect(text(HOSTILE_NOTIFICATION).length).toBeLessThan(50_000)
  })
})
