import { openBulk } from '../../sources/index.ts'
import { scrubOf } from '../../privacy/scrub.ts'
import type { ScrubSettings } from '../../privacy/settings.ts'
import type { LinePlace } from './comparison.ts'

/** A line for people. */
export interface ShownLine {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly text: string
}

/** So much of a line is shown. */
const MAX_BYTES = 300
const READ_BYTES = 1 << 20
const LF = 10

/** Lines by where they begin, with their numbers, which are counted for it. Of files that are gone there are none. */
export async function shownLines(
  places: readonly LinePlace[],
  paths: readonly string[],
  settings: ScrubSettings,
  signal: AbortSignal
): Promise<ShownLine[]> {
  const scrub = scrubOf(settings)
  const shown: ShownLine[] = []
  for (const [piece, own] of Map.groupBy(places, ({ piece }) => piece)) {
    const file = paths[piece] ?? ''
    shown.push(
      ...(await linesAt(
        file,
        own.map(({ at }) => at).sort((a, b) => a - b),
        signal
      ))
    )
  }
  return shown.map(line => ({ ...line, text: maskedText(line.text, scrub) }))
}

function maskedText(text: string, scrub: ReturnType<typeof scrubOf>): string {
  const masked = scrub?.('line', Buffer.from(text))
  return masked ? Buffer.from(masked).toString() : text
}

async function linesAt(file: string, places: readonly number[], signal: AbortSignal): Promise<ShownLine[]> {
  const shown: ShownLine[] = []
  const buffer = Buffer.alloc(READ_BYTES)
  let [passed, line] = [0, 1]
  for await (const [stream] of openBulk(file).ready(signal)) {
    const count = stream?.read(buffer) ?? 0
    const bytes = buffer.subarray(0, count)
    let counted = 0
    for (const at of places.slice(shown.length)) {
      // A line that the end of what is there cuts is taken with what follows.
      const from = at - passed
      if (from >= count || (from + MAX_BYTES > count && count === READ_BYTES && from > 0)) break
      line += newlines(bytes.subarray(counted, from))
      counted = from
      const end = bytes.indexOf(LF, from)
      const text = bytes.subarray(from, Math.min(end < 0 ? count : end, from + MAX_BYTES)).toString()
      shown.push({ file, line, text })
    }
    const next = places[shown.length]
    if (next === undefined) break
    const done = Math.min(count, Math.max(counted, next - passed))
    line += newlines(bytes.subarray(counted, done))
    passed += done
    stream?.advance(done)
  }
  return shown
}

function newlines(bytes: Buffer): number {
  let count = 0
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) count++
  return count
}
