import { isIP, isIPv6 } from 'node:net'
import type { Alert } from '../../alerts/model.ts'
import type { EvidenceLine } from '../../core/signal.ts'
import { rangeMatcher } from '../../settings/ranges.ts'
import never from './never.json' with { type: 'json' }

/** How to block a client. */
export interface Mitigation {
  readonly address: string
  readonly snippets: readonly { readonly name: string; readonly code: string }[]
}

/** Addresses that never stand for one client on the internet: who blocks them blocks himself, or everybody. */
const NEVER = {
  ip: rangeMatcher(never.ip),
  ip6: rangeMatcher(never.ip6)
}

/** The share of the lines above which one client is to blame. */
const MIN_SHARE = 0.5

/**
 * How to block the client that an alert is about, or that most of its lines came from. Nothing where there is none, where
 * it is no literal address (whoever asks can write there what he likes), where it is one of `ignored` or not a client's, or where
 * a line may have been written so that it seems to be of somebody else.
 */
export function mitigationOf(alert: Alert, ignored: (address: string) => boolean): Mitigation | undefined {
  if (alert.evidence.lines.some(namesSeveral)) return undefined
  const address = plain(culprit(alert) ?? '')
  const family = isIPv6(address) ? 'ip6' : 'ip'
  if (isIP(address) === 0 || address.includes('%') || NEVER[family](address) || ignored(address))
    return undefined
  return {
    address,
    snippets: [
      {
        name: 'Apache httpd',
        code: `<RequireAll>\n  Require all granted\n  Require not ip ${address}\n</RequireAll>`
      },
      { name: 'nginx', code: `deny ${address};` },
      { name: 'nftables', code: `nft insert rule inet filter input ${family} saddr ${address} counter drop` }
    ]
  }
}

function culprit({ labels, evidence: { shares } }: Alert): string | undefined {
  return labels['client'] ?? shares.find(({ field, now }) => field === 'client' && now > MIN_SHARE)?.value
}

/** Whether a line of nginx's error log has the name of this field more than once: which one nginx wrote is not sure. */
function namesSeveral({ kind, text }: EvidenceLine): boolean {
  return kind === 'error' && text.split(', client: ').length > 2
}

/** An IPv4 address as such, also where a server writes it as one of IPv6. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+(\.\d+){3}$)/i, '')
}
