import { once } from 'node:events'
import { MessagePort, Worker } from 'node:worker_threads'
import type { SinkHandle } from '../../core/delivery.ts'
import { errorOf, VisorError } from '../../core/errors.ts'
import { sourceKindOf } from '../../sources/index.ts'
import type { EnginePlan, EngineSource } from '../../counting/plan.ts'
import { Turns } from '../../system/turns.ts'
import type { EngineEvents } from '../kind.ts'
import type { IngestReport } from './source-reader.ts'

/** What an ingest thread is told; it reports `done` when it has. */
export type Order =
  | { readonly type: 'open'; readonly plan: EnginePlan }
  | { readonly type: 'end'; readonly sources: readonly string[] }
  | { readonly type: 'hold' | 'discard' | 'go' | 'stop' }

/**
 * Most of what an ingest thread allocates lives for one step: a small space for new objects costs no time and saves
 * tens of megabytes.
 */
const MAX_YOUNG_MIB = 12

/** An ingest thread, seen from the main one. */
export class IngestThread {
  /** Resolves when it has ended. */
  readonly ended: Promise<unknown>
  /** The names of the sources that it reads. */
  sources: readonly string[] = []
  /** Those that were opened last. */
  #opened: readonly string[] = []
  readonly #worker: Worker
  readonly #turns = new Turns()
  #order: PromiseWithResolvers<void> | undefined
  #isOver = false

  constructor(handle: SinkHandle | undefined, events: EngineEvents) {
    const entry = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js'
    this.#worker = new Worker(new URL(entry, import.meta.url), {
      workerData: { handle },
      transferList: handle instanceof MessagePort ? [handle] : [],
      resourceLimits: { maxYoungGenerationSizeMb: MAX_YOUNG_MIB },
      stdin: true
    })
    this.#worker.on('message', (message: IngestReport) => {
      if (message.type === 'progress') events.progress(message.progress)
      else if (message.type === 'state') events.state(message.state)
      else if (message.type === 'problem') events.problem(message.problem)
      else if (message.type === 'failed') events.failed(errorOf(message.error))
      else if (message.error) this.#order?.reject(errorOf(message.error))
      else this.#order?.resolve()
    })
    this.#worker.on('error', error =>
      events.failed(error instanceof Error ? error : new Error(String(error)))
    )
    this.ended = once(this.#worker, 'exit').then(() => {
      this.#isOver = true
      this.#order?.resolve()
    })
  }

  /** Resolves when it has done it, or has ended; rejects where it could not. */
  async order(order: Order): Promise<void> {
    const release = await this.#turns.take()
    this.#order = Promise.withResolvers()
    try {
      if (this.#isOver) return
      this.#worker.postMessage(order)
      await this.#order.promise
    } finally {
      release()
    }
  }

  /** Opens those of a plan's sources that are its own, besides what it reads. */
  async open(plan: EnginePlan, sources: readonly EngineSource[]): Promise<void> {
    if (sources.some(({ options }) => sourceKindOf(options).readsStdin?.(options)) && this.#worker.stdin)
      process.stdin.pipe(this.#worker.stdin)
    this.#opened = sources.map(({ name }) => name)
    this.sources = [...this.sources, ...this.#opened]
    await this.order({ type: 'open', plan: { ...plan, sources } })
    if (this.#isOver && sources.length > 0)
      throw new VisorError('INTERNAL', 'a thread has ended that was to read more')
  }

  /** Closes those that were opened last. */
  async discard(): Promise<void> {
    this.sources = this.sources.filter(name => !this.#opened.includes(name))
    await this.order({ type: 'discard' })
  }
}
