import { availableParallelism } from 'node:os'
import type { DeliverySink } from '../../core/delivery.ts'
import { handleTo } from '../../store/index.ts'
import type { EnginePlan, EngineSource } from '../../counting/plan.ts'
import type { Engine, EngineEvents, PlanChange } from '../kind.ts'
import { IngestThread } from './thread.ts'

/**
 * Starts ingest threads: each reads its share of the sources, hands what it parsed to the sink by a way of its own
 * (without a sink nothing is stored) and reports how it goes. `threads`: how many at most; one less than there are cores when
 * absent.
 */
export function startEmbedded(
  plan: EnginePlan,
  threads: number | undefined,
  sink: DeliverySink | undefined,
  events: EngineEvents
): Engine {
  return new EmbeddedEngine(threads ?? Math.max(1, availableParallelism() - 1), sink, events).start(plan)
}

class EmbeddedEngine implements Engine {
  readonly ended: Promise<void>
  readonly #most: number
  readonly #sink: DeliverySink | undefined
  readonly #events: EngineEvents
  readonly #ended = Promise.withResolvers<void>()
  #threads: readonly IngestThread[] = []

  constructor(most: number, sink: DeliverySink | undefined, events: EngineEvents) {
    this.ended = this.#ended.promise
    this.#most = most
    this.#sink = sink
    this.#events = events
  }

  /** Begins to read; what cannot be opened is reported. */
  start(plan: EnginePlan): this {
    const begun = async (): Promise<void> => {
      await this.#open(plan)
      await this.#go()
    }
    begun().catch(this.#failed)
    return this
  }

  async reload({ ending, next, back, begin }: PlanChange): Promise<void> {
    await this.#all(thread =>
      thread.order({ type: 'end', sources: thread.sources.filter(name => ending.includes(name)) })
    )
    for (const thread of this.#threads) thread.sources = thread.sources.filter(name => !ending.includes(name))
    await this.#all(thread => thread.order({ type: 'hold' }))
    try {
      await this.#open(await next())
      begin()
    } catch (error) {
      await this.#all(thread => thread.discard())
      await this.#open(await back()).catch(this.#failed)
      throw error
    } finally {
      await this.#go()
    }
    // A thread that has nothing to read ends.
    await Promise.all(this.#threads.flatMap(({ sources, ended }) => (sources.length === 0 ? [ended] : [])))
  }

  async stop(): Promise<void> {
    await this.#all(thread => thread.order({ type: 'stop' }))
    await this.ended
  }

  /** Opens the sources of a plan that are not read yet, each in the thread that has the fewest. */
  async #open(plan: EnginePlan): Promise<void> {
    const read = new Set(this.#threads.flatMap(({ sources }) => sources))
    const shares = new Map<IngestThread, EngineSource[]>(this.#threads.map(thread => [thread, []]))
    const loadOf = (thread: IngestThread): number => thread.sources.length + (shares.get(thread)?.length ?? 0)
    for (const source of plan.sources.filter(({ name }) => !read.has(name))) {
      const thread = [...shares.keys()].toSorted((a, b) => loadOf(a) - loadOf(b))[0]
      if (!thread || (loadOf(thread) > 0 && shares.size < this.#most)) shares.set(this.#started(), [source])
      else shares.get(thread)?.push(source)
    }
    await Promise.all(
      Array.from(shares, ([thread, sources], i) =>
        thread.open({ ...plan, name: `${plan.name}.${i}` }, sources)
      )
    )
  }

  #started(): IngestThread {
    const sink = this.#sink
    const thread = new IngestThread(sink && (sink.handle?.() ?? handleTo(sink)), this.#events)
    this.#threads = [...this.#threads, thread]
    void thread.ended.then(() => {
      this.#threads = this.#threads.filter(one => one !== thread)
      if (this.#threads.length === 0) this.#ended.resolve()
    })
    return thread
  }

  readonly #failed = (error: unknown): void =>
    this.#events.failed(error instanceof Error ? error : new Error(String(error)))

  async #go(): Promise<void> {
    await this.#all(thread => thread.order({ type: 'go' }))
  }

  /** Of threads that could not all do it, the first failure counts. */
  async #all(work: (thread: IngestThread) => Promise<void>): Promise<void> {
    const failed = (await Promise.allSettled(this.#threads.map(work))).find(one => one.status === 'rejected')
    if (failed) throw failed.reason
  }
}
