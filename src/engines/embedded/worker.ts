import { parentPort, workerData, type MessagePort } from 'node:worker_threads'
import { fineClock } from '../../core/clock.ts'
import { plainError } from '../../core/errors.ts'
import { storeSink } from '../../store/index.ts'
import { ingest } from './ingest.ts'
import type { FromIngest, IngestPlan } from './messages.ts'

/** An ingest thread: reads the sources of its plan until it is told to stop. */
const { plan, port }: { plan: IngestPlan; port: MessagePort | undefined } = workerData
const sink = port ? storeSink(port) : { write: () => Promise.resolve() }
const say = (message: FromIngest): void => parentPort?.postMessage(message)
const stop = new AbortController()
parentPort?.once('message', () => stop.abort())

try {
  const moment = fineClock(Date.now, () => performance.now())
  await ingest(plan, sink, say, { clock: Date.now, random: Math.random, moment }, stop.signal)
} catch (error) {
  say({ type: 'failed', error: plainError(error) })
} finally {
  port?.close()
  parentPort?.unref()
}
