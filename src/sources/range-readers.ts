import type { FetchedStream, RangeToRead } from './kind.ts'
import type { SourceOptions } from './index.ts'

/** Reads ranges of one type of source. */
interface RangeReading {
  /** As `readRange`. */
  read(options: SourceOptions, range: RangeToRead, signal: AbortSignal): FetchedStream
}

/** The types of sources that others can read. Their settings are not loaded: that takes longer than a small range does. */
const READINGS: Readonly<Record<string, () => Promise<RangeReading>>> = {
  kafka: async () => (await import('./kafka/range-reader.ts')).kafkaRanges
}

/**
 * Reads a range of a source with these options, wherever this runs: a stream that begins at the range's position, in which
 * `fetch` makes bytes appear. Nothing is awaited from elsewhere before the first `fetch`.
 * @throws RangeError for a source without ranges
 */
export async function readRange(
  options: SourceOptions,
  range: RangeToRead,
  signal: AbortSignal
): Promise<FetchedStream> {
  const { type } = options
  const load = Object.hasOwn(READINGS, type) ? READINGS[type] : undefined
  if (!load) throw new RangeError(`sources of type ${type} have no ranges`)
  return (await load()).read(options, range, signal)
}
