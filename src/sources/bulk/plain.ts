import { closeSync, readSync } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { VisorError } from '../../core/errors.ts'
import type { Position, Source } from '../../core/source.ts'
import { readAt } from '../bytes.ts'
import { reasonOf } from '../../system/reason.ts'

const NEWLINE = 10
/** Bytes of a file, `to` not included. A range owns the lines that begin in it. */
export interface ByteRange {
  readonly from: number
  readonly to: number
}

const WHOLE: ByteRange = { from: 0, to: Infinity }

/**
 * Cuts `size` bytes into `parts` ranges of nearly the same length, none shorter than `least` bytes.
 * Together they own every line that begins in these bytes, however the file grows meanwhile.
 */
export function splitRanges(size: number, parts: number, least = 1 << 20): ByteRange[] {
  const count = Math.max(1, Math.min(parts, Math.floor(size / least)))
  return Array.from({ length: count }, (_, i) => ({
    from: Math.floor((size * i) / count),
    to: Math.floor((size * (i + 1)) / count)
  }))
}

/** Reads from `fd`, which it closes. `size` is the file's at the moment; what is written behind it is read too. */
export function plainSource(fd: number, path: string, size: number, range: ByteRange = WHOLE): Source {
  const from = Math.min(lineStart(fd, range.from), Number.MAX_SAFE_INTEGER)
  const to = Math.max(from, lineStart(fd, range.to))
  const stream = plainStream(fd, path, { from, to }, size)
  let open = true
  return {
    async *ready(signal) {
      while (!signal.aborted && !stream.done) {
        const before = stream.offset
        yield [stream]
        if (stream.finished && stream.offset === before) return
        await setImmediate()
      }
    },
    close() {
      if (open) closeSync(fd)
      open = false
    }
  }
}

/** Where the first line begins that begins at `at` or later; Infinity where the file ends before. */
function lineStart(fd: number, at: number): number {
  if (at === 0 || at === Infinity) return at
  const block = new Uint8Array(65_536)
  // A line begins at `at` when the byte before it ends one.
  for (let from = at - 1; ; from += block.length) {
    const count = readSync(fd, block, 0, block.length, from)
    if (count === 0) return Infinity
    const newline = block.subarray(0, count).indexOf(NEWLINE)
    if (newline >= 0) return from + newline + 1
    if (count < block.length) return Infinity
  }
}

function plainStream(fd: number, path: string, { from, to }: ByteRange, size: number) {
  let shown = 0
  return {
    id: `bulk:${path}:${from}`,
    name: path,
    finished: false,
    replayable: true,
    offset: from,
    get pending(): number {
      return Math.max(shown, Math.min(to, size) - this.offset, 0)
    },
    /** Whether the reader has seen and taken all there is. */
    get done(): boolean {
      return this.finished && shown === 0
    },
    read(into: Uint8Array): number {
      try {
        shown = readAt(fd, into.subarray(0, Math.min(into.length, to - this.offset)), this.offset)
      } catch (error) {
        throw new VisorError('FILE_UNREADABLE', `${path} cannot be read: ${reasonOf(error)}`, {
          cause: error
        })
      }
      this.finished = shown < into.length
      return shown
    },
    advance(bytes: number): void {
      this.offset += bytes
      shown -= bytes
    },
    position(): Position {
      return { offset: this.offset }
    }
  }
}
