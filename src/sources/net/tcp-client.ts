import { createConnection, isIP, type Socket } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { addressText, type Address } from '../../core/address.ts'
import type { Inbox } from '../inbox.ts'
import { reasonOf } from '../../system/reason.ts'
import { retryDelay } from '../../system/retry.ts'
import { SOCKET_OPTIONS } from '../../system/socket.ts'
import { takeIn, type ConnectionOptions } from './connection.ts'
import type { LineReceiver } from './receiver.ts'
import type { TlsOptions } from './settings.ts'

export interface TcpClientOptions extends ConnectionOptions {
  readonly connect: Address
  readonly tls?: TlsOptions | undefined
}

/** A connection to whoever sends lines; made again when it is lost, each time as another stream. */
export function tcpClient(inbox: Inbox, options: TcpClientOptions, random: () => number): LineReceiver {
  const name = addressText(options.connect)
  const ending = new AbortController()
  let socket: Socket | undefined
  let connected = false
  let problem: string | undefined

  /** One connection from its beginning to its end; resolves with whether anything came of it. */
  async function connection(): Promise<{ came: boolean; cause: Error | undefined }> {
    socket = dial(options)
    const stream = inbox.open(name)
    socket.once(options.tls ? 'secureConnect' : 'connect', () => {
      connected = true
      problem = undefined
    })
    const cause = await takeIn(socket, stream, options)
    connected = false
    return { came: stream.end > 0, cause }
  }

  async function keepConnected({ signal }: AbortController): Promise<void> {
    for (let tries = 0; !signal.aborted; tries++) {
      const { came, cause } = await connection()
      if (came) tries = 0
      const reason = cause ? reasonOf(cause) : 'the other side has closed the connection'
      problem = `${reason}; it is tried again`
      await setTimeout(retryDelay(tries, random), undefined, { signal }).catch(() => {})
    }
  }

  return {
    start: () => void keepConnected(ending),
    /** Connects no more; the connection that there is goes on. */
    stop() {
      ending.abort()
      if (!connected) socket?.destroy()
    },
    close: () => void socket?.destroy(),
    state: () => (connected ? `connected to ${name}` : `not connected to ${name}`),
    problems: () => (problem === undefined ? [] : [{ name, message: problem }])
  }
}

function dial({ connect, tls }: TcpClientOptions): Socket {
  if (!tls) return createConnection({ ...connect, ...SOCKET_OPTIONS })
  const servername = isIP(connect.host) > 0 ? '' : connect.host
  return connectTls({ ...connect, ...tls, ...SOCKET_OPTIONS, servername })
}
