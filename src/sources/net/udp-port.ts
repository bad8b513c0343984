import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import { isIPv6 } from 'node:net'
import type * as z from 'zod'
import { addressText } from '../../core/address.ts'
import type { Clock } from '../../core/time.ts'
import { rangeMatcher } from '../../settings/ranges.ts'
import type { Inbox } from '../inbox.ts'
import type { MessageHandler } from './framing.ts'
import { PortErrors } from './port-errors.ts'
import type { ListenerOptions } from './listener.ts'
import type { LineReceiver } from './receiver.ts'
import type { datagramSettings } from './settings.ts'

type UdpPortOptions = Omit<ListenerOptions, 'connections'> & z.output<z.ZodObject<typeof datagramSettings>>

/** A port that datagrams are sent to, each a message; all of them are one stream. */
export function udpPort(
  inbox: Inbox,
  { listen, allow, buffer, receive }: UdpPortOptions,
  clock: Clock,
  handlerOf: (push: (bytes: Uint8Array) => void) => MessageHandler
): LineReceiver {
  const allows = rangeMatcher(allow)
  const errors = new PortErrors(clock)
  const stream = inbox.open(addressText(listen))
  const messages = handlerOf(bytes => stream.push(bytes))
  let bound: Socket | undefined
  const address = (): string => addressText({ host: listen.host, port: bound?.address().port ?? listen.port })

  function take(datagram: Uint8Array, from: RemoteInfo): void {
    if (!allows(from.address)) errors.refused('datagrams refused: address not allowed')
    else if (stream.sealed || stream.pending + datagram.length > buffer)
      errors.refused('datagrams dropped', 'datagrams are dropped: they come faster than they are read')
    else {
      messages.part(datagram)
      messages.end()
    }
  }

  function start(): void {
    const type = isIPv6(listen.host) ? 'udp6' : 'udp4'
    const socket = createSocket({ type, ...(receive !== undefined && { recvBufferSize: receive }) })
    socket.on('message', take)
    socket.on('error', error => {
      socket.close()
      bound = undefined
      errors.failed(error, start)
    })
    socket.bind({ address: listen.host, port: listen.port }, () => {
      bound = socket
      errors.listening()
    })
  }

  return {
    start,
    /** What comes in goes on being taken, until the stream is full for good: the port has no queue of its own. */
    stop: () => errors.stop(),
    close() {
      bound?.close()
      bound = undefined
    },
    state: () => `${bound ? 'listens' : 'does not listen'} at ${address()} (UDP)${errors.text()}`,
    refused: () => errors.counts,
    problems: () => errors.problems(address())
  }
}
