import type { DeliverySink } from '../../core/delivery.ts'
import type { Source } from '../../core/source.ts'
import type { Clock } from '../../core/time.ts'
import { sourceKindOf, type SourceDependencies } from '../../sources/index.ts'
import type { EnginePlan, EngineSource } from '../../counting/plan.ts'
import { Outbox } from '../outbox.ts'
import { SourceReader, type IngestReport } from './source-reader.ts'

/** What reading depends on besides. */
export interface IngestDependencies extends Omit<SourceDependencies, 'name'> {
  /** With a fraction. */
  readonly fineClock: Clock
}

/** A source that is read. */
interface Reading {
  readonly reader: SourceReader
  readonly stop: AbortController
  readonly ended: Promise<void>
}

/** A source that is open and not read yet. */
interface Opened {
  readonly source: EngineSource
  readonly input: Source
}

/**
 * Reads the sources of a plan: each step goes to `report` at once and to the sink, which holds reading back when it cannot follow.
 * What is read can be changed between two steps: `hold`, `open` (or `discard`), `go`.
 */
export class Ingest {
  /** Resolves when no source is left and all that was read is committed. Rejects when something could not be stored. */
  readonly ended: Promise<void>
  readonly #outbox: Outbox
  readonly #report: (message: IngestReport) => void
  readonly #dependencies: IngestDependencies
  readonly #ended = Promise.withResolvers<void>()
  readonly #reading = new Map<string, Reading>()
  #plan: EnginePlan | undefined
  #opened: readonly Opened[] = []
  /** Whether what is read is about to change; it is, at first. */
  #isChanging = true

  constructor(sink: DeliverySink, report: (message: IngestReport) => void, dependencies: IngestDependencies) {
    this.ended = this.#ended.promise
    this.#outbox = new Outbox(sink)
    this.#report = report
    this.#dependencies = dependencies
  }

  /** Ends some sources once all that was read of them is committed. */
  async end(names: Iterable<string>): Promise<void> {
    this.#isChanging = true
    await Promise.all(
      Array.from(names, async name => {
        const reading = this.#reading.get(name)
        reading?.stop.abort()
        await reading?.ended
      })
    )
  }

  /** Resolves when nothing is read and all is committed; it stays so until `go`. Connections stay as they are. */
  async hold(): Promise<void> {
    this.#isChanging = true
    await Promise.all(Array.from(this.#reading.values(), ({ reader }) => reader.hold()))
    await this.#outbox.drained()
  }

  /** Opens what a plan has besides what is read, and reads nothing of it yet. @throws VisorError where one can never work: then none is open */
  async open(plan: EnginePlan): Promise<void> {
    const { clock, random } = this.#dependencies
    const added = plan.sources.filter(({ name }) => !this.#reading.has(name))
    const opening = added.map(async (source): Promise<Opened> => {
      const { name, options, known } = source
      const input = await sourceKindOf(options).open(options, known, { name, clock, random })
      return { source, input }
    })
    const opened = await Promise.allSettled(opening)
    this.#opened = opened.flatMap(one => (one.status === 'fulfilled' ? [one.value] : []))
    this.#plan = plan
    const failed = opened.find(one => one.status === 'rejected')
    if (!failed) return
    await this.discard()
    throw failed.reason
  }

  /** Closes what was opened last. */
  async discard(): Promise<void> {
    await Promise.all(this.#opened.map(async ({ input }) => input.close()))
    this.#opened = []
  }

  /** Reads on, by the plan that was opened last. */
  go(): void {
    const plan = this.#plan
    if (!plan) return
    for (const { reader } of this.#reading.values()) reader.go(plan.signals)
    for (const { source, input } of this.#opened) this.#read(plan, source, input)
    this.#opened = []
    this.#isChanging = false
    this.#look()
  }

  /** Ends all sources, once all that was read of them is committed. */
  async stop(): Promise<void> {
    for (const { reader } of this.#reading.values()) reader.go()
    await Promise.all([this.end(this.#reading.keys()), this.discard()])
    this.#isChanging = false
    this.#look()
  }

  #read(plan: EnginePlan, source: EngineSource, input: Source): void {
    const { clock, fineClock } = this.#dependencies
    const stop = new AbortController()
    const reader = new SourceReader(input, { plan, source, fineClock }, this.#outbox, this.#report, clock)
    const run = reader.run(AbortSignal.any([stop.signal, this.#outbox.failed]))
    const ended = run
      .catch((error: unknown) => this.#ended.reject(error))
      .then(() => {
        this.#reading.delete(source.name)
        this.#look()
      })
    this.#reading.set(source.name, { reader, stop, ended })
  }

  #look(): void {
    if (this.#reading.size === 0 && !this.#isChanging) this.#ended.resolve()
  }
}

/** Reads all sources of a plan until the signal aborts. Resolves when all that was read is committed. */
export async function ingest(
  plan: EnginePlan,
  sink: DeliverySink,
  report: (message: IngestReport) => void,
  dependencies: IngestDependencies,
  signal: AbortSignal
): Promise<void> {
  const reading = new Ingest(sink, report, dependencies)
  await reading.open(plan)
  reading.go()
  signal.addEventListener('abort', () => void reading.stop())
  if (signal.aborted) await reading.stop()
  await reading.ended
}
