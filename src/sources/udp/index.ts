import { addressText } from '../../core/address.ts'
import { sourceKind } from '../kind.ts'
import { addressIn } from '../net/target.ts'
import { udpOptions } from './options.ts'

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
  async open(options, _known, dependencies) {
    const { udpSource } = await import('./source.ts')
    return udpSource(options, dependencies)
  }
})
