import { createSecureContext } from 'node:tls'
import * as z from 'zod'
import { durationSetting } from '../settings/duration.ts'
import { rangesSetting } from '../settings/ranges.ts'

/** How long one attempt may take; notifications that could not be sent are tried again. */
export const timeoutSetting = durationSetting(
  '1s',
  '55s',
  'How long an attempt may take, connecting included.'
).prefault('20s')

/** Whom to trust where connections are encrypted. */
export const caSetting = z
  .string('expected PEM text')
  .refine(isPem, 'expected a certificate as PEM, such as file:ca.pem takes from a file')
  .optional()
  .describe(
    'The certificate authority to trust, as PEM; file:ca.pem takes it from that file. Those that Node trusts when absent.'
  )

function isPem(ca: string): boolean {
  try {
    createSecureContext({ ca })
    return ca.includes('-----BEGIN')
  } catch {
    return false
  }
}

/** Where something is asked over HTTP. */
export function urlSetting(summary: string) {
  return z
    .string()
    .refine(
      text => /^https?:$/.test(URL.parse(text)?.protocol ?? ''),
      'expected an address such as "https://HOST/PATH"'
    )
    .describe(summary)
}

/** Clients that a mail never suggests to block; none when absent. */
export const ignoreSetting = rangesSetting(
  'Addresses and ranges of your own that mails never suggest to block; private ones never are.'
).optional()
