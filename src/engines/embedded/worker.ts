import { parentPort, workerData } from 'node:worker_threads'
import { fineClock } from '../../core/time.ts'
import type { SinkHandle } from '../../core/delivery.ts'
import { plainError } from '../../core/errors.ts'
import { openStoreSink } from '../../store/index.ts'
import { ingest } from './ingest.ts'
import type { EnginePlan } from '../../counting/plan.ts'
import type { IngestReport } from './source-reader.ts'

/** An ingest thread: reads the sources of its plan until a message stops it. */
const { plan, handle }: { plan: EnginePlan; handle: SinkHandle | undefined } = workerData
const sink = handle ? openStoreSink(handle) : { write: () => Promise.resolve() }
const report = (message: IngestReport): void => parentPort?.postMessage(message)
const stop = new AbortController()
parentPort?.once('message', () => stop.abort())

try {
  const fine = fineClock(Date.now, () => performance.now())
  await ingest(plan, sink, report, { clock: Date.now, random: Math.random, fineClock: fine }, stop.signal)
} catch (error) {
  report({ type: 'failed', error: plainError(error) })
} finally {
  handle?.close()
  parentPort?.unref()
}
