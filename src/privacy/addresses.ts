import { createHmac, randomBytes } from 'node:crypto'
import { isIPv4, isIPv6 } from 'node:net'
import { networkNamed } from '../core/network.ts'
import { DAY_MS, type Clock } from '../core/time.ts'

/** How addresses of clients are hidden: cut to their network, or each by a name of its own. */
export type AddressHiding = 'shorten' | 'hash'

/** Makes a text without the addresses in it; what is hidden already stays as it is. */
export type HideAddresses = (text: string) => string

/**
 * What may be an address, with what tells that it is none: a version behind a `/` or a word (`Chrome/109.0.0.0`), a part of
 * something longer, a network.
 */
const ADDRESSES =
  /(?<![\w./:-])(?:(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d|\/\d)|(?:::ffff:)?(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d|\/\d)|(?:[\da-f]{0,4}:){2,7}[\da-f]{0,4}(?![\w:.]|\/\d))/gi

/** Addresses that are hidden already, as they stand in a line. */
const HIDDEN = /(?<![\w.:])(?:(?:\d{1,3}\.){3}0\/24|[\da-f:]+::\/48|anon-[\da-f]{12})(?![\w/])/gi

/** A line without its addresses, whether they are hidden or not: what is the same before and afterwards. */
export function withoutAddresses(line: Uint8Array): Uint8Array {
  const text = Buffer.from(line.buffer, line.byteOffset, line.length).toString('latin1')
  const plain = text
    .replaceAll(HIDDEN, '-')
    .replaceAll(ADDRESSES, address => (isIPv4(address) || isIPv6(address) ? '-' : address))
  return Buffer.from(plain, 'latin1')
}

/** Hides addresses; the key of hashed ones is made anew each day, and written nowhere. `clock` says which day it is. */
export function addressHider(how: AddressHiding, clock: Clock): HideAddresses {
  let key = randomBytes(32)
  let day = NaN
  return text => {
    const today = Math.floor(clock() / DAY_MS)
    if (today !== day) {
      key = randomBytes(32)
      day = today
    }
    return text.replaceAll(ADDRESSES, address => {
      if (!isIPv4(address) && !isIPv6(address)) return address
      return how === 'shorten' ? networkOf(address) : hashedName(address, key)
    })
  }
}

function hashedName(address: string, key: Buffer): string {
  return `anon-${createHmac('sha256', key).update(address.toLowerCase()).digest('hex').slice(0, 12)}`
}

/** The /24 of an IPv4 address, a mapped one too, the /48 of an IPv6 one. */
function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '')
  return networkNamed(`${plain}/${isIPv4(plain) ? 24 : 48}`) ?? address
}
