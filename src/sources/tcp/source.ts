import { VisorError } from '../../core/errors.ts'
import type { Source } from '../../core/source.ts'
import { Inbox } from '../inbox.ts'
import type { SourceDependencies } from '../kind.ts'
import type { ConnectionOptions } from '../net/connection.ts'
import { CountedFraming, PlainMessages } from '../net/framing.ts'
import { networkSource } from '../net/receiver.ts'
import { TcpClient } from '../net/tcp-client.ts'
import { TcpServer } from '../net/tcp-server.ts'
import type { TcpOptions } from './options.ts'

/** Lines that others send to a port, or that are fetched from one. */
export function tcpSource(
  { listen, connect, framing, maxLineBytes, idle, ...rest }: TcpOptions,
  { name, clock, random }: SourceDependencies
): Source {
  const inbox = new Inbox(`tcp:${name}`, clock, maxLineBytes)
  const connection: ConnectionOptions = {
    idle,
    ...(framing === 'octet-counted' && { framing: push => new CountedFraming(new PlainMessages(push)) })
  }
  if (connect)
    return networkSource(inbox, [new TcpClient(inbox, { ...rest, ...connection, connect }, random)])
  if (listen) return networkSource(inbox, [new TcpServer(inbox, { ...rest, ...connection, listen }, clock)])
  throw new VisorError('INTERNAL', `the source ${name} has no address`)
}
