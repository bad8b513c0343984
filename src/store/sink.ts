import { MessageChannel, MessagePort } from 'node:worker_threads'
import type { Delivery, DeliverySink, SinkHandle } from '../core/delivery.ts'
import { VisorError } from '../core/errors.ts'
import { createClient, serve, type Client } from './rpc.ts'

/** What the store answers to those who write. */
export type SinkHandlers = { write: (delivery: Delivery) => Promise<void> }

/** The sink behind a handle of `Store.handle()`, for the thread that the handle was transferred to. */
export function openStoreSink(handle: SinkHandle): DeliverySink {
  if (!(handle instanceof MessagePort)) throw new VisorError('INTERNAL', 'this is no handle of a store')
  const client = createClient<SinkHandlers>(handle)
  handle.on('close', () => client.fail(new VisorError('STORE_BROKEN', 'the store was closed')))
  return { write: delivery => send(client, delivery) }
}

/** A handle to a sink of this thread that has no way for others. */
export function handleTo(sink: DeliverySink): SinkHandle {
  const { port1, port2 } = new MessageChannel()
  serve(port1, { write: (delivery: Delivery) => sink.write(delivery) })
  return port2
}

/** Sends a delivery: its arrays are moved, not copied, so that they are empty afterwards. */
export function send(client: Pick<Client<SinkHandlers>, 'call'>, delivery: Delivery): Promise<void> {
  return client.call('write', [delivery], [...ownedBuffers(delivery)])
}

/** The memory blocks that belong to one array each; those that are shared are copied instead. */
function ownedBuffers({ events, rollup, signals }: Delivery): Set<ArrayBuffer> {
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
  for (const { counts, sums } of [...rollup, ...signals]) for (const array of [counts, sums]) add(array)
  return owned
}
