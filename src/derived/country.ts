import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isIP } from 'node:net'
import { Reader, type Response } from 'mmdb-lib'
import { remembering } from './cache.ts'

/** The database of public-domain registry data (CC0): networks and the countries they are registered in. */
const DATABASE = '@ip-location-db/geo-whois-asn-country-mmdb/geo-whois-asn-country.mmdb'
const REMEMBERED = 20_000

let reader: Reader<Response> | undefined

/** Read at the first question: 8 MB. */
function database(): Reader<Response> {
  return (reader ??= new Reader(readFileSync(createRequire(import.meta.url).resolve(DATABASE))))
}

const codeOf = remembering(REMEMBERED, (address): string => {
  const found = database().get(address)
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
