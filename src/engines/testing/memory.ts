import * as z from 'zod'
import type { Delivery, DeliverySink, SourceCounters, StreamPosition } from '../../core/delivery.ts'
import type { SourceProblem } from '../../core/progress.ts'
import type { Rollup } from '../../core/rollup.ts'
import { toRows } from '../../core/rows.ts'
import { signalMetric } from '../../core/signal.ts'
import { SECOND_MS, toMicros, type Clock, type Millis } from '../../core/time.ts'
import { chooseFormat } from '../../reading/choose.ts'
import { scrubOf } from '../../privacy/scrub.ts'
import { Pipelines, readOnce, type ReadingState } from '../../reading/pipeline.ts'
import { NO_STATE } from '../../scanner/index.ts'
import { sourceKindOf } from '../../sources/index.ts'
import type { EnginePlan, EngineSource } from '../../counting/plan.ts'
import { engineKind, type EngineEvents } from '../kind.ts'
import { countLine, countSignal, PlainLines } from '../../counting/testing/plain.ts'

/** An engine as another system would be one: it counts line by line, keeps no lines, and delivers all streams at once. */
export const memoryKind = engineKind({
  name: 'memory',
  summary: 'counts in memory, and keeps no lines',
  example: {},
  options: z.strictObject({}),
  keeps: () => ({ lines: false }),
  delay: () => 2 * SECOND_MS,
  start(_options, plan, sink, events, { clock }) {
    const stop = new AbortController()
    const reading = plan.sources.map(source => read(source, plan, sink, events, clock, stop.signal))
    const ended = Promise.all(reading).then(
      () => {},
      (error: Error) => events.failed(error)
    )
    return { ended, stop: () => (stop.abort(), ended) }
  }
})

async function read(
  source: EngineSource,
  plan: EnginePlan,
  sink: DeliverySink | undefined,
  events: EngineEvents,
  clock: Clock,
  signal: AbortSignal
): Promise<void> {
  const { name, options, known, format, zone } = source
  const input = await sourceKindOf(options).open(options, known, { name, clock, random: Math.random })
  const problem = (one: Pick<SourceProblem, 'name' | 'message'>): void =>
    events.problem({ source: name, ...one })
  const reporting = setInterval(() => input.problems?.().forEach(problem), 50)
  const pipelines = new Pipelines(format => ({ format }), {
    scrub: scrubOf(plan.scrub ?? true),
    ...(zone !== undefined && { zone })
  })
  const states = new Map<string, ReadingState>(
    known.flatMap(({ id, format }) => (format ? [[id, { choice: format, scan: NO_STATE }]] : []))
  )
  try {
    for await (const streams of input.ready(signal)) {
      const counted = new Counted(plan)
      for (const stream of streams) {
        const { id, name: called, finished } = stream
        const chosen = states.has(id) ? undefined : chooseFormat(stream, format)
        if (chosen && 'problem' in chosen) problem({ name: called, message: chosen.problem })
        else if (chosen) states.set(id, { choice: chosen.choice, scan: NO_STATE })
        const state = states.get(id)
        const lines = new PlainLines(name)
        const at = { now: toMicros(clock()), settled: () => true }
        while (state && readOnce(stream, pipelines, state, lines, at).consumed > 0);
        const of = {
          source: name,
          stream: id,
          name: called,
          finished,
          ...(state && { format: state.choice })
        }
        const progress = counted.add(lines, { ...of, position: stream.position() }, clock())
        if (state && progress) events.progress({ ...progress, format: state.choice, pending: stream.pending })
      }
      await sink?.write(counted.delivery())
      for (const { stream, position } of counted.positions) input.committed?.(stream, position)
    }
  } finally {
    clearInterval(reporting)
    await input.close()
  }
}

/** What several streams brought at once. */
class Counted {
  readonly positions: StreamPosition[] = []
  readonly #counters: SourceCounters[] = []
  readonly #rollup: Rollup = new Map()
  readonly #signals: Rollup = new Map()
  readonly #plan: EnginePlan

  constructor(plan: EnginePlan) {
    this.#plan = plan
  }

  /** Counts the lines of a stream, which stands at `place` now; gives what is reported of them. */
  add({ events, counters }: PlainLines, place: StreamPosition, now: Millis) {
    const { signals: wanted, window, lateness } = this.#plan
    const { source, stream, name, finished, position } = place
    const signals: Rollup = new Map()
    for (const event of events) countLine(event, window, this.#rollup)
    for (const signal of wanted) {
      countSignal(signal, events, signals)
      countSignal(signal, events, this.#signals, signalMetric(signal))
    }
    this.positions.push(place)
    this.#counters.push({ source, ...counters })
    if (counters.read === 0) return undefined
    const latest = Math.max(-Infinity, ...events.map(({ time }) => time))
    return {
      source,
      stream,
      name,
      finished,
      counters,
      latest,
      offset: position.offset,
      kinds: [...new Set(events.map(({ kind }) => kind))],
      closed: latest - lateness,
      rollup: [],
      lines: [],
      ...(signals.size > 0 && { signals: { rows: toRows(signals), lines: [], read: now, counted: now } })
    }
  }

  delivery(): Delivery {
    const rows = { rollup: toRows(this.#rollup), signals: toRows(this.#signals) }
    return { positions: this.positions, counters: this.#counters, events: [], rejected: [], ...rows }
  }
}
