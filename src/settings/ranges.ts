import { BlockList, isIP, isIPv6 } from 'node:net'
import * as z from 'zod'

/** Whether `text` is an IP address, or a range of them such as `10.0.0.0/8`. */
export function isRange(text: string): boolean {
  const [address = '', bits, ...more] = text.split('/')
  const maxBits = isIPv6(address) ? 128 : 32
  return (
    isIP(address) > 0 &&
    more.length === 0 &&
    (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= maxBits))
  )
}

/** IP addresses and ranges of them. */
export function rangesSetting(summary: string) {
  return z
    .array(z.string().refine(isRange, 'expected an IP address or a range such as "10.0.0.0/8"'))
    .min(1)
    .describe(summary)
}

/** A test whether an address is in one of the ranges; where none are given, any address passes. */
export function rangeMatcher(ranges: readonly string[] | undefined): (address: string) => boolean {
  if (ranges === undefined) return () => true
  const list = new BlockList()
  for (const range of ranges) {
    const [address = '', bits] = range.split('/')
    const family = familyOf(address)
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return address => list.check(address, familyOf(address))
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4'
}
