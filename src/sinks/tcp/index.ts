import * as z from 'zod'
import { rangesSetting } from '../../settings/ranges.ts'
import { addressIn } from '../../settings/target.ts'
import { sinkKind } from '../kind.ts'
import { wholeNumberSetting } from '../number.ts'
import { connect } from './client.ts'
import { listen } from './server.ts'

/** A TCP server: gives lines to all who connect, and waits while nobody does. */
export const tcpServerSink = sinkKind({
  name: 'tcp-listen',
  summary: 'a TCP port that readers connect to; it waits while there is none',
  example: 'tcp-listen://127.0.0.1:5555',
  options: z.strictObject({
    host: z
      .string('expected a host')
      .default('')
      .transform(host => host || '127.0.0.1')
      .describe('The address to listen on; 127.0.0.1 when empty, which this machine alone can reach.'),
    port: wholeNumberSetting(0, 65_535).describe('The port to listen on; 0 takes any free one.'),
    allow: z
      .string()
      .transform(text => text.split(','))
      .pipe(rangesSetting(''))
      .optional()
      .describe('Addresses and ranges of those who may read, with commas between; everybody when absent.')
  }),
  take: target => takeAddress('tcp-listen', target),
  open: listen
})

/** A TCP client: sends lines to who listens, and connects again when the connection is lost. */
export const tcpClientSink = sinkKind({
  name: 'tcp',
  summary: 'whoever listens at a TCP address; connected to again when the connection is lost',
  example: 'tcp://127.0.0.1:5555',
  options: z.strictObject({
    host: z.string('expected a host').min(1, 'expected a host').describe('The host to connect to.'),
    port: wholeNumberSetting(1, 65_535).describe('The port to connect to.')
  }),
  take: target => takeAddress('tcp', target),
  open: connect
})

/**
 * Host and port of `SCHEME://HOST:PORT?SETTING=VALUE`, with settings, an IPv6 address in brackets; `undefined` for another scheme. What is missing
 * is left out.
 */
function takeAddress(scheme: string, target: string): Record<string, string> | undefined {
  const all = addressIn(scheme, target)
  if (all === undefined) return undefined
  const [rest = '', query] = all.split('?', 2)
  const settings = Object.fromEntries(new URLSearchParams(query))
  const {
    six,
    host = '',
    port
  } = /^(?:\[(?<six>.*)\]|(?<host>[^:]*))(?::(?<port>.*))?$/s.exec(rest)?.groups ?? {}
  return { host: six ?? host, ...(port !== undefined && { port }), ...settings }
}
