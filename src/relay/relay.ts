import type { Sink } from '../core/sink.ts'
import type { Source, Stream } from '../core/source.ts'
import type { Journal } from './journal.ts'
import { LineReader, NO_LINES } from './lines.ts'
import { Outgoing } from './outgoing.ts'

/** A source and its name: lines are sent under it, so that those of one source keep their order. */
export interface NamedSource {
  readonly name: string
  readonly source: Source
}

/** Milliseconds between two looks at which lines are out. */
const LOOK = 100

/** Bytes of a line when its source tells no other bound. */
const MAX_LINE_BYTES = 1024 * 1024

/**
 * Moves lines from sources into a sink until the signal aborts or no source has any left, each source in order. Where it
 * has come to is noted once lines are out for certain, so after a crash some may be sent again, but none is missed.
 * Closes sources and sink. Resolves with how many lines were too long and left out.
 * @throws what the sink or a source could not do
 */
export async function relay(
  sources: readonly NamedSource[],
  sink: Sink,
  journal: Journal,
  signal: AbortSignal
): Promise<{ skipped: number }> {
  const outgoing = new Outgoing(sink)
  const stop = new AbortController()
  const ends = AbortSignal.any([signal, stop.signal])
  const looking = setInterval(() => {
    outgoing.settle()
    journal.save()
  }, LOOK)
  const moving = sources.map(async named => {
    try {
      return await move(named, outgoing, journal, ends)
    } catch (error) {
      // What one cannot do ends them all: lines would pile up behind it.
      stop.abort(error)
      throw error
    }
  })
  try {
    const moved = await Promise.allSettled(moving)
    await sink.close()
    for (const one of moved) if (one.status === 'rejected') throw one.reason
    return { skipped: moved.reduce((sum, one) => sum + (one.status === 'fulfilled' ? one.value : 0), 0) }
  } finally {
    clearInterval(looking)
    outgoing.settle()
    journal.save()
    for (const { source } of sources) await source.close()
  }
}

/** Moves the lines of one source; resolves with how many were too long. */
async function move(
  { name, source }: NamedSource,
  outgoing: Outgoing,
  journal: Journal,
  signal: AbortSignal
): Promise<number> {
  const reader = new LineReader(source.maxLineBytes ?? MAX_LINE_BYTES)
  for await (const streams of source.ready(signal))
    for (const stream of streams) {
      if (signal.aborted && stream.replayable) continue
      for (let taken = reader.take(stream, name); taken; taken = reader.take(stream, name)) {
        stream.advance(taken.bytes)
        await outgoing.send(taken.lines, noted(name, source, stream, journal))
        if (signal.aborted && stream.replayable) break
      }
      if (stream.finished && stream.pending === 0)
        await outgoing.send(NO_LINES, noted(name, source, stream, journal))
    }
  return reader.skipped
}

/** What is to be done once all lines that were read of a stream by now are out. */
function noted(name: string, source: Source, stream: Stream, journal: Journal): () => void {
  const position = stream.position()
  const { id, finished, pending, replayable } = stream
  return () => {
    journal.note(name, { id, name: stream.name }, position, finished && pending === 0 && !replayable)
    source.committed?.(id, position)
  }
}
