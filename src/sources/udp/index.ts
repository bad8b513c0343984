import * as z from 'zod'
import { addressText } from '../../core/address.ts'
import { listenSetting } from '../../settings/address.ts'
import { addressIn } from '../../settings/target.ts'
import { Inbox } from '../inbox.ts'
import { sourceKind } from '../kind.ts'
import { PlainMessages } from '../net/framing.ts'
import { networkSource } from '../net/receiver.ts'
import { allowSetting, datagramSettings } from '../net/settings.ts'

/** What a user can set for a UDP source. */
export const udpOptions = z.strictObject({
  listen: listenSetting(
    'Where lines are sent to: a port, or HOST:PORT; 127.0.0.1 when only the port is given.'
  ),
  ...datagramSettings,
  allow: allowSetting
})

/** Lines over UDP: quick, and lost where the network or the reader cannot follow. */
export const udpKind = sourceKind({
  name: 'udp',
  summary: 'datagrams of one line or several; what comes faster than it is read is lost, and counted',
  example: { listen: '0.0.0.0:5514', receive: '8MiB', allow: ['192.0.2.0/24'] },
  options: udpOptions,
  reads: ({ listen }) => `datagrams to ${addressText(listen)}`,
  targets: ['udp://127.0.0.1:5514'],
  take(target) {
    const listen = addressIn('udp', target)
    return listen === undefined ? undefined : { listen }
  },
  async open(options, _known, { name, clock }) {
    const { udpPort } = await import('../net/udp-port.ts')
    const inbox = new Inbox(`udp:${name}`, clock)
    return networkSource(inbox, [udpPort(inbox, options, clock, push => new PlainMessages(push))])
  }
})
