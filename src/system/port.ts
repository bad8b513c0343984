import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { VisorError } from '../core/errors.ts'

/** Below the ports that the system gives to connections, so that none of them takes a port that was free just now. */
const FIRST = 10_000
const COUNT = 20_000
const given = new Set<number>()

/** A port of loopback that nothing listens on at the moment; never the same twice in one process. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * COUNT)
    if (given.has(port)) continue
    given.add(port)
    const server = createServer()
    const listening = once(server, 'listening').then(
      () => true,
      () => false
    )
    server.listen(port, '127.0.0.1')
    const free = await listening
    server.close()
    await delay(0)
    if (free) return port
  }
}

/** Whether something listens on a port of loopback. */
export async function isListening(port: number): Promise<boolean> {
  const socket = connect({ host: '127.0.0.1', port })
  const answered = await once(socket, 'connect').then(
    () => true,
    () => false
  )
  socket.destroy()
  return answered
}

/** @throws VisorError PORT_IN_USE where something listens on a port of loopback that `who` is to have */
export async function requireFreePort(port: number, who: string): Promise<void> {
  if (await isListening(port))
    throw new VisorError('PORT_IN_USE', `port ${port} of 127.0.0.1 is taken: ${who} cannot listen there`)
}
