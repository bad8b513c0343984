import { parentPort, workerData } from 'node:worker_threads'
import { plainError } from '../../core/errors.ts'
import { toRows } from '../../core/rows.ts'
import { runShare, type BulkShare, type BulkReport } from './bulk.ts'

/** A thread of bulk reading: runs its tasks and hands over what they brought. */
const report = (message: BulkReport): void => parentPort?.postMessage(message)
const stop = new AbortController()
parentPort?.once('message', () => stop.abort())

try {
  const share: BulkShare = workerData
  const { results, rollup, spans } = await runShare(share, stop.signal, bytes => report({ bytes }))
  report({ results, rows: toRows(rollup), spans })
} catch (error) {
  report({ failure: plainError(error) })
}
