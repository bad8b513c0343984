import { expect, it } from 'vitest'
import { DAY_MS } from '../core/time.ts'
import { isHidden } from '../core/hidden.ts'
import { addressHider, withoutAddresses } from './addresses.ts'

const shorten = addressHider('shorten', () => 0)

it.each([
  ['192.0.2.17', '192.0.2.0/24'],
  ['192.0.2.17, 10.1.2.3', '192.0.2.0/24, 10.1.2.0/24'],
  ['[client 192.0.2.17:8080] x', '[client 192.0.2.0/24:8080] x'],
  ['2001:db8:12:34::1', '2001:db8:12::/48'],
  ['2001:0DB8::1', '2001:db8::/48'],
  ['::1', '::/48'],
  ['::ffff:192.0.2.17', '192.0.2.0/24'],
  ['for="[2001:db8:1::7]:80"', 'for="[2001:db8:1::/48]:80"'],
  ['Chrome/109.0.0.0 at 13:55:36', 'Chrome/109.0.0.0 at 13:55:36'],
  ['999.1.1.1 1.2.3 1.2.3.4.5', '999.1.1.1 1.2.3 1.2.3.4.5'],
  ['["192.0.2.17","shop"]', '["192.0.2.0/24","shop"]'],
  ['example.org', 'example.org']
])('%s is shortened to %s, once', (text, expected) => {
  expect(shorten(text)).toBe(expected)
  expect(shorten(expected)).toBe(expected)
})

it('a hash is the same for an address within a day, and another one tomorrow', () => {
  let now = 0
  const hash = addressHider('hash', () => now)
  const first = hash('192.0.2.17')
  expect(first).toMatch(/^anon-[\da-f]{12}$/)
  expect([hash('192.0.2.17'), hash(first), hash('192.0.2.18') === first]).toEqual([first, first, false])
  now = DAY_MS
  expect(hash('192.0.2.17')).not.toBe(first)
  expect([first, '192.0.2.0/24', '404 192.0.2.0/24', '192.0.2.1', '/a/24', 'anon-x'].map(isHidden)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false
  ])
})

it('a line without its addresses is the same before and after they are hidden', () => {
  const line = '192.0.2.17 2001:db8:1::7 - [client 192.0.2.17:80] "GET /a/24 HTTP/1.1" "Chrome/109.0.0.0"'
  const plain = (text: string): string => Buffer.from(withoutAddresses(Buffer.from(text))).toString()
  expect(plain(line)).toBe('- - - [client -:80] "GET /a/24 HTTP/1.1" "Chrome/109.0.0.0"')
  for (const how of ['shorten', 'hash'] as const)
    expect(plain(addressHider(how, () => 0)(line))).toBe(plain(line))
})
