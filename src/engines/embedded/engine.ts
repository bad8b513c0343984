import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { MessagePort, Worker } from 'node:worker_threads'
import type { DeliverySink, SinkHandle } from '../../core/delivery.ts'
import { errorOf } from '../../core/errors.ts'
import { sourceKindOf } from '../../sources/index.ts'
import { handleTo } from '../../store/index.ts'
import type { EnginePlan } from '../../counting/plan.ts'
import type { Engine, EngineEvents } from '../kind.ts'
import type { IngestReport } from './source-reader.ts'

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
  const useful = Math.min(threads ?? Math.max(1, availableParallelism() - 1), plan.sources.length)
  const shares = Array.from({ length: useful }, (_, i) => ({
    ...plan,
    name: `${plan.name}.${i}`,
    sources: plan.sources.filter((_source, s) => s % useful === i)
  }))
  const running = shares.map(share => {
    const worker = startThread(share, sink && (sink.handle?.() ?? handleTo(sink)), events)
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
const MAX_YOUNG_MIB = 12

function startThread(plan: EnginePlan, handle: SinkHandle | undefined, events: EngineEvents): Worker {
  const entry = import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js'
  const stdin = plan.sources.some(({ options }) => sourceKindOf(options).readsStdin?.(options))
  const worker = new Worker(new URL(entry, import.meta.url), {
    workerData: { plan, handle },
    transferList: handle instanceof MessagePort ? [handle] : [],
    resourceLimits: { maxYoungGenerationSizeMb: MAX_YOUNG_MIB },
    stdin
  })
  if (stdin && worker.stdin) process.stdin.pipe(worker.stdin)
  worker.on('message', (message: IngestReport) => {
    if (message.type === 'progress') events.progress(message.progress)
    else if (message.type === 'state') events.state(message.state)
    else if (message.type === 'problem') events.problem(message.problem)
    else events.failed(errorOf(message.error))
  })
  worker.on('error', error => events.failed(error instanceof Error ? error : new Error(String(error))))
  return worker
}
