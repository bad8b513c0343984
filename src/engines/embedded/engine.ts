import { once } from 'node:events'
import { MessagePort, Worker } from 'node:worker_threads'
import type { DeliverySink, SinkHandle } from '../../core/delivery.ts'
import { errorOf } from '../../core/errors.ts'
import type { Problem, Progress, SourceState } from '../../core/progress.ts'
import { sourceKindOf } from '../../sources/index.ts'
import type { FromIngest, IngestPlan } from './messages.ts'

export interface EngineEvents {
  progress(progress: Progress): void
  state(state: SourceState): void
  problem(problem: Problem): void
  /** A thread has died of a defect; the engine cannot go on. */
  failed(error: Error): void
}

export interface Engine {
  /** Resolves when nothing is left to read: never while files are followed. */
  readonly ended: Promise<void>
  /** Ends reading, waits until all that was read is committed. */
  stop(): Promise<void>
}

/**
 * Starts ingest threads: each reads its share of the sources, hands what it parsed to the sink by a way of its own
 * (without a sink nothing is stored) and says how it goes.
 */
export function startEmbedded(
  plan: IngestPlan,
  threads: number,
  sink: Pick<DeliverySink, 'handle'> | undefined,
  events: EngineEvents
): Engine {
  const shares = Array.from({ length: Math.min(threads, plan.sources.length) }, (_, i) => ({
    ...plan,
    name: `${plan.name}.${i}`,
    sources: plan.sources.filter((_source, s) => s % threads === i)
  }))
  const running = shares.map(share => {
    const worker = startThread(share, sink?.handle?.(), events)
    return { worker, ended: once(worker, 'exit') }
  })
  const ended = Promise.all(running.map(thread => thread.ended)).then(() => {})
  return {
    ended,
    async stop() {
      for (const { worker } of running) worker.postMessage('stop')
      await ended
    }
  }
}

/**
 * Most of what an ingest thread allocates lives for one step: a small space for new objects costs no time and saves
 * tens of megabytes.
 */
const YOUNG = 12

function startThread(plan: IngestPlan, handle: SinkHandle | undefined, events: EngineEvents): Worker {
  const entry = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js'
  const stdin = plan.sources.some(({ options }) => sourceKindOf(options).readsStdin?.(options))
  const worker = new Worker(new URL(entry, import.meta.url), {
    workerData: { plan, handle },
    transferList: handle instanceof MessagePort ? [handle] : [],
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG },
    stdin
  })
  if (stdin && worker.stdin) process.stdin.pipe(worker.stdin)
  worker.on('message', (message: FromIngest) => {
    if (message.type === 'progress') events.progress(message.progress)
    else if (message.type === 'state') events.state(message.state)
    else if (message.type === 'problem') events.problem(message.problem)
    else events.failed(errorOf(message.error))
  })
  worker.on('error', error => events.failed(error instanceof Error ? error : new Error(String(error))))
  return worker
}
