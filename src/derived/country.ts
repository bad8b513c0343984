import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isIP } from 'node:net'
import type * as Library from 'mmdb-lib'
import type { Reader, Response } from 'mmdb-lib'
import { remembering } from './cache.ts'

/** The database of public-domain registry data (CC0): networks and the countries they are registered in. */
const DATABASE = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb'
const REMEMBERED = 20_000

let reader: Reader<Response> | undefined

/** Loaded at the first question: 8 MB. */
function database(): Reader<Response> {
  const require = createRequire(import.meta.url)
  const library: typeof Library = require('mmdb-lib')
  return new library.Reader(readFileSync(require.resolve(DATABASE)))
}

const codeOf = remembering(REMEMBERED, (address): string => {
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
