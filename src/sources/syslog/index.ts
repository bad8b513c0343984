import * as z from 'zod'
import { addressText } from '../../core/address.ts'
import { listenSetting } from '../../settings/address.ts'
import { addressIn } from '../../settings/target.ts'
import { Inbox } from '../inbox.ts'
import { sourceKind } from '../kind.ts'
import { CountedFraming, type Framing } from '../net/framing.ts'
import { networkSource } from '../net/receiver.ts'
import {
  allowSetting,
  connectionsSetting,
  datagramSettings,
  lineSettings,
  serverTls
} from '../net/settings.ts'
import { SyslogMessages } from './messages.ts'

/** What a user can set for a syslog source. */
export const syslogOptions = z.strictObject({
  listen: listenSetting(
    'Where messages are sent to: a port, or HOST:PORT; 127.0.0.1 when only the port is given.'
  ),
  over: z
    .array(z.enum(['tcp', 'udp']))
    .min(1, 'expected "tcp", "udp" or both')
    .default(['tcp', 'udp'])
    .describe('The transports that are listened on: tcp, udp or both.'),
  ...lineSettings,
  connections: connectionsSetting,
  ...datagramSettings,
  allow: allowSetting,
  tls: serverTls
})

type Push = (bytes: Uint8Array) => void

const messages = (push: Push): SyslogMessages => new SyslogMessages(push)
const framing = (push: Push): Framing => new CountedFraming(messages(push))

/** Lines that come as syslog messages: of rsyslog, `logger`, nginx's `access_log syslog:`. */
export const syslogKind = sourceKind({
  name: 'syslog',
  summary:
    'syslog messages (RFC 3164 and 5424) over TCP and UDP; their header is taken off, what follows is the line',
  example: { listen: '0.0.0.0:5514', over: ['tcp'], allow: ['192.0.2.0/24'] },
  options: syslogOptions,
  reads: ({ listen, over }) =>
    `syslog over ${over.map(name => name.toUpperCase()).join(' and ')} at ${addressText(listen)}`,
  targets: ['syslog://127.0.0.1:5514'],
  take(target) {
    const listen = addressIn('syslog', target)
    return listen === undefined ? undefined : { listen }
  },
  async open(options, _known, { name, clock }) {
    const { tcpServer } = await import('../net/tcp-server.ts')
    const { udpPort } = await import('../net/udp-port.ts')
    const inbox = new Inbox(`syslog:${name}`, clock, options.maxLineBytes)
    const receivers = options.over.map(transport =>
      transport === 'tcp'
        ? tcpServer(inbox, { ...options, framing }, clock)
        : udpPort(inbox, options, clock, messages)
    )
    return networkSource(inbox, receivers)
  }
})
