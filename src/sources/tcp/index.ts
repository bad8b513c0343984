import * as z from 'zod'
import { addressText } from '../../core/address.ts'
import { VisorError } from '../../core/errors.ts'
import { connectSetting, listenSetting } from '../../settings/address.ts'
import { addressIn } from '../../settings/target.ts'
import { Inbox } from '../inbox.ts'
import { sourceKind } from '../kind.ts'
import { CountedFraming, PlainMessages } from '../net/framing.ts'
import { networkSource } from '../net/receiver.ts'
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

/** Lines over TCP: sent to a port, or fetched from one. */
export const tcpKind = sourceKind({
  name: 'tcp',
  summary: 'lines over TCP, sent to a port or fetched from one',
  example: { listen: '0.0.0.0:5514', allow: ['192.0.2.0/24'], idle: '1h' },
  options: tcpOptions,
  reads({ listen, connect }) {
    if (connect) return `a TCP connection to ${addressText(connect)}`
    return listen ? `TCP connections to ${addressText(listen)}` : ''
  },
  targets: ['tcp://127.0.0.1:5514', 'tcp-listen://127.0.0.1:5514'],
  take(target) {
    const [connect, listen] = ['tcp', 'tcp-listen'].map(scheme => addressIn(scheme, target))
    if (connect !== undefined) return { connect }
    return listen === undefined ? undefined : { listen }
  },
  async open({ listen, connect, framing, maxLineBytes, ...rest }, _known, { name, clock, random }) {
    const inbox = new Inbox(`tcp:${name}`, clock, maxLineBytes)
    const counted = framing === 'octet-counted'
    const options = {
      ...rest,
      ...(counted && { framing: (push: Push) => new CountedFraming(new PlainMessages(push)) })
    }
    if (connect) {
      const { tcpClient } = await import('../net/tcp-client.ts')
      return networkSource(inbox, [tcpClient(inbox, { ...options, connect }, random)])
    }
    if (!listen) throw new VisorError('INTERNAL', `the source ${name} has no address`)
    const { tcpServer } = await import('../net/tcp-server.ts')
    return networkSource(inbox, [tcpServer(inbox, { ...options, listen }, clock)])
  }
})

type Push = (bytes: Uint8Array) => void
