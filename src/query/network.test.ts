import fc from 'fast-check'
import { BlockList, isIPv6 } from 'node:net'
import { expect, it } from 'vitest'
import { networkNamed } from '../core/network.ts'
import { networksBetween, networkRegex } from './network.ts'

const holds = (network: string, text: string): boolean => new RegExp(networkRegex(network), 'su').test(text)

const octet = fc.nat(255)
const four = fc.tuple(octet, octet, octet, octet).map(octets => octets.join('.'))
/** Groups of which many are 0, so that `::` is short for some. */
const groups = fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff), fc.nat(15)), { minLength: 8, maxLength: 8 })

/** An address of such groups as the operating system's own library writes it, or whole, in either case. */
function written(parts: readonly number[], way: number): string {
  const whole = parts.map(part => part.toString(16)).join(':')
  if (way === 0) return new URL(`http://[${whole}]/`).hostname.slice(1, -1)
  if (way === 1) return whole.toUpperCase()
  return parts.map(part => part.toString(16).padStart(4, '0')).join(':')
}

it('finds the addresses of a network, as another library does', () => {
  fc.assert(
    fc.property(four, four, fc.nat(32), (base, other, prefix) => {
      const list = new BlockList()
      list.addSubnet(base, prefix, 'ipv4')
      const network = networkNamed(`${base}/${prefix}`) ?? ''
      const near = other.split('.').map((part, i) => (i * 8 < prefix ? (base.split('.')[i] ?? part) : part))
      for (const address of [base, other, near.join('.')]) {
        expect(holds(network, address)).toBe(list.check(address, 'ipv4'))
      }
    }),
    { seed: 1, numRuns: 500 }
  )
})

it('finds those of IPv6, however they are written', () => {
  fc.assert(
    fc.property(groups, groups, fc.nat(128), fc.nat(2), fc.nat(128), (base, other, prefix, way, kept) => {
      const text = written(base, 0)
      expect(isIPv6(text)).toBe(true)
      const list = new BlockList()
      list.addSubnet(text, prefix, 'ipv6')
      const network = networkNamed(`${text}/${prefix}`) ?? ''
      const near = base.map((part, i) => ((i + 1) * 16 <= kept ? part : (other[i] ?? 0)))
      for (const parts of [base, other, near]) {
        const address = written(parts, way)
        // What ends in IPv4 is its own way to write an address.
        if (!address.includes('.')) expect(holds(network, address)).toBe(list.check(address, 'ipv6'))
      }
    }),
    { seed: 1, numRuns: 500 }
  )
})

it('makes networks of a range', () => {
  expect(networksBetween('192.0.2.10', '192.0.2.17')).toEqual([
    '192.0.2.10/31',
    '192.0.2.12/30',
    '192.0.2.16/31'
  ])
  expect(networksBetween('192.0.2.10', '192.0.2.12', { openFrom: true, openTo: true })).toEqual([
    '192.0.2.11/32'
  ])
  expect(networksBetween('*', '*')).toBeUndefined()
  expect(networksBetween('128.0.0.0', '*')).toEqual(['128.0.0.0/1'])
  expect(networksBetween('*', '255.255.255.255')).toEqual(['0.0.0.0/0'])
  expect(networksBetween('2001:db8::', '2001:db8::1:ffff')).toEqual(['2001:db8::/111'])
  expect(networksBetween('192.0.2.1', '::1')).toBeUndefined()
  expect(networksBetween('192.0.2.9', '192.0.2.1')).toEqual([])
})

it.each([
  ['192.0.2.77/24', '192.0.2.0/24'],
  ['2001:DB8:0:0:1::5/80', '2001:db8:0:0:1::/80'],
  ['::/0', '::/0'],
  ['::ffff:192.0.2.1/128', '::ffff:c000:201/128'],
  ['192.0.2.0/33', undefined],
  ['256.0.0.0/8', undefined],
  ['2001:db8::/129', undefined],
  ['1::2::3/64', undefined],
  ['a/8', undefined]
])('%s is the network %s', (text, network) => expect(networkNamed(text)).toBe(network))

it.each([
  ['192.0.2.0/24', '::ffff:192.0.2.9', true],
  ['10.0.0.0/8', '192.0.2.1, 10.1.1.1', true],
  ['10.0.0.0/8', '10.1.1.1,192.0.2.1', true],
  ['10.0.0.0/8', '110.1.1.1', false],
  ['10.0.0.0/8', '10.1.1.1.example.org', false],
  ['10.0.0.0/8', '-', false]
])('%s and %s: %s', (network, text, held) => expect(holds(network, text)).toBe(held))
