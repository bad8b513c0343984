import { VisorError } from '../core/errors.ts'
import type { FormatChoice } from '../core/format.ts'
import type { Stream } from '../core/source.ts'
import { openBulk, type ByteRange } from '../sources/bulk/index.ts'
import { chooseFormat, wholeLines, type Choice } from './choose.ts'

/** How much of a file is looked at for its first lines, in bytes. */
const HEAD = 64 * 1024

export interface FileReading {
  /** As configured; detected when absent. */
  readonly format?: string | undefined
  /** What is known of its formats already. */
  readonly choice?: FormatChoice | undefined
  readonly range?: ByteRange | undefined
  readonly signal: AbortSignal
}

/**
 * Reads a whole file (`-` is standard input), or a range of it: gives its stream each time that there is more of it, with
 * the choice of formats that its first lines made. Ends early when the signal aborts; a file without lines gives nothing.
 * @throws VisorError FORMAT_UNKNOWN when the first lines follow no format, FILE_MISSING, and FILE_UNREADABLE, also after
 * what could be read of a damaged file
 */
export async function* readFile(
  path: string,
  { format, choice: known, range, signal }: FileReading
): AsyncGenerator<{ readonly stream: Stream; readonly choice: FormatChoice }, void, void> {
  let choice = known
  const source = openBulk(path, range)
  try {
    for await (const [stream] of source.ready(signal)) {
      if (!stream) continue
      const chosen = choice ? { choice } : chooseFormat(stream, format)
      if (!chosen) continue
      if ('problem' in chosen) throw new VisorError('FORMAT_UNKNOWN', `${stream.name}: ${chosen.problem}`)
      choice = chosen.choice
      yield { stream, choice }
    }
  } finally {
    await source.close()
  }
}

/**
 * Looks at the first lines of a file, and at what formats they have: `undefined` where there is no line.
 * @throws VisorError FILE_MISSING, FILE_UNREADABLE, FORMAT
 */
export async function peekFile(
  path: string,
  format: string | undefined,
  count: number,
  signal: AbortSignal
): Promise<{ readonly chosen: Choice; readonly lines: readonly Uint8Array[] }> {
  const source = openBulk(path)
  try {
    for await (const [stream] of source.ready(signal)) {
      if (!stream) continue
      const buffer = new Uint8Array(HEAD)
      const length = stream.read(buffer)
      const lines = wholeLines(buffer.subarray(0, length), stream.finished).slice(0, count)
      if (lines.length < count && !stream.finished && length < HEAD) continue
      return { chosen: chooseFormat(stream, format), lines }
    }
    return { chosen: undefined, lines: [] }
  } finally {
    await source.close()
  }
}
