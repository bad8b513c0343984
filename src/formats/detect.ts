import { VisorError } from '../core/errors.ts'
import type { Format } from '../core/format.ts'
import { jsonFormats } from './json/detect.ts'
import { presets } from './presets.ts'
import { compileW3c } from './w3c.ts'

/** The formats of a log as its first lines show them. */
export interface Detection {
  /** Where lines of two formats stand in the log, the more frequent first; empty where nothing reads enough of the lines. */
  readonly formats: readonly Format[]
  /** How many of the lines they read together. */
  readonly read: number
  /** One sentence for people: what was chosen and how sure that is, or how near the nearest comes. */
  readonly why: string
}

type Accepts = (format: Format, line: Uint8Array) => boolean

/** A second format must read at least so many of the lines that the first does not: a stray line is none of its own. */
const SECOND = 2

/**
 * One in so many lines must be read: of a log whose lines go on fewer, since a stack trace is many lines of one.
 */
const SHARE = 2
const CONTINUED_SHARE = 10

/**
 * Picks the preset that reads most of the lines; of equals the first, which says most. Another one that reads some of
 * those that the first does not joins it. A `#Fields` line among them is a format of its own, and so do the names of JSON objects. The lines come without their ends; `accepts` tells whether a line follows a format.
 */
export function detect(given: readonly Uint8Array[], accepts: Accepts): Detection {
  const [fields, next] = given.filter(line => startsWith(line, '#Fields:'))
  // Objects with a message may be access lines too, so a format of messages only reads what one of access lines leaves.
  const [json, ...messages] = jsonFormats(given)
  const known = [
    ...(fields ? extended(Buffer.from(fields).toString()) : []),
    ...presets(),
    ...(json ? [json] : [])
  ]
  const until = next ? given.indexOf(next) : given.length
  const lines = fields ? given.slice(0, until).filter(line => !startsWith(line, '#')) : given
  const whole = { formats: [], read: 0 }
  if (lines.length === 0) return { ...whole, why: 'there are no lines yet' }
  const first = best(lines, accepts, known)
  const firstLines = lines.length === 1 ? 'first line' : `first ${lines.length} lines`
  if (first.read === 0) {
    return { ...whole, why: `no known format reads ${lines.length === 1 ? '' : 'any of '}the ${firstLines}` }
  }
  const left = lines.filter(line => !accepts(first.format, line))
  const second = best(
    left,
    accepts,
    [...known, ...messages].filter(({ kind }) => kind !== first.format.kind)
  )
  const formats = second.read >= SECOND ? [first.format, second.format] : [first.format]
  const read = first.read + (formats.length > 1 ? second.read : 0)
  const names = formats.map(({ name }) => name).join(' + ')
  const share = read === lines.length ? `the ${firstLines}` : `${read} of the ${firstLines}`
  const goesOn = formats.some(({ program }) => program.continued)
  if (read * (goesOn ? CONTINUED_SHARE : SHARE) < lines.length) {
    return { ...whole, read, why: `${names}, the nearest format, reads only ${share}` }
  }
  const follow = read === 1 ? 'follows' : 'follow'
  const shares = formats.length > 1 ? ` (${first.read} and ${second.read})` : ''
  return {
    formats,
    read,
    why: `${names}: ${share} ${follow} ${formats.length > 1 ? 'them' : 'it'}${shares}`
  }
}

/** The format that a `#Fields` line describes, where it describes one. */
function extended(line: string): Format[] {
  try {
    return [compileW3c(line)]
  } catch (error) {
    if (error instanceof VisorError) return []
    throw error
  }
}

/** Whether a line begins so, perhaps behind a byte order mark. */
function startsWith(line: Uint8Array, text: string): boolean {
  const begin = Buffer.from(line.subarray(0, text.length + 3))
    .toString()
    .replace(/^\uFEFF/, '')
  return begin.toLowerCase().startsWith(text.toLowerCase())
}

/** The format that reads most of some lines; of equals the first. */
function best(
  lines: readonly Uint8Array[],
  accepts: Accepts,
  [first, ...others]: readonly Format[]
): { format: Format; read: number } {
  if (!first) throw new RangeError('there is no format')
  const readBy = (format: Format): number => lines.filter(line => accepts(format, line)).length
  return others.reduce(
    (best, format) => {
      const read = readBy(format)
      return read > best.read ? { format, read } : best
    },
    { format: first, read: readBy(first) }
  )
}
