import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { isIPv6 } from 'node:net'
import type * as Library from 'mmdb-lib'
import type { Reader, Response } from 'mmdb-lib'
import type { Derivation } from './kind.ts'

/** The database of public-domain registry data (CC0): networks and the countries they are registered in. */
const DATABASE = '@ip-location-db/geo-whois-asn-country-mmdb'

const DOT = 46
const COLON = 58
const ZERO = 48
const NINE = 57

/** The country in which an address is registered. */
export const COUNTRY: Derivation = {
  name: 'country',
  type: 'text',
  kinds: ['access', 'error'],
  from: 'client',
  title: 'Country',
  summary: "country (ISO code) in which the client's address is registered",
  otel: 'geo.country.iso_code',
  ecs: 'client.geo.country_iso_code',
  get version() {
    const { version }: { version: string } = JSON.parse(
      readFileSync(createRequire(import.meta.url).resolve(`${DATABASE}/package.json`), 'utf8')
    )
    return `geo-whois-asn-country ${version}, 1`
  },
  maxLength: 2,
  derive: countryOf
}

/** IPv4 networks that nobody is registered for: private, local, and for documentation (RFC 6890). */
const UNREGISTERED = (
  [
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
    ['224.0.0.0', 3]
  ] as const
).map(([network, bits]) => ({ first: ipv4Of(network), last: ipv4Of(network) + 2 ** (32 - bits) - 1 }))

/**
 * The networks as a tree in MaxMind's format 2.0: a node is two numbers of 24 bits, one for each value of the address's next
 * bit. A number below `nodes` is another node, `nodes` itself no answer, one above is an answer.
 */
interface Tree {
  readonly bytes: Uint8Array
  readonly nodes: number
  /** What the first 16 bits of an IPv4 address lead to. */
  readonly blocks: Int32Array
  /** Countries by their answers. */
  readonly countries: Map<number, string>
  readonly reader: Reader<Response>
}

const NODE_BYTES = 6

let tree: Tree | undefined

/** Reads 8 MB, so it waits for the first address. */
function load(): Tree {
  const require = createRequire(import.meta.url)
  const library: typeof Library = require('mmdb-lib')
  const bytes = readFileSync(require.resolve(`${DATABASE}/geo-whois-asn-country.mmdb`))
  const reader = new library.Reader<Response>(bytes)
  const { nodeCount: nodes, nodeByteSize } = reader.metadata
  if (nodeByteSize !== NODE_BYTES) throw new RangeError(`${DATABASE} has nodes of ${nodeByteSize} bytes`)
  let ipv4 = 0
  for (let bit = 0; bit < 96 && ipv4 < nodes; bit++) ipv4 = behind(bytes, ipv4, 0)
  const blocks = Int32Array.from({ length: 1 << 16 }, (_, block) => {
    let node = ipv4
    for (let bit = 15; bit >= 0 && node < nodes; bit--) node = behind(bytes, node, (block >> bit) & 1)
    return node
  })
  return { bytes, nodes, blocks, countries: new Map(), reader }
}

/** What follows a node for a bit. */
function behind(bytes: Uint8Array, node: number, bit: number): number {
  const at = node * NODE_BYTES + 3 * bit
  return (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!
}

/**
 * The country (ISO 3166, two letters) that an IPv4 or IPv6 address is registered in; `undefined` for names, for private and
 * other addresses that no registry has given out.
 */
export function countryOf(client: string): string | undefined {
  const ipv4 = ipv4Of(client.endsWith('.0/24') ? client.slice(0, -3) : client)
  if (!Number.isNaN(ipv4)) return countryOfIpv4(ipv4, client)
  if (!client.includes(':')) return undefined
  // The network of a hidden address is registered as the address was.
  if (client.endsWith('::/48')) return countryOf(client.slice(0, -3))
  const address = client.includes('%') ? client.slice(0, client.indexOf('%')) : client
  if (!isIPv6(address)) return undefined
  const mapped = /^::ffff:(?=\d+\.)/i.test(address) ? address.slice(7) : undefined
  return mapped === undefined ? countryOfIpv6(address) : countryOfIpv4(ipv4Of(mapped), mapped)
}

function countryOfIpv4(address: number, text: string): string | undefined {
  for (const { first, last } of UNREGISTERED) if (address >= first && address <= last) return undefined
  const { bytes, nodes, blocks } = (tree ??= load())
  let node = blocks[address >>> 16]!
  for (let bit = 15; bit >= 0 && node < nodes; bit--) node = behind(bytes, node, (address >>> bit) & 1)
  return countryAt(tree, node, text)
}

function countryOfIpv6(address: string): string | undefined {
  readWords(address)
  const first = words[0]!
  const local = first === 0 && words[7]! <= 1 && words.every((word, i) => word === 0 || i === 7)
  const documentation = first === 0x2001 && words[1] === 0xdb8
  if (local || documentation || first >> 9 === 0xfc >> 1 || first >> 6 === 0xfe80 >> 6 || first >> 8 === 0xff)
    return undefined
  const { bytes, nodes } = (tree ??= load())
  let node = 0
  for (let bit = 0; bit < 128 && node < nodes; bit++)
    node = behind(bytes, node, (words[bit >> 4]! >> (15 - (bit & 15))) & 1)
  return countryAt(tree, node, address)
}

function countryAt({ nodes, countries, reader }: Tree, node: number, address: string): string | undefined {
  if (node <= nodes) return undefined
  let country = countries.get(node)
  if (country === undefined) {
    const found = reader.get(address)
    country = found && 'country_code' in found ? String(found.country_code) : ''
    countries.set(node, country)
  }
  return country === '' ? undefined : country
}

/** An IPv4 address as a number; NaN for any other text. */
function ipv4Of(text: string): number {
  let address = 0
  let parts = 0
  let part = 0
  let digits = 0
  for (let i = 0; i <= text.length; i++) {
    const character = i < text.length ? text.charCodeAt(i) : DOT
    if (character === DOT) {
      if (digits === 0 || part > 255 || ++parts > 4) return NaN
      address = address * 256 + part
      part = 0
      digits = 0
    } else {
      const leading = digits > 0 && part === 0
      if (character < ZERO || character > NINE || leading || ++digits > 3) return NaN
      part = part * 10 + character - ZERO
    }
  }
  return parts === 4 ? address : NaN
}

const words = new Uint16Array(8)

/** Puts a valid IPv6 address into `words`. */
function readWords(address: string): void {
  const text = address.includes('.') ? withoutDots(address) : address
  let count = 0
  let gap = -1
  let word = 0
  let digits = 0
  for (let i = 0; i <= text.length; i++) {
    const character = i < text.length ? text.charCodeAt(i) : COLON
    if (character !== COLON) {
      // The low bits of letters are 1 to 6 in either case.
      word = (word << 4) | (character <= NINE ? character - ZERO : (character & 7) + 9)
      digits++
    } else if (digits > 0) {
      words[count++] = word
      word = 0
      digits = 0
    } else if (i > 0 && gap < 0) gap = count
  }
  if (gap < 0) return
  words.copyWithin(8 - count + gap, gap, count)
  words.fill(0, gap, 8 - count + gap)
}

/** `::1.2.3.4` as `::102:304`. */
function withoutDots(address: string): string {
  const dotted = address.lastIndexOf(':') + 1
  const ipv4 = ipv4Of(address.slice(dotted))
  return `${address.slice(0, dotted)}${(ipv4 >>> 16).toString(16)}:${(ipv4 & 0xffff).toString(16)}`
}
