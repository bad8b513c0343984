import type { Source } from '../../core/source.ts'
import { Inbox } from '../inbox.ts'
import type { SourceDependencies } from '../kind.ts'
import { PlainMessages } from '../net/framing.ts'
import { networkSource } from '../net/receiver.ts'
import { UdpPort } from '../net/udp-port.ts'
import type { UdpOptions } from './options.ts'

/** Lines that others send to a port in datagrams. */
export function udpSource(options: UdpOptions, { name, clock }: SourceDependencies): Source {
  const inbox = new Inbox(`udp:${name}`, clock)
  const port = new UdpPort(inbox, options, clock, push => new PlainMessages(push))
  return networkSource(inbox, [port])
}
