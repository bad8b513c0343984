import { Refusal } from './refusal.ts'

const LF = 10
const CR = 13
const QUOTE = 34
const BACKSLASH = 92
const COMMA = 44

/** Lines as they are read, each with its end, and how many of them are not empty. */
export interface BodyLines {
  readonly bytes: Uint8Array
  readonly count: number
}

/**
 * The lines of a body: of JSON, the texts of an array, and its objects as they stand, each on one line; of anything
 * else, the body itself.
 * @throws Refusal for JSON that is none, or holds other things
 */
export function bodyLines(type: string, body: Buffer): BodyLines {
  const bytes = ended(/^application\/json\b/i.test(type) ? linesOfJson(body) : body)
  return { bytes, count: countLines(bytes) }
}

function ended(bytes: Buffer): Buffer {
  return bytes.length === 0 || bytes.at(-1) === LF ? bytes : Buffer.concat([bytes, Buffer.of(LF)])
}

function countLines(bytes: Uint8Array): number {
  let count = 0
  for (let from = 0; from < bytes.length;) {
    const end = bytes.indexOf(LF, from)
    const length = end - from - (bytes[end - 1] === CR ? 1 : 0)
    if (length > 0) count++
    from = end + 1
  }
  return count
}

function linesOfJson(body: Buffer): Buffer {
  const parsed = parse(body)
  const values: readonly unknown[] = Array.isArray(parsed) ? parsed : [parsed]
  const written = Array.isArray(parsed) ? elements(body) : [body]
  const lines = values.map((value, i) => {
    if (typeof value === 'string') return ended(Buffer.from(value))
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return oneLine(written[i] ?? body)
    throw new Refusal(400, 'expected texts or objects in the JSON')
  })
  return Buffer.concat(lines)
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    throw new Refusal(400, 'the body is no JSON')
  }
}

/** A value as it was written, on one line: in valid JSON, line ends stand between its parts only. */
function oneLine(value: Buffer): Buffer {
  const text = value
    .toString('latin1')
    .trim()
    .replaceAll(/[\r\n]+/g, ' ')
  return Buffer.from(`${text}\n`, 'latin1')
}

/** The elements of a valid JSON array as they were written. */
function elements(array: Buffer): Buffer[] {
  const found: Buffer[] = []
  let depth = 0
  let from = 0
  for (let at = 0; at < array.length; at++) {
    const byte = array[at]
    if (byte === QUOTE) at = endOfText(array, at)
    else if (byte === 91 || byte === 123) {
      if (++depth === 1) from = at + 1
    } else if (byte === 93 || byte === 125) depth--
    const ends = (byte === COMMA && depth === 1) || (byte === 93 && depth === 0)
    if (!ends) continue
    found.push(array.subarray(from, at))
    from = at + 1
  }
  return found
}

/** Where the text ends whose quote is at `from`. */
function endOfText(array: Buffer, from: number): number {
  let at = from + 1
  while (array[at] !== QUOTE) at += array[at] === BACKSLASH ? 2 : 1
  return at
}
