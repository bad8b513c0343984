import { addressText } from '../../core/address.ts'
import { sourceKind } from '../kind.ts'
import { addressIn } from '../net/target.ts'
import { syslogOptions } from './options.ts'

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
  async open(options, _known, dependencies) {
    const { syslogSource } = await import('./source.ts')
    return syslogSource(options, dependencies)
  }
})
