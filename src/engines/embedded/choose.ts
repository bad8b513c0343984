import { VisorError } from '../../core/errors.ts'
import type { FormatChoice } from '../../core/format.ts'
import type { KnownStream, Stream } from '../../core/source.ts'
import { detect, formatsFor } from '../../formats/index.ts'
import { acceptor } from './accepts.ts'

/** How much of a stream's beginning is looked at to tell its format. */
const LOOK = 64 * 1024
const LINES = 200

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

/** The choice that all streams of a source go by, once the first lines of one of them have told it. */
export class SharedChoice {
  choice: FormatChoice | undefined
  /** Shared too: looking at many streams before one tells a format must not cost much. */
  readonly accepts = acceptor()

  /** Begins with what an earlier run had found. */
  constructor(known: readonly KnownStream[]) {
    for (const { format } of known) this.choice = format ?? this.choice
  }
}

/** Tells the formats of a stream from what is unread of it, without reading it away. Given ones are taken as they are. */
export function chooseFormat(stream: Stream, given: string | undefined, accepts = acceptor()): Choice {
  if (given !== undefined) return { choice: choiceNamed(given, 'as configured') }
  const buffer = new Uint8Array(LOOK)
  const length = stream.read(buffer)
  const lines = wholeLines(buffer.subarray(0, length), stream.finished)
  if (lines.length === 0)
    return length < LOOK
      ? undefined
      : { problem: `the first line is longer than ${LOOK} bytes; name its format` }
  const { formats, why } = detect(lines, accepts)
  if (formats.length === 0) return { problem: why }
  return { choice: choiceNamed(formats.map(({ text }) => text).join('\n'), why) }
}

/** The choice behind a directive line in the log itself: another one where it tells the fields of the lines that follow. */
export function choiceAfter(directiveLine: Uint8Array, choice: FormatChoice): FormatChoice {
  const text = new TextDecoder().decode(directiveLine).trim()
  if (!/^#Fields:/i.test(text)) return choice
  try {
    const told = choiceNamed(text, 'its #Fields line')
    return told.text === choice.text ? choice : told
  } catch (error) {
    if (error instanceof VisorError && error.code === 'FORMAT') return choice
    throw error
  }
}

/** The first complete lines of some bytes, without their ends and without empty ones. */
export function wholeLines(bytes: Uint8Array, complete: boolean): Uint8Array[] {
  const lines: Uint8Array[] = []
  for (let from = 0; from < bytes.length && lines.length < LINES;) {
    const end = bytes.indexOf(10, from)
    if (end < 0 && !complete) break
    const to = end < 0 ? bytes.length : end
    const line = bytes.subarray(from, bytes[to - 1] === 13 ? to - 1 : to)
    if (line.length > 0) lines.push(line)
    from = to + 1
  }
  return lines
}
