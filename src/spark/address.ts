import { isLoopback, parseAddress, type Address } from '../core/address.ts'
import { TextProblem } from '../core/caret.ts'
import { didYouMean } from '../core/suggest.ts'

const SCHEME = 'sc://'
const DEFAULT_PORT = 15_002

/** Where a Spark Connect server is, and who asks: Spark's own `sc://HOST[:PORT][/;NAME=VALUE…]`. */
export interface SparkAddress extends Address {
  /** Whether over TLS. */
  readonly tls: boolean
  /** Of the server's `spark.connect.authenticate.token`, or of a proxy before it. Secret. */
  readonly token?: string
  readonly user?: string
  /** A UUID, which takes the place of the session's own. */
  readonly session?: string
  /** Headers that go with each call, such as for a proxy. Secret. */
  readonly headers: Readonly<Record<string, string>>
}

/** Parameters that Spark documents; any other that begins with `x-` is a header. */
const PARAMETERS = ['token', 'use_ssl', 'user_id', 'session_id', 'user_agent']

/**
 * Reads the address of a Spark Connect server. A token goes over TLS unless the server is this machine or `use_ssl=false` is
 * written. @throws TextProblem
 */
export function parseSparkAddress(text: string): SparkAddress {
  if (!text.startsWith(SCHEME))
    throw new TextProblem('the address of a Spark Connect server begins with sc://', 0)
  const path = indexOrEnd(text, '/', SCHEME.length)
  const parameters = parametersIn(text, path)
  const place = placeIn(text, path)
  const token = parameters.get('token')
  const session = parameters.get('session_id')
  const user = parameters.get('user_id')
  const ssl = parameters.get('use_ssl')
  return {
    ...place,
    tls: ssl === undefined ? token !== undefined && !isLoopback(place.host) : ssl === 'true',
    headers: Object.fromEntries([...parameters].filter(([name]) => !PARAMETERS.includes(name))),
    ...(token !== undefined && { token }),
    ...(user !== undefined && { user }),
    ...(session !== undefined && { session })
  }
}

/** The address as it may be shown: without secrets. */
export function sparkAddressText({ host, port }: Address): string {
  return `${SCHEME}${host.includes(':') ? `[${host}]` : host}:${port}`
}

function placeIn(text: string, end: number): Address {
  const place = text.slice(SCHEME.length, end)
  const stray = place.indexOf(';')
  if (stray >= 0) throw new TextProblem('parameters begin with "/;"', SCHEME.length + stray)
  const withPort = /:\d*$/.test(place) && !/^\[[^\]]*$/.test(place) ? place : `${place}:${DEFAULT_PORT}`
  const address = parseAddress(withPort)
  if (address && address.host !== '' && address.port > 0) return address
  throw new TextProblem('expected HOST or HOST:PORT, such as sc://spark.example.org:15002', SCHEME.length)
}

/** By name; `path`: where the slash is, or the end of the text. */
function parametersIn(text: string, path: number): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  let at = path + 1
  if (at < text.length && text[at] !== ';')
    throw new TextProblem('nothing but parameters follows the slash: "/;NAME=VALUE"', at)
  for (at++; at < text.length;) {
    const end = indexOrEnd(text, ';', at)
    if (end > at) {
      const [name, value] = parameterIn(text, at, end)
      if (found.has(name)) throw new TextProblem(`"${name}" is there twice`, at)
      found.set(name, value)
    }
    at = end + 1
  }
  return found
}

function parameterIn(text: string, at: number, end: number): readonly [name: string, value: string] {
  const equals = text.indexOf('=', at)
  if (equals < 0 || equals > end) throw new TextProblem('a parameter is NAME=VALUE', at)
  const name = text.slice(at, equals).toLowerCase()
  const value = decoded(text.slice(equals + 1, end), equals + 1)
  if (name === 'use_ssl' && !/^(?:true|false)$/.test(value))
    throw new TextProblem('use_ssl is true or false', equals + 1)
  if (name === 'session_id' && !/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value))
    throw new TextProblem('session_id is a UUID', equals + 1)
  if (value === '') throw new TextProblem(`"${name}" has no value`, equals + 1)
  if (!/^[\x20-\x7e]*$/.test(value))
    throw new TextProblem(`"${name}" has characters other than ASCII`, equals + 1)
  if (PARAMETERS.includes(name) || /^x-[\w.-]+$/.test(name)) return [name, value]
  const hint = didYouMean(name, PARAMETERS, '"', 'a header begins with "x-"')
  throw new TextProblem(`no parameter "${name}" is known${hint}`, at)
}

function decoded(text: string, at: number): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new TextProblem('a percent sign is not followed by two hexadecimal digits', at + text.indexOf('%'))
  }
}

function indexOrEnd(text: string, part: string, from: number): number {
  const at = text.indexOf(part, from)
  return at < 0 ? text.length : at
}
