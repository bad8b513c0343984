import { VisorError } from '../core/errors.ts'
import type { Format, FormatChoice } from '../core/format.ts'
import type { KnownStream, Stream } from '../core/source.ts'
import { detect, formatsFor } from '../formats/index.ts'
import { Scanner } from '../scanner/index.ts'

/** How much of a stream's beginning is looked at to find its format. */
export const MAX_HEAD_BYTES = 64 * 1024
const MAX_HEAD_LINES = 200

/** Formats with the reason, what is wrong with all of them, or `undefined` while no line is complete. */
export type Choice = { choice: FormatChoice } | { problem: string } | undefined

/** The choice of the formats that a text names, one a line. */
export function choiceNamed(text: string, why: string): FormatChoice {
  const formats = formatsFor(text)
  return {
    name: formats.map(({ name }) => name).join(' + '),
    text: formats.map(({ text }) => text).join('\n'),
    why
  }
}

/** The choice of formats that are configured. */
export function choiceConfigured(text: string): FormatChoice {
  return choiceNamed(text, 'as configured')
}

/** The choice that all streams of a source go by, once the first lines of one of them have shown it. */
export class SharedChoice {
  choice: FormatChoice | undefined
  /** Shared too: looking at many streams before one shows a format must not cost much. */
  readonly accepts = acceptor()

  /** Begins with what an earlier run had found. */
  constructor(known: readonly Pick<KnownStream, 'format'>[]) {
    for (const { format } of known) this.choice = format ?? this.choice
  }
}

/**
 * The formats of a stream, found in what is unread of it without reading it away. Configured ones are taken as they are.
 */
export function chooseFormat(stream: Stream, configured: string | undefined, accepts = acceptor()): Choice {
  if (configured !== undefined) return { choice: choiceConfigured(configured) }
  const buffer = new Uint8Array(MAX_HEAD_BYTES)
  const length = stream.read(buffer)
  const lines = wholeLines(buffer.subarray(0, length), stream.finished)
  if (lines.length === 0)
    return length < MAX_HEAD_BYTES
      ? undefined
      : { problem: `the first line is longer than ${MAX_HEAD_BYTES} bytes; name its format` }
  const { formats, why } = detect(lines, accepts)
  if (formats.length === 0) return { problem: why }
  return { choice: choiceNamed(formats.map(({ text }) => text).join('\n'), why) }
}

/** Why a choice is that of a log that names its fields itself. */
const NAMED_BY_LOG = 'its #Fields line'

/**
 * What a stream goes on with whose lines were read by `known` before: where formats are configured, they count, unless the log
 * has named others since, as they allow it to.
 */
export function resumedChoice(
  configured: string | undefined,
  known: FormatChoice | undefined
): FormatChoice | undefined {
  if (configured === undefined) return known
  return known?.why === NAMED_BY_LOG && /^\s*#Fields:/im.test(configured) ? known : undefined
}

/** The choice behind a directive line in the log itself: another one where it names the fields of the lines that follow. */
export function choiceAfter(directiveLine: Uint8Array, choice: FormatChoice): FormatChoice {
  const text = new TextDecoder().decode(directiveLine).trim()
  if (!/^#Fields:/i.test(text)) return choice
  try {
    const named = choiceNamed(text, NAMED_BY_LOG)
    return named.text === choice.text ? choice : named
  } catch (error) {
    if (error instanceof VisorError && error.code === 'FORMAT') return choice
    throw error
  }
}

/** The first complete lines of some bytes, without their ends and without empty ones. */
export function wholeLines(bytes: Uint8Array, complete: boolean): Uint8Array[] {
  const lines: Uint8Array[] = []
  for (let from = 0; from < bytes.length && lines.length < MAX_HEAD_LINES;) {
    const end = bytes.indexOf(10, from)
    if (end < 0 && !complete) break
    const to = end < 0 ? bytes.length : end
    const line = bytes.subarray(from, bytes[to - 1] === 13 ? to - 1 : to)
    if (line.length > 0) lines.push(line)
    from = to + 1
  }
  return lines
}

/** Small, for a few lines: detection tries many formats. */
const SMALL = { chunk: 64 * 1024, maxLine: 64 * 1024, maxRows: 16, dictionaryEntries: 1024, zone: 'UTC' }

/** A test whether a line follows a format. Its scanners go with it. */
export function acceptor(): (format: Format, line: Uint8Array) => boolean {
  const scanners = new Map<Format, Scanner>()
  return (format, line) => {
    let scanner = scanners.get(format)
    if (!scanner) scanners.set(format, (scanner = new Scanner([format.program], SMALL)))
    scanner.reset()
    const input = scanner.input()
    if (line.length > input.length) return false
    input.set(line)
    scanner.filled(line.length)
    return scanner.scan({ final: true }).batches[0]?.rows === 1
  }
}
