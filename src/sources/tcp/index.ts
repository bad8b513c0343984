import { addressText } from '../../core/address.ts'
import { sourceKind } from '../kind.ts'
import { addressIn } from '../net/target.ts'
import { tcpOptions } from './options.ts'

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
  async open(options, _known, dependencies) {
    const { tcpSource } = await import('./source.ts')
    return tcpSource(options, dependencies)
  }
})
