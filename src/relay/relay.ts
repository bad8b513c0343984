import type { LineBatch, Sink } from '../core/sink.ts'
import type { Source, Stream } from '../core/source.ts'
import type { Millis } from '../core/time.ts'
import type { Journal } from './journal.ts'
import { LineReader, NO_LINES } from './lines.ts'

/** A source and its name: lines are sent under it, so that those of one source keep their order. */
export interface NamedSource {
  readonly name: string
  readonly source: Source
}

/** How often it is looked which lines are out. */
const SETTLE_INTERVAL: Millis = 100

/** Bytes that a line may have where its source has no other limit. */
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
  const shared = new SharedSink(sink)
  const stop = new AbortController()
  const ends = AbortSignal.any([signal, stop.signal])
  const looking = setInterval(() => {
    shared.settle()
    journal.save()
  }, SETTLE_INTERVAL)
  const moving = sources.map(async named => {
    try {
      return await move(named, shared, journal, ends)
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
    shared.settle()
    journal.save()
    for (const { source } of sources) await source.close()
  }
}

/** Moves the lines of one source; resolves with how many were too long. */
async function move(
  { name, source }: NamedSource,
  shared: SharedSink,
  journal: Journal,
  signal: AbortSignal
): Promise<number> {
  const reader = new LineReader(source.maxLineBytes ?? MAX_LINE_BYTES)
  for await (const streams of source.ready(signal))
    for (const stream of streams) {
      if (signal.aborted && stream.replayable) continue
      for (let taken = reader.take(stream, name); taken; taken = reader.take(stream, name)) {
        stream.advance(taken.bytes)
        await shared.send(taken.lines, noted(name, source, stream, journal))
        if (signal.aborted && stream.replayable) break
      }
      if (stream.finished && stream.pending === 0)
        await shared.send(NO_LINES, noted(name, source, stream, journal))
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

/** Lines on their way through a sink that several sources share: each knows when its own are out. */
class SharedSink {
  readonly #sink: Sink
  readonly #waiting: { readonly until: number; readonly out: () => void }[] = []
  #turn: Promise<unknown> = Promise.resolve()
  #taken = 0

  constructor(sink: Sink) {
    this.#sink = sink
  }

  /**
   * Hands lines to the sink when it is their turn; resolves when there is room for more, and calls `out` once they
   * are out for certain.
   * @throws what the sink could not do
   */
  async send(lines: LineBatch, out: () => void): Promise<void> {
    const sent = this.#turn.then(async () => {
      await this.#sink.write(lines)
      this.#taken += lines.count
      this.#waiting.push({ until: this.#taken, out })
      this.settle()
    })
    // Who comes next is not to fail for this one.
    this.#turn = sent.catch(() => {})
    return sent
  }

  /** Calls back for all lines that are out by now. */
  settle(): void {
    const { written } = this.#sink
    for (let next = this.#waiting[0]; next && next.until <= written; next = this.#waiting[0]) {
      this.#waiting.shift()
      next.out()
    }
  }
}
