/** Networks of IP addresses (CIDR, RFC 4632 and 4291), as regular expressions over the text of addresses. */
import { parseIp, ipText } from '../core/network.ts'

/** So many networks a range of addresses may be made of. */
const MOST = 64

const HEX = '0123456789abcdef'

/** Whether a text is an address and, behind a slash, the length of a network's prefix; right or not. */
export function looksLikeNetwork(text: string): boolean {
  return /^(\d+(\.\d+){3}|[\da-f:]*:[\da-f:.]*)\/\d+$/i.test(text)
}

/**
 * The networks that together hold the addresses from one to another; `*` is the lowest or the highest of the other's kind.
 * `undefined` where these are no addresses of one kind, or too many networks.
 */
export function networksBetween(
  from: string,
  to: string,
  { openFrom = false, openTo = false } = {}
): string[] | undefined {
  const [first, last] = [parseIp(from), parseIp(to)]
  const bits = (first ?? last)?.bits
  if (!bits || (!first && from !== '*') || (!last && to !== '*') || (last && last.bits !== bits))
    return undefined
  const end = last ? last.value - (openTo ? 1n : 0n) : (1n << BigInt(bits)) - 1n
  const networks: string[] = []
  for (let value = first ? first.value + (openFrom ? 1n : 0n) : 0n; value <= end;) {
    let rest = 0
    const fits = (size: bigint): boolean => value % size === 0n && value + size - 1n <= end
    while (rest < bits && fits(1n << BigInt(rest + 1))) rest++
    networks.push(`${ipText({ value, bits })}/${bits - rest}`)
    if (networks.length > MOST) return undefined
    value += 1n << BigInt(rest)
  }
  return networks
}

/**
 * The regular expression of a network as `networkNamed` gives it, for a text that is an address, or several with commas between.
 * An IPv4 address may be mapped (`::ffff:192.0.2.1`); of IPv6, any way to write it is read but one that ends in IPv4.
 */
export function networkRegex(network: string): string {
  const [written = '', length = ''] = network.split('/')
  const { value, bits } = parseIp(written) ?? { value: 0n, bits: 32 }
  const address = bits === 32 ? source4(value, Number(length)) : source6(value, Number(length))
  return `^(?:.*, ?)?(?:${address})(?: ?,.*)?$`
}

function source4(value: bigint, prefix: number): string {
  const octets = [0, 1, 2, 3].map(i => {
    const free = 8 - Math.min(Math.max(prefix - 8 * i, 0), 8)
    const first = Number((value >> BigInt(24 - 8 * i)) & 255n)
    if (free === 8) return String.raw`\d{1,3}`
    const numbers = Array.from({ length: 2 ** free }, (_, n) => first + n)
    return numbers.length === 1 ? String(first) : `(?:${numbers.join('|')})`
  })
  return `(?:::[fF]{4}:)?${octets.join(String.raw`\.`)}`
}

/** Written whole, or with `::` for any run of groups that may be 0. */
function source6(value: bigint, prefix: number): string {
  const groups = Array.from({ length: 8 }, (_, i) => groupOf(value, prefix, i))
  const sources = groups.map(({ source }) => source)
  const shortened = groups.flatMap((_, from) =>
    groups.slice(from).flatMap((_, more) => {
      const to = from + more + 1
      return groups.slice(from, to).every(({ zero }) => zero)
        ? [`${sources.slice(0, from).join(':')}::${sources.slice(to).join(':')}`]
        : []
    })
  )
  return [sources.join(':'), ...shortened].join('|')
}

/** What one of the eight groups may be, and whether 0 is among that: digits in front that are 0 may be left out. */
function groupOf(value: bigint, prefix: number, index: number): { source: string; zero: boolean } {
  const digits = [0, 1, 2, 3].map(i => {
    const at = index * 16 + i * 4
    const free = 4 - Math.min(Math.max(prefix - at, 0), 4)
    const first = Number((value >> BigInt(124 - at)) & 15n)
    return HEX.slice(first, first + 2 ** free)
  })
  const zeros = digits.findIndex(digit => !digit.startsWith('0'))
  const most = Math.min(zeros < 0 ? 3 : zeros, 3)
  const ways = Array.from({ length: most + 1 }, (_, left) => digits.slice(left).map(classOf).join(''))
  if (digits.every(digit => digit.length === 16)) return { source: '[0-9a-fA-F]{1,4}', zero: true }
  return { source: ways.length === 1 ? (ways[0] ?? '') : `(?:${ways.join('|')})`, zero: zeros < 0 }
}

function classOf(digits: string): string {
  if (digits.length === 16) return '[0-9a-fA-F]'
  const both = digits + digits.toUpperCase().replaceAll(/\d/g, '')
  return both.length === 1 ? both : `[${both}]`
}
