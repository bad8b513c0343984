import * as z from 'zod'
import { listenSetting } from '../../settings/address.ts'
import {
  allowSetting,
  connectionsSetting,
  datagramSettings,
  lineSettings,
  serverTls
} from '../net/settings.ts'

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

export type SyslogOptions = z.output<typeof syslogOptions>
