import { createSecureContext } from 'node:tls'
import * as z from 'zod'
import { durationSetting } from '../../settings/duration.ts'
import { rangesSetting } from '../../settings/ranges.ts'
import { sizeSetting } from '../../settings/size.ts'

const pem = (summary: string) => z.string('expected PEM text').min(1).describe(summary)

const key = pem('The private key, as PEM; file:key.pem takes it from that file.')
const cert = pem('The certificate that belongs to it, with those between it and the root.')
const ca = pem('Who must have signed the certificate of the other side, which has to show one then.')

/** Certificates where connections are encrypted, as PEM text. */
export interface TlsOptions {
  readonly key?: string | undefined
  readonly cert?: string | undefined
  readonly ca?: string | undefined
}

/** Refuses keys and certificates that are none, or do not belong together. */
function usable(options: TlsOptions, context: z.RefinementCtx): void {
  try {
    createSecureContext(options)
  } catch (error) {
    context.addIssue(`cannot be used: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function tlsSetting<Schema extends z.ZodType<TlsOptions>>(schema: Schema) {
  return schema.superRefine(usable).optional().describe('Connections are encrypted with these.')
}

/** For those who listen. */
export const serverTls = tlsSetting(z.strictObject({ key, cert, ca: ca.optional() }))

/** For those who listen, who need a key and a certificate, and those who connect, who may have them. */
export const eitherTls = tlsSetting(
  z.strictObject({ key: key.optional(), cert: cert.optional(), ca: ca.optional() })
)

/** How many may be connected. */
export const connectionsSetting = z
  .int()
  .min(1)
  .max(100_000)
  .default(1000)
  .describe('How many connections there may be at once; another one is closed at once, counted and reported.')

/** Whose lines are taken. */
export const allowSetting = rangesSetting(
  'Addresses and ranges that lines are taken from; from everybody when absent.'
).optional()

/** What can be set for connections that bring lines. */
export const lineSettings = {
  maxLineBytes: sizeSetting(
    '1KiB',
    '64MiB',
    'The longest line that is accepted; a longer one is rejected. Each connection may hold as much in memory.'
  ).prefault('1MiB'),
  idle: durationSetting(
    '1s',
    '1d',
    'A connection that brings nothing for so long is closed; never when absent.'
  ).optional()
}

/** What can be set for a port for datagrams. */
export const datagramSettings = {
  buffer: sizeSetting(
    '64KiB',
    '1GiB',
    'How much may wait in memory to be read; datagrams beyond it are dropped, counted and reported.'
  ).prefault('16MiB'),
  receive: sizeSetting(
    '4KiB',
    '1GiB',
    "How much the system may hold for Visor to fetch; the system's own size when absent, and its limit at the most."
  ).optional()
}
