import * as z from 'zod'
import { listenSetting } from '../../settings/address.ts'
import { durationSetting } from '../../settings/duration.ts'
import { sizeSetting } from '../../settings/size.ts'
import { allowSetting, connectionsSetting, serverTls } from '../net/settings.ts'

/** What a user can set for an HTTP source. */
export const httpOptions = z
  .strictObject({
    listen: listenSetting(
      'Where lines are posted to: a port, or HOST:PORT; 127.0.0.1 when only the port is given.'
    ),
    token: z
      .string('expected a text')
      .regex(/^[!-~]{8,}$/, 'expected 8 characters or more, without blanks')
      .optional()
      .describe('What senders must show, as "Authorization: Bearer TOKEN"; nothing when absent.'),
    body: sizeSetting('1KiB', '7MiB', 'How large a request may be, unpacked.').prefault('4MiB'),
    buffer: sizeSetting(
      '1KiB',
      '4GiB',
      'How much of requests may be in memory until it is stored; others wait, and are then asked to come again.'
    ).prefault('64MiB'),
    wait: durationSetting('0s', '1m', 'How long a request waits for room.').prefault('5s'),
    connections: connectionsSetting,
    allow: allowSetting,
    tls: serverTls
  })
  .refine(({ body, buffer }) => body <= buffer, 'expected a "buffer" that is no smaller than "body"')

/** Sizes in bytes. */
export type HttpOptions = z.output<typeof httpOptions>
