import * as z from 'zod'
import { parseAddress, type Address } from '../core/address.ts'

const LOOPBACK = '127.0.0.1'

/** Where to listen: `HOST:PORT`, or the port alone, which only this machine can reach then. */
export function listenSetting(summary: string) {
  const expected = 'expected a port such as 5514, or HOST:PORT such as "0.0.0.0:5514" or "[::]:5514"'
  return addressSetting(expected, ({ host, port }) => ({ host: host || LOOPBACK, port })).describe(summary)
}

/** Where something is to be found: `HOST:PORT`. */
export function connectSetting(summary: string) {
  const expected = 'expected HOST:PORT such as "192.0.2.1:5514" or "[2001:db8::1]:5514"'
  return addressSetting(expected, address =>
    address.host === '' || address.port === 0 ? undefined : address
  ).describe(summary)
}

function addressSetting(expected: string, complete: (address: Address) => Address | undefined) {
  return z.union([z.int().min(0).max(65_535), z.string()], expected).transform((given, context): Address => {
    const read = parseAddress(String(given))
    const address = read && complete(read)
    if (address) return address
    context.addIssue(expected)
    return z.NEVER
  })
}
