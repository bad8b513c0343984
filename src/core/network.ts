/** An address as a number of so many bits. */
interface IpAddress {
  readonly value: bigint
  readonly bits: 32 | 128
}

/** A network, `192.0.2.0/24` or `2001:db8::/32`, with the bits behind its prefix as 0; `undefined` where it is none. */
export function networkNamed(text: string): string | undefined {
  const [, written = '', length = ''] = /^([^/]+)\/(\d{1,3})$/.exec(text) ?? []
  const address = parseIp(written)
  const prefix = Number(length)
  if (!address || prefix > address.bits) return undefined
  const rest = BigInt(address.bits - prefix)
  return `${ipText({ ...address, value: (address.value >> rest) << rest })}/${prefix}`
}

/** Reads an IPv4 or IPv6 address, however it is written; `undefined` for anything else. */
export function parseIp(text: string): IpAddress | undefined {
  const four = value4(text)
  if (four !== undefined) return { value: four, bits: 32 }
  const six = value6(text)
  return six === undefined ? undefined : { value: six, bits: 128 }
}

function value4(text: string): bigint | undefined {
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number)
  if (!octets || octets.some(octet => octet > 255)) return undefined
  return octets.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n)
}

function value6(text: string): bigint | undefined {
  const [, head = text, tail] = /^(.*:)([\d.]+)$/.exec(text) ?? []
  const mapped = tail?.includes('.') ? value4(tail) : undefined
  const whole =
    mapped === undefined ? text : `${head}${(mapped >> 16n).toString(16)}:${(mapped & 0xffffn).toString(16)}`
  const halves = whole.split('::').map(half => (half === '' ? [] : half.split(':')))
  const [left = [], right = []] = halves
  const missing = 8 - left.length - right.length
  const groups = [...left, ...Array.from({ length: Math.max(missing, 0) }, () => '0'), ...right]
  const complete = halves.length === 2 ? missing > 0 : halves.length === 1 && missing === 0
  if (!complete || !groups.every(group => /^[\da-f]{1,4}$/i.test(group))) return undefined
  return groups.reduce((value, group) => (value << 16n) | BigInt(Number.parseInt(group, 16)), 0n)
}

/** An address as it is usually written (RFC 5952). */
export function ipText({ value, bits }: IpAddress): string {
  if (bits === 32) return [24n, 16n, 8n, 0n].map(shift => (value >> shift) & 255n).join('.')
  const groups = Array.from({ length: 8 }, (_, i) => ((value >> BigInt(112 - 16 * i)) & 0xffffn).toString(16))
  const runs = Array.from(` ${groups.join(' ')} `.matchAll(/(?<= )0 (?:0 )+/g), ([run]) => run)
  const longest = runs.toSorted((a, b) => b.length - a.length)[0]
  const text = groups.join(' ')
  if (longest === undefined) return groups.join(':')
  const at = ` ${text} `.indexOf(` ${longest}`)
  const before = text.slice(0, at).trim().split(' ').join(':')
  const behind = text
    .slice(at + longest.length)
    .trim()
    .split(' ')
    .join(':')
  return `${before}::${behind}`
}
