import { describe, expect, it } from 'vitest'
import type { Share } from '../../alerts/model.ts'
import { rangeMatcher } from '../../settings/ranges.ts'
import { HOSTILE } from '../testing/hostile.ts'
import { FIRING, scannerOf } from '../testing/samples.ts'
import { mitigationOf } from './mitigation.ts'

const nobody = rangeMatcher([])
const of = (client: string, ignored = nobody): string | undefined =>
  mitigationOf(scannerOf(client, 1), ignored)?.address

describe('blocking a client', () => {
  it('is shown for httpd, nginx and nftables', () => {
    expect(mitigationOf(scannerOf('203.0.113.9', 1), nobody)?.snippets.map(({ code }) => code)).toEqual([
      '<RequireAll>\n  Require all granted\n  Require not ip 203.0.113.9\n</RequireAll>',
      'deny 203.0.113.9;',
      'nft insert rule inet filter input ip saddr 203.0.113.9 counter drop'
    ])
    expect(mitigationOf(scannerOf('2a02:26f0::9', 1), nobody)?.snippets.at(-1)?.code).toBe(
      'nft insert rule inet filter input ip6 saddr 2a02:26f0::9 counter drop'
    )
  })

  it('is shown of the client that most lines came from', () => {
    const share: Share = { field: 'client', value: '203.0.113.9', now: 0.51, before: 0, count: 9 }
    const having = (now: number) =>
      mitigationOf({ ...FIRING, evidence: { ...FIRING.evidence, shares: [{ ...share, now }] } }, nobody)
    expect([having(0.51)?.address, having(0.5)]).toEqual(['203.0.113.9', undefined])
  })

  it.each(
    [
      '10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 127.0.0.1 0.0.0.0 169.254.1.1 100.64.0.1 100.127.255.255',
      '224.0.0.1 255.255.255.255 198.18.0.1 :: ::1 fe80::1 fe80::1%eth0 fc00::1 fdff::1 ff02::1 64:ff9b::a00:1',
      '2002:a00:1:: ::ffff:10.0.0.1 ::FFFF:192.168.1.1 ::ffff:a00:1 ::ffff:cb00:7109 ::10.0.0.1'
    ].flatMap(list => list.split(' '))
  )('is never shown of %s', client => expect(of(client)).toBeUndefined())

  it.each([
    '',
    'example.org',
    '203.0.113',
    '203.0.113.9 ',
    '203.0.113.9/0',
    '203.0.113.9; rm -rf /',
    '0x7f.1',
    '3405803785',
    '203.0.113.9\nRequire all granted',
    '203.0.113.9}',
    '2001:db8::1; flush ruleset',
    HOSTILE
  ])('is never shown of what is no address: %j', client => expect(of(client)).toBeUndefined())

  it.each([
    ['172.15.255.255', '172.15.255.255'],
    ['172.32.0.1', '172.32.0.1'],
    ['100.63.255.255', '100.63.255.255'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2600::1', '2600::1']
  ])('is shown of %s', (client, address) => expect(of(client)).toBe(address))

  it('is not shown where a line names another client in what a client sent', () => {
    const line = 'x, client: 203.0.113.9, server: s, referrer: "/, client: 192.0.2.1, server: s"'
    const alert = scannerOf('203.0.113.9', 1)
    const having = (kind: 'access' | 'error', text: string) =>
      mitigationOf(
        {
          ...alert,
          evidence: { ...alert.evidence, lines: [{ signal: '', key: '', source: '', kind, time: 0, text }] }
        },
        nobody
      )?.address
    expect(having('error', line)).toBeUndefined()
    expect(having('error', line.slice(0, 40))).toBe('203.0.113.9')
    expect(having('access', line)).toBe('203.0.113.9')
  })

  it('is not shown of those who are ignored', () => {
    const ignored = rangeMatcher(['203.0.113.0/24', '2a02:26f0::/32'])
    expect(
      ['203.0.113.9', '::ffff:203.0.113.9', '2a02:26f0::9', '203.0.114.9'].map(client => of(client, ignored))
    ).toEqual([undefined, undefined, undefined, '203.0.114.9'])
  })
})
