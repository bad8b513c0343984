import * as z from 'zod'
import { connectSetting, listenSetting } from '../../settings/address.ts'
import { allowSetting, connectionsSetting, eitherTls, lineSettings } from '../net/settings.ts'

/** What a user can set for a TCP source. */
export const tcpOptions = z
  .strictObject({
    listen: listenSetting(
      'Where lines are sent to: a port, or HOST:PORT; 127.0.0.1 when only the port is given.'
    ).optional(),
    connect: connectSetting(
      'Or where lines are fetched: HOST:PORT; connected to again when the connection is lost.'
    ).optional(),
    framing: z
      .enum(['newline', 'octet-counted'])
      .default('newline')
      .describe('How lines are told apart: by their ends, or by a length before each (RFC 6587).'),
    ...lineSettings,
    connections: connectionsSetting,
    allow: allowSetting,
    tls: eitherTls
  })
  .refine(
    ({ listen, connect }) => (listen === undefined) !== (connect === undefined),
    'expected either "listen" or "connect"'
  )
  .refine(({ listen, tls }) => !listen || !tls || (tls.key && tls.cert), 'expected "key" and "cert" in "tls"')
  .refine(({ connect, allow }) => !connect || !allow, 'expected "allow" beside "listen" only')

export type TcpOptions = z.output<typeof tcpOptions>
