import { setTimeout } from 'node:timers/promises'
import type { ConnectionPool } from '@platformatic/kafka'
import type { Millis } from '../core/time.ts'

const CLOSE_TIMEOUT: Millis = 500

/** Closes all connections of some pools by `close`; those whose other side hangs are cut. Never rejects. */
export async function closeConnections(
  pools: readonly ConnectionPool[],
  close: () => Promise<unknown>
): Promise<void> {
  const sockets = pools.flatMap(pool => [...pool].map(([, { socket }]) => socket))
  await Promise.race([close().catch(() => {}), setTimeout(CLOSE_TIMEOUT, undefined, { ref: false })])
  for (const socket of sockets) socket.destroy()
}
