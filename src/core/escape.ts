/**
 * Escapes of logs: which bytes stand in a log line for which text, both ways.
 */
import type { Escapes } from './program.ts'

/**
 * How a server writes texts. `access`: as Apache's ap_escape_logitem; `error`: as its ap_escape_errorlog_item, which leaves `"`
 * as it is; `nginx`: as nginx's default escape; `json`: as nginx's escape=json (RFC 8259); `none`: as they are.
 */
export type EscapeStyle = 'access' | 'error' | 'nginx' | 'json' | 'none'

const BACKSLASH = 0x5c
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

/** What the letter after a backslash stands for: `\"` `\\` `\b` `\f` `\n` `\r` `\t` `\v`. */
const LETTERS: ReadonlyMap<number, number> = new Map([
  [0x22, 0x22],
  [BACKSLASH, BACKSLASH],
  [0x62, 0x08],
  [0x66, 0x0c],
  [0x6e, 0x0a],
  [0x72, 0x0d],
  [0x74, 0x09],
  [0x76, 0x0b]
])

/** The text that bytes of a log stand for, with U+FFFD for what is no UTF-8. */
export function decodeText(bytes: Uint8Array, escapes: Escapes = 'apache'): string {
  if (escapes === 'none' || !bytes.includes(BACKSLASH)) return utf8.decode(bytes)
  return escapes === 'json' ? decodeJson(bytes) : decodeApache(bytes)
}

/** A string of JSON without its quotes; where it is none, the bytes as they are. */
function decodeJson(bytes: Uint8Array): string {
  const text = utf8.decode(bytes)
  try {
    const value: unknown = JSON.parse(`"${text}"`)
    return typeof value === 'string' ? value.toWellFormed() : text
  } catch {
    return text
  }
}

/**
 * Escapes (`\"` `\\` `\b` `\f` `\n` `\r` `\t` `\v` `\xHH`) resolved to
 * bytes, these read as UTF-8. A backslash before anything else is a backslash.
 */
function decodeApache(bytes: Uint8Array): string {
  return utf8.decode(unescapeBytes(bytes))
}

function unescapeBytes(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes.length)
  let length = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    const next = byte === BACKSLASH ? bytes[at + 1] : undefined
    const letter = next === undefined ? undefined : LETTERS.get(next)
    const hex = next === 0x78 ? hexByte(bytes, at + 2) : -1
    if (letter !== undefined) at += 1
    else if (hex >= 0) at += 3
    out[length++] = letter ?? (hex >= 0 ? hex : byte)
  }
  return out.subarray(0, length)
}

/** Value of the two hexadecimal digits at `at`, or -1. */
function hexByte(bytes: Uint8Array, at: number): number {
  const high = hexDigit(bytes[at])
  const low = hexDigit(bytes[at + 1])
  return high < 0 || low < 0 ? -1 : high * 16 + low
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

const PLAIN = { access: /^[ !#-[\]-~]*$/, error: /^[ -[\]-~]*$/, nginx: /^[ !#-[\]-~]*$/ }
const SHORT: ReadonlyMap<number, string> = new Map([
  [0x08, '\\b'],
  [0x09, '\\t'],
  [0x0a, '\\n'],
  [0x0b, '\\v'],
  [0x0d, '\\r'],
  [BACKSLASH, '\\\\']
])

/** The text as a server writes it to a log; without line ends, but for `none`. `decodeText` gives it back. */
export function escapeText(text: string, style: EscapeStyle): string {
  if (style === 'none') return text
  if (style === 'json') return JSON.stringify(text).slice(1, -1)
  if (PLAIN[style].test(text)) return text
  let out = ''
  for (const byte of encoder.encode(text)) {
    const hex = byte.toString(16).padStart(2, '0')
    const short = SHORT.get(byte)
    if (style === 'nginx' && (short !== undefined || byte === 0x22)) out += `\\x${hex.toUpperCase()}`
    else if (short !== undefined) out += short
    else if (byte === 0x22) out += style === 'access' ? '\\"' : '"'
    else if (byte >= 0x20 && byte < 0x7f) out += String.fromCharCode(byte)
    else out += `\\x${style === 'nginx' ? hex.toUpperCase() : hex}`
  }
  return out
}
