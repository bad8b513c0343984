import type { Format } from '../core/format.ts'
import { PRESETS } from './presets.ts'

/** The format of a log as its first lines tell it. */
export interface Detection {
  /** `undefined` where no format reads at least half of the lines. */
  readonly format: Format | undefined
  /** How many of the lines the best format read. */
  readonly read: number
  /** One sentence for people. */
  readonly why: string
}

/**
 * Picks the preset that reads most of the lines; of equals the first, which says most.
 * `lines` come without their ends; `accepts` tells whether a line follows a format.
 */
export function detect(
  lines: readonly Uint8Array[],
  accepts: (format: Format, line: Uint8Array) => boolean
): Detection {
  if (lines.length === 0) return { format: undefined, read: 0, why: 'there are no lines yet' }
  const scores = PRESETS.map(format => ({ format, read: lines.filter(line => accepts(format, line)).length }))
  const best = scores.reduce((best, score) => (score.read > best.read ? score : best))
  const { format, read } = best
  const firstLines = lines.length === 1 ? 'first line' : `first ${lines.length} lines`
  if (read === 0)
    return {
      format: undefined,
      read,
      why: `no known format reads ${lines.length === 1 ? '' : 'any of '}the ${firstLines}`
    }
  const share = read === lines.length ? `the ${firstLines}` : `${read} of the ${firstLines}`
  if (read * 2 < lines.length) {
    return { format: undefined, read, why: `${format.name}, the nearest format, reads only ${share}` }
  }
  const follow = read === 1 ? 'follows' : 'follow'
  return { format, read, why: `${format.name}: ${share} ${follow} it` }
}
