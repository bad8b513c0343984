import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { SECOND_MS, type Clock, type Millis } from '../../core/time.ts'
import { peerOf, SOCKET_OPTIONS } from '../../system/socket.ts'
import type { Inbox } from '../inbox.ts'
import { takeIn, type ConnectionOptions } from './connection.ts'
import { Listener, type ListenerOptions } from './listener.ts'
import { PortErrors } from './port-errors.ts'
import type { TlsOptions } from './settings.ts'

/** How long a connection has to agree on its encryption. */
const HANDSHAKE_TIMEOUT: Millis = 10 * SECOND_MS

export interface TcpServerOptions extends ConnectionOptions, ListenerOptions {
  readonly tls?: TlsOptions | undefined
}

/** A port that lines are sent to; each connection is a stream. */
export function tcpServer(inbox: Inbox, options: TcpServerOptions, clock: Clock): Listener {
  const errors = new PortErrors(clock)
  const server = createServerFor(options, errors)
  const listener = new Listener(server, options, errors)
  server.on(options.tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    // Who is not allowed was turned away already.
    if (socket.destroyed) return
    // As many again may be over and not read yet: more would pile up while the store is slow.
    if (inbox.size >= 2 * options.connections) {
      listener.crowded()
      socket.destroy()
    } else void takeIn(socket, inbox.open(peerOf(socket)), options)
  })
  return listener
}

function createServerFor({ tls }: TcpServerOptions, errors: PortErrors): Server {
  if (!tls) return createServer(SOCKET_OPTIONS)
  const verify = tls.ca !== undefined
  const server = createTlsServer({
    ...tls,
    ...SOCKET_OPTIONS,
    requestCert: verify,
    rejectUnauthorized: verify,
    handshakeTimeout: HANDSHAKE_TIMEOUT
  })
  return server.on('tlsClientError', (_, socket) => {
    errors.refused('refused: no agreement on TLS')
    socket.destroy()
  })
}
