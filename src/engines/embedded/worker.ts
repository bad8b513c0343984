import { parentPort, workerData } from 'node:worker_threads'
import { fineClock } from '../../core/time.ts'
import type { SinkHandle } from '../../core/delivery.ts'
import { plainError } from '../../core/errors.ts'
import { openStoreSink } from '../../store/index.ts'
import { Ingest } from './ingest.ts'
import type { Order } from './thread.ts'
import type { IngestReport } from './source-reader.ts'

/** An ingest thread: reads sources as it is ordered to, until none is left. */
const { handle }: { handle: SinkHandle | undefined } = workerData
const sink = handle ? openStoreSink(handle) : { write: () => Promise.resolve() }
const report = (message: IngestReport): void => parentPort?.postMessage(message)
const fine = fineClock(Date.now, () => performance.now())
const ingest = new Ingest(sink, report, { clock: Date.now, random: Math.random, fineClock: fine })

async function obey(order: Order): Promise<void> {
  if (order.type === 'open') await ingest.open(order.plan)
  else if (order.type === 'end') await ingest.end(order.sources)
  else await ingest[order.type]()
}

parentPort?.on('message', (order: Order) => {
  obey(order).then(
    () => report({ type: 'done' }),
    (error: unknown) => report({ type: 'done', error: plainError(error) })
  )
})

try {
  await ingest.ended
} catch (error) {
  report({ type: 'failed', error: plainError(error) })
} finally {
  handle?.close()
  parentPort?.unref()
}
