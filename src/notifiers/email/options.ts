import { domainToASCII } from 'node:url'
import * as z from 'zod'
import { caSetting, ignoreSetting, timeoutSetting } from '../settings.ts'

/** Without what has a meaning in a header or an SMTP command. */
const ADDRESS =
  /^(?<local>[^\s@<>(),;:"\\[\]\p{Cc}\p{Cs}]{1,64})@(?<domain>[^\s@<>(),;:"\\[\]\p{Cc}\p{Cs}/?#%]{1,253})$/u

/** A mail address with its domain as mail servers know it; `undefined` where it is none. */
export function asciiAddress(text: string): string | undefined {
  const { local = '', domain = '' } = ADDRESS.exec(text)?.groups ?? {}
  const ascii = domainToASCII(domain)
  return local === '' || ascii === '' ? undefined : `${local}@${ascii}`
}

const address = z.string().transform((text, context) => {
  const ascii = asciiAddress(text)
  if (ascii !== undefined) return ascii
  context.addIssue('expected a mail address such as "me@example.org"')
  return z.NEVER
})

/** A mail address, or several, as a list without repeats. */
export const addresses = (summary: string) =>
  z
    .union(
      [address, z.array(address).min(1)],
      'expected a mail address such as "me@example.org", or a list of them'
    )
    .transform(given => [...new Set([given].flat())])
    .describe(summary)

/** The options of a receiver of mails. */
export const emailOptions = z
  .strictObject({
    to: addresses('Who gets the mails: an address, or a list; that of the account when absent.').optional(),
    cc: addresses('Who gets copies.').optional(),
    from: address
      .optional()
      .describe('Who they are from; the address of the account, or visor@HOST, when absent.'),
    host: z
      .string()
      .regex(/^[\w.:-]+$/, 'expected the name or address of a host')
      .optional()
      .describe(
        'The mail server; smtp. and the domain of the account or, without one, this machine when absent.'
      ),
    port: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe('Its port; 465 for "tls", else 587 with a login and 25 without one when absent.'),
    secure: z
      .enum(['tls', 'starttls', 'none'])
      .optional()
      .describe(
        'How the connection is encrypted: from its first byte, by STARTTLS, or not at all; when absent, by STARTTLS where the server offers it, and always where a login is sent to another machine.'
      ),
    account: z
      .string()
      .min(1)
      .optional()
      .describe('A file of mode 600 with the login: {"email": {"address": "…", "password": "…"}}.'),
    user: z.string().min(1).optional().describe('Or the login itself: the name …'),
    password: z
      .string()
      .min(1)
      .optional()
      .describe('… and the password; file:PATH or ${NAME} keep it elsewhere.'),
    ca: caSetting,
    ignore: ignoreSetting,
    timeout: timeoutSetting
  })
  .refine(({ to, account }) => to || account, 'expected "to" or "account"')
  .refine(
    ({ user, password }) => (user === undefined) === (password === undefined),
    'expected "user" and "password" together'
  )
  .refine(({ user, account }) => !user || !account, 'expected either "account" or "user" and "password"')

export type EmailOptions = z.output<typeof emailOptions>
