import type { Kind } from '../../core/fields.ts'
import type { Sink } from '../../core/sink.ts'
import { formatFor } from '../../formats/index.ts'
import { toMicros, toMillis, type Clock, type Millis } from '../../core/time.ts'
import { cellStart, type Composition } from '../../generator/compose.ts'
import { generate } from '../../generator/generate.ts'
import { LineMaker } from '../../generator/maker.ts'
import { openSink } from '../../sinks/index.ts'
import type { Context } from '../context.ts'
import { FORMATS, KINDS, offsetsOf } from '../made-up.ts'
import type { Expectations } from './tally.ts'

/** A span of time. */
interface Span {
  readonly from: Millis
  readonly to: Millis
  /** Up to when lines are due. */
  readonly due: Clock
  /** Is called with the time up to which lines are out. */
  readonly out?: (time: Millis) => void
}

/** Writes the logs of a scenario, span by span. */
export class ScenarioWriter {
  readonly #sinks: ReadonlyMap<Kind, Sink>
  readonly #maker: LineMaker
  readonly #signal: AbortSignal

  private constructor(sinks: ReadonlyMap<Kind, Sink>, maker: LineMaker, signal: AbortSignal) {
    this.#sinks = sinks
    this.#maker = maker
    this.#signal = signal
  }

  static async open(
    { traffic }: Composition,
    paths: Readonly<Record<Kind, string>>,
    tally: Expectations,
    { signal, stdout }: Context
  ): Promise<ScenarioWriter> {
    const sinks = new Map<Kind, Sink>()
    for (const kind of KINDS) {
      const sink = await openSink(paths[kind], {}, { signal, clock: Date.now, stdout })
      const wrote = (lines: number): void => tally.wrote(kind, lines, performance.now())
      sinks.set(kind, observed(sink, wrote))
    }
    const logs = KINDS.map(kind => ({ kind, format: formatFor(FORMATS[kind]), framed: false }))
    const maker = new LineMaker({ traffic, logs, limit: Infinity, zone: offsetsOf(), truth: tally })
    return new ScenarioWriter(sinks, maker, signal)
  }

  /** How many lines are out. */
  get written(): number {
    return Array.from(this.#sinks.values()).reduce((sum, { written }) => sum + written, 0)
  }

  /** Writes the lines of a span, which goes on where the one before ended, as they fall due. */
  async write({ from, to, due, out }: Span): Promise<void> {
    await generate({
      maker: this.#maker,
      sinks: this.#sinks,
      start: cellStart(toMicros(from)),
      end: cellStart(toMicros(to)),
      due: () => toMicros(due()),
      out: time => out?.(toMillis(time)),
      signal: this.#signal
    })
    this.#signal.throwIfAborted()
  }

  async close(): Promise<void> {
    await Promise.all(Array.from(this.#sinks.values(), sink => sink.close()))
  }
}

/** The sink; `wrote` is called with how many lines are out, after each write. */
function observed(sink: Sink, wrote: (lines: number) => void): Sink {
  return {
    name: sink.name,
    framed: sink.framed,
    get written() {
      return sink.written
    },
    async write(lines) {
      await sink.write(lines)
      wrote(sink.written)
    },
    async close() {
      await sink.close()
      wrote(sink.written)
    }
  }
}
