import type { MessagePort } from 'node:worker_threads'
import type { Delivery, DeliverySink } from '../core/delivery.ts'
import { createClient, failOnClose } from './rpc.ts'

/** What the store answers on the port of an ingest thread. */
export type SinkHandlers = { write: (delivery: Delivery) => Promise<void> }

/**
 * The ingest thread's end of a port from `Store.port()`. The arrays of a delivery are handed over, not copied:
 * after `write` they are empty.
 */
export function storeSink(port: MessagePort): DeliverySink {
  const client = createClient<SinkHandlers>(port)
  failOnClose(port, client)
  return {
    write: delivery => client.call('write', [delivery], [...ownedBuffers(delivery)])
  }
}

/** The memory blocks that belong to one array each; those that are shared are copied instead. */
function ownedBuffers({ events, rollup }: Delivery): Set<ArrayBuffer> {
  const owned = new Set<ArrayBuffer>()
  const add = (array: ArrayBufferView): void => {
    if (array.buffer instanceof ArrayBuffer && array.byteLength === array.buffer.byteLength)
      owned.add(array.buffer)
  }
  for (const rows of events) {
    for (const array of [rows.time, rows.zone, rows.flags, ...rows.numbers.values()]) add(array)
    for (const { codes, bytes, ends } of rows.texts.values())
      for (const array of [codes, bytes, ends]) add(array)
  }
  for (const { counts, sums } of rollup) for (const array of [counts, sums]) add(array)
  return owned
}
