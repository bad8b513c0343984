import type { Socket } from 'node:net'
import { addressText } from '../core/address.ts'
import { systemCode } from '../core/errors.ts'
import { SECOND_MS } from '../core/time.ts'
import { reasonOf } from './reason.ts'

/**
 * Options of sockets that lines go over. They come in batches that wait for nothing, so none needs to be held back for
 * more; and whoever vanishes without a word is found out within minutes.
 */
export const SOCKET_OPTIONS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30 * SECOND_MS }

/** The other side of a connection, for people: `192.0.2.1:53422`. */
export function peerOf({ remoteAddress: host = '', remotePort: port = 0 }: Socket): string {
  return addressText({ host, port })
}

/** Why a port cannot be listened on, for people. */
export function listenReasonOf(error: unknown): string {
  return systemCode(error) === 'EADDRINUSE' ? 'the port is in use' : reasonOf(error)
}
