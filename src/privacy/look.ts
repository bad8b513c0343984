import { HINTS } from './names.ts'
import { BEGINNING, OTHERS, SHORTEST_SHAPE } from './shapes.ts'

/** What a byte may be: part of a word 1, one that words of prose rarely have 2, `%` 3, `:` 4, `=` and `@` 5; 0 is none of that. */
const KINDS = new Uint8Array(256)
for (const char of 'abcdefghijklmnopqrstuvwxyz-') KINDS[char.charCodeAt(0)] = 1
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_') KINDS[char.charCodeAt(0)] = 2
KINDS[0x25] = 3
KINDS[0x3a] = 4
KINDS[0x3d] = KINDS[0x40] = 5

/**
 * Whether bytes may hold a secret at all: most values do not, and are let pass with a look at each byte.
 */
export function mayHold(bytes: Uint8Array, from: number, to: number): boolean {
  let run = 0
  let odd = 0
  for (let i = from; i < to; i++) {
    const kind = KINDS[bytes[i]!]!
    if (kind === 1 || kind === 2) {
      odd |= kind
      if (++run >= SHORTEST_SHAPE && odd > 1) return true
      continue
    }
    run = odd = 0
    if (kind === 0) continue
    if (kind === 5) return true
    const next = bytes[i + 1]
    // `%3D`, `%253A`, `%40`; a `:` that is not that of `://`.
    if (
      kind === 3 ? next === 0x33 || next === 0x34 || (next === 0x32 && bytes[i + 2] === 0x35) : next !== 0x2f
    )
      return true
  }
  return false
}

/** Letters whatever their case, and digits and hyphens, which are all alike, make words; then come a point, a slash, a parenthesis; all else is 0. */
const CLASSES = new Uint8Array(256)
for (let i = 0; i < 26; i++) CLASSES[0x41 + i] = CLASSES[0x61 + i] = 1 + i
for (const [i, chars] of ['0123456789', '-_', '.', '/', '('].entries())
  for (const char of chars) CLASSES[char.charCodeAt(0)] = 27 + i

const LAST_OF_WORDS = 28

/** What is looked for, by its first three classes; 5 bits each. */
const BY_START = new Map<number, Uint8Array[]>()
/** 1 where something begins so: a quicker look than into the map. */
const STARTS = new Uint8Array(1 << 15)
for (const text of [...HINTS, ...OTHERS, ' -u ']) {
  const classes = Uint8Array.from(Buffer.from(text, 'latin1'), byte => CLASSES[byte]!)
  const [first = 0, second = 0, ...rest] = classes
  // Behind what has two classes, anything may follow.
  const thirds = rest.length > 0 ? rest.slice(0, 1) : Array.from({ length: 32 }, (_, i) => i)
  for (const third of thirds) {
    const start = (first << 10) | (second << 5) | third
    BY_START.set(start, [...(BY_START.get(start) ?? []), classes])
    STARTS[start] = 1
  }
}

/** As `mayHold`, of a text in which names and values stand, as in a whole line: most have no name of a secret. */
export function mayHoldInProse(bytes: Uint8Array, from: number, to: number): boolean {
  let start = 0
  let run = 0
  let authority = false
  for (let i = from; i < to; i++) {
    const byte = bytes[i]!
    const found = CLASSES[byte]!
    start = ((start << 5) | found) & 0x7fff
    if (STARTS[start] === 1 && i - from >= 2 && isOf(start, bytes, i - 2, to)) return true
    // Of words the points and slashes are no part.
    if (found !== 0 && found <= LAST_OF_WORDS) {
      run++
      continue
    }
    if (run >= SHORTEST_SHAPE && isShape(bytes, i - run, i)) return true
    run = 0
    if (byte === 0x25) return true
    if (byte === 0x40 && authority) return true
    if (byte === 0x2f) authority = i - from >= 2 && isScheme(bytes, i, from)
    else if (found === 0 && ENDS_AUTHORITY[byte] === 1) authority = false
  }
  return run >= SHORTEST_SHAPE && isShape(bytes, to - run, to)
}

const ENDS_AUTHORITY = new Uint8Array(256)
for (const char of ' \t\r\n"\'?#<>') ENDS_AUTHORITY[char.charCodeAt(0)] = 1

function isOf(start: number, bytes: Uint8Array, at: number, to: number): boolean {
  return (BY_START.get(start) ?? []).some(
    classes => at + classes.length <= to && classes.every((one, i) => CLASSES[bytes[at + i]!] === one)
  )
}

/** Whether a slash is the second of `://`, which may have a backslash before each. */
function isScheme(bytes: Uint8Array, at: number, from: number): boolean {
  let i = at - 1
  if (bytes[i] === 0x5c) i--
  if (bytes[i] !== 0x2f) return false
  i--
  if (bytes[i] === 0x5c) i--
  return i >= from && bytes[i] === 0x3a
}

function isShape(bytes: Uint8Array, from: number, to: number): boolean {
  return BEGINNING.test(Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString('latin1'))
}
