import * as z from 'zod'
import { listenSetting } from '../../settings/address.ts'
import { allowSetting, datagramSettings } from '../net/settings.ts'

/** What a user can set for a UDP source. */
export const udpOptions = z.strictObject({
  listen: listenSetting(
    'Where lines are sent to: a port, or HOST:PORT; 127.0.0.1 when only the port is given.'
  ),
  ...datagramSettings,
  allow: allowSetting
})

export type UdpOptions = z.output<typeof udpOptions>
