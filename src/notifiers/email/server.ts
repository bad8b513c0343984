import { readFileSync, statSync } from 'node:fs'
import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection'
import * as z from 'zod'
import { addressText, isLoopback } from '../../core/address.ts'
import { VisorError } from '../../core/errors.ts'
import { HOUR_MS, SECOND_MS } from '../../core/time.ts'
import { reasonOf } from '../../system/reason.ts'
import type { MailAddresses } from '../mail/print.ts'
import { asciiAddress, type EmailOptions } from './options.ts'

/** A mail server, and how to connect to it. */
export interface SmtpServer {
  /** `smtp HOST:PORT`. */
  readonly name: string
  readonly login?: { readonly user: string; readonly pass: string }
  readonly connection: SMTPConnectionOptions
}

/**
 * The server and the addresses of a receiver's options. `ehlo` is the name of this machine.
 * @throws VisorError NOTIFIER when they can never work
 */
export function smtpServerOf(
  options: EmailOptions,
  ehlo: string
): { readonly server: SmtpServer; readonly addresses: MailAddresses } {
  const account = options.account === undefined ? undefined : readAccount(options.account)
  const address = account && (asciiAddress(account.address) ?? notAnAddress(account.address))
  const login = account
    ? { user: account.address, pass: account.password }
    : options.user !== undefined && options.password !== undefined
      ? { user: options.user, pass: options.password }
      : undefined
  const host = options.host ?? (address === undefined ? 'localhost' : `smtp.${address.replace(/^.*@/, '')}`)
  const security = securityOf(options, host, login !== undefined)
  const port = options.port ?? (security === 'tls' ? 465 : login ? 587 : 25)
  const { ca } = options
  const connection: SMTPConnectionOptions = {
    host,
    port,
    name: ehlo,
    secure: security === 'tls',
    requireTLS: security === 'starttls',
    ignoreTLS: security === 'none',
    tls: ca === undefined ? {} : { ca },
    // Whoever waits for an answer closes it before; one that is idle is meant to stay.
    socketTimeout: HOUR_MS,
    connectionTimeout: options.timeout,
    greetingTimeout: options.timeout,
    socketCloseTimeout: SECOND_MS
  }
  return {
    server: { name: `smtp ${addressText({ host, port })}`, ...(login && { login }), connection },
    addresses: {
      from: options.from ?? address ?? `visor@${asciiAddress(`visor@${ehlo}`) ? ehlo : 'localhost'}`,
      to: options.to ?? (address === undefined ? [] : [address]),
      cc: options.cc ?? [],
      answered: (options.from ?? address) !== undefined
    }
  }
}

function notAnAddress(text: string): never {
  throw new VisorError('NOTIFIER', `${text} in the account file is no mail address`)
}

/** STARTTLS where it is `offered` alone would send a password to whoever is in between. */
function securityOf(
  { secure, port }: EmailOptions,
  host: string,
  login: boolean
): 'tls' | 'starttls' | 'none' | 'offered' {
  if (secure === 'none' && login && !isLoopback(host))
    throw new VisorError(
      'NOTIFIER',
      `a password is not sent to ${host} over a connection that is not encrypted: "secure" should be "starttls" or "tls"`
    )
  if (secure) return secure
  if (port === 465) return 'tls'
  if (isLoopback(host)) return 'none'
  return login ? 'starttls' : 'offered'
}

const accountFile = z.looseObject({
  email: z.looseObject({ address: z.string().min(1), password: z.string().min(1) })
})

/**
 * Reads a private file with a login, as the first Visor had it: `{"email": {"address": "…", "password": "…"}}`.
 * @throws VisorError NOTIFIER where it cannot be read, others can read it too, or it holds something else
 */
function readAccount(path: string): z.output<typeof accountFile>['email'] {
  const { mode, text } = contentOf(path)
  if ((mode & 0o077) !== 0)
    throw new VisorError(
      'NOTIFIER',
      `the account file ${path} has mode ${(mode & 0o777).toString(8)}, others can read the password: chmod 600 ${path}`
    )
  const { data } = accountFile.safeParse(parsed(text))
  if (data) return data.email
  throw new VisorError(
    'NOTIFIER',
    `the account file ${path} should hold {"email": {"address": "…", "password": "…"}}`
  )
}

function contentOf(path: string): { mode: number; text: string } {
  try {
    return { mode: statSync(path).mode, text: readFileSync(path, 'utf8') }
  } catch (error) {
    throw new VisorError('NOTIFIER', `cannot read the account file ${path}: ${reasonOf(error)}`, {
      cause: error
    })
  }
}

/** No error quotes the text: it may be the password. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
