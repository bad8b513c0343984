import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { BlockList, isIP } from 'node:net'
import type * as Library from 'mmdb-lib'
import type { Reader, Response } from 'mmdb-lib'
import { remembering } from './cache.ts'

/** The database of public-domain registry data (CC0): networks and the countries they are registered in. */
const DATABASE = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb'
const REMEMBERED = 20_000

/** Networks that nobody is registered for: private, local, and for documentation (RFC 6890). */
const UNREGISTERED = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
  ['::', 127],
  ['2001:db8::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8]
] as const) {
  UNREGISTERED.addSubnet(network, bits, network.includes(':') ? 'ipv6' : 'ipv4')
}

let reader: Reader<Response> | undefined

/** Loaded at the first question: 8 MB. */
function database(): Reader<Response> {
  const require = createRequire(import.meta.url)
  const library: typeof Library = require('mmdb-lib')
  return new library.Reader(readFileSync(require.resolve(DATABASE)))
}

const codeOf = remembering(REMEMBERED, (address): string => {
  if (UNREGISTERED.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')) return ''
  const found = (reader ??= database()).get(address)
  return found && 'country_code' in found ? String(found.country_code) : ''
})

/**
 * The country (ISO 3166, two letters) that an IPv4 or IPv6 address is registered in; `undefined` for names, for private and
 * other addresses that no registry has given out.
 */
export function countryOf(client: string): string | undefined {
  const address = client.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  return isIP(address) === 0 ? undefined : codeOf(address) || undefined
}
