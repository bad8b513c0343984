import { isIP, isIPv6 } from 'node:net'
import type { Alert } from '../../alerts/model.ts'
import { rangeMatcher } from '../../settings/ranges.ts'

/** How to block a client. */
export interface Mitigation {
  readonly address: string
  readonly snippets: readonly { readonly name: string; readonly code: string }[]
}

/** Addresses that never stand for one client on the internet: who blocks them blocks himself, or everybody. */
const NEVER = {
  ip: ranges(
    '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.88.99.0/24',
    '192.168.0.0/16 198.18.0.0/15 224.0.0.0/3'
  ),
  ip6: ranges(
    '::/96 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 2001::/32 2002::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8'
  )
}

function ranges(...lists: readonly string[]): (address: string) => boolean {
  return rangeMatcher(lists.flatMap(list => list.split(' ')))
}

/** The share of the lines above which one client is to blame. */
const MIN_SHARE = 0.5

/**
 * How to block the client that an alert is about, or that most of its lines came from. Nothing where there is none, where
 * it is no literal address (whoever asks can write there what he likes), or where it is one of `ignored` or not a client's.
 */
export function mitigationOf(alert: Alert, ignored: (address: string) => boolean): Mitigation | undefined {
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

/** An IPv4 address as such, also where a server writes it as one of IPv6. */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+(\.\d+){3}$)/i, '')
}
