import type { Source } from '../../core/source.ts'
import { Inbox } from '../inbox.ts'
import type { SourceDependencies } from '../kind.ts'
import { CountedFraming, type Framing } from '../net/framing.ts'
import { networkSource } from '../net/receiver.ts'
import { TcpServer } from '../net/tcp-server.ts'
import { UdpPort } from '../net/udp-port.ts'
import { SyslogMessages } from './messages.ts'
import type { SyslogOptions } from './options.ts'

type Push = (bytes: Uint8Array) => void

const messages = (push: Push): SyslogMessages => new SyslogMessages(push)
const framing = (push: Push): Framing => new CountedFraming(messages(push))

/** Lines that others send as syslog messages; each TCP connection is a stream, and all datagrams are one. */
export function syslogSource(options: SyslogOptions, { name, clock }: SourceDependencies): Source {
  const inbox = new Inbox(`syslog:${name}`, clock, options.maxLineBytes)
  const receivers = options.over.map(transport =>
    transport === 'tcp'
      ? new TcpServer(inbox, { ...options, framing }, clock)
      : new UdpPort(inbox, options, clock, messages)
  )
  return networkSource(inbox, receivers)
}
