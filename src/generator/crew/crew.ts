import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { errorOf } from '../../core/errors.ts'
import type { Kind } from '../../core/fields.ts'
import type { Batch, Maker } from '../maker.ts'
import type { Truth } from '../truth.ts'
import type { Piece, Share } from './share.ts'
import type { FromShare } from './worker.ts'

/** Several threads that make a share of the lines each. The same seed and number of threads give the same lines. */
export class Crew implements Maker {
  readonly #threads: readonly Worker[]
  readonly #truth: Truth | undefined
  full = false

  /** `jobs` threads, 2 and up; `truth` is told of their lines. */
  constructor(whole: Omit<Share, 'truth' | 'index' | 'of'>, jobs: number, truth: Truth | undefined) {
    const entry = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js'
    this.#truth = truth
    this.#threads = Array.from({ length: jobs }, (_, index) => {
      const limit = Math.floor((whole.limit + index) / jobs)
      const share: Share = { ...whole, limit, truth: truth !== undefined, index, of: jobs }
      return new Worker(new URL(entry, import.meta.url), { workerData: share })
    })
  }

  async make(to: number): Promise<readonly Batch[]> {
    const made = await this.#ask(to)
    const shares = made.flatMap(answer => ('pieces' in answer ? [answer] : []))
    this.full = shares.every(({ full }) => full)
    // Within a cell one share comes after the other: sorting keeps their order.
    const pieces = shares.flatMap(({ pieces }) => pieces).sort((a, b) => a.at - b.at)
    for (const { kind, count, marks } of pieces) this.#truth?.pass(kind, count, marks)
    return (['access', 'error'] as const).flatMap(kind => joined(kind, pieces))
  }

  /** Ends the threads; what they counted is told before. */
  async close(): Promise<void> {
    for (const answer of await this.#ask('counts'))
      if ('counts' in answer) this.#truth?.counts.merge(answer.counts)
    await Promise.all(this.#threads.map(thread => thread.terminate()))
  }

  async #ask(what: number | 'counts'): Promise<FromShare[]> {
    return Promise.all(
      this.#threads.map(async thread => {
        const answer = once(thread, 'message')
        thread.postMessage(what)
        const [said]: FromShare[] = await answer
        if (!said) throw new Error('a thread said nothing')
        if ('failure' in said) throw errorOf(said.failure)
        return said
      })
    )
  }
}

/** The pieces of one log as one batch. */
function joined(kind: Kind, pieces: readonly Piece[]): Batch[] {
  const own = pieces.filter(piece => piece.kind === kind)
  if (own.length === 0) return []
  const count = own.reduce((sum, piece) => sum + piece.count, 0)
  return [{ kind, lines: { bytes: Buffer.concat(own.map(({ bytes }) => bytes)), count } }]
}
