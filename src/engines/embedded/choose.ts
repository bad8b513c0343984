import type { FormatChoice } from '../../core/progress.ts'
import type { Stream } from '../../core/source.ts'
import { detect, formatFor } from '../../formats/index.ts'
import { acceptor } from './accepts.ts'

/** How much of a stream's beginning is looked at to tell its format. */
const LOOK = 64 * 1024
const LINES = 200

/** A format with the reason, what is wrong with all of them, or `undefined` while no line is complete. */
export type Choice = { choice: FormatChoice } | { problem: string } | undefined

/** Tells the format of a stream from what is unread of it, without reading it away. A given one is taken as it is. */
export function chooseFormat(stream: Stream, given: string | undefined): Choice {
  if (given !== undefined) {
    const { name, text } = formatFor(given)
    return { choice: { name, text, why: 'as configured' } }
  }
  const buffer = new Uint8Array(LOOK)
  const length = stream.read(buffer)
  const lines = wholeLines(buffer.subarray(0, length), stream.finished)
  if (lines.length === 0)
    return length < LOOK
      ? undefined
      : { problem: `the first line is longer than ${LOOK} bytes; name its format` }
  const { format, why } = detect(lines, acceptor())
  return format ? { choice: { name: format.name, text: format.text, why } } : { problem: why }
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
