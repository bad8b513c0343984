import type { SMTPConnectionOptions } from 'nodemailer/lib/smtp-connection'
import { addressText } from '../../core/address.ts'
import { VisorError } from '../../core/errors.ts'
import type { Correspondents } from '../mail/mime.ts'
import { readAccount } from './account.ts'
import { asciiAddress, isLoopback } from './address.ts'
import type { EmailOptions } from './options.ts'

/** A mail server, and how to talk to it. */
export interface Server {
  /** `smtp HOST:PORT`. */
  readonly name: string
  readonly login?: { readonly user: string; readonly pass: string }
  readonly connection: SMTPConnectionOptions
}

/**
 * What a receiver's options come to. `ehlo` is the name of this machine.
 * @throws VisorError NOTIFIER when they can never work
 */
export function settle(
  options: EmailOptions,
  ehlo: string
): Server & { readonly correspondents: Correspondents } {
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
  return {
    name: `smtp ${addressText({ host, port })}`,
    ...(login && { login }),
    connection: {
      host,
      port,
      name: ehlo,
      secure: security === 'tls',
      requireTLS: security === 'starttls',
      ignoreTLS: security === 'none',
      tls: ca === undefined ? {} : { ca },
      // It is closed before by whoever waits for an answer; one that rests is meant to stay.
      socketTimeout: 3600_000,
      connectionTimeout: options.timeout,
      greetingTimeout: options.timeout,
      socketCloseTimeout: 1000
    },
    correspondents: {
      from: options.from ?? address ?? `visor@${asciiAddress(`visor@${ehlo}`) ? ehlo : 'localhost'}`,
      to: options.to ?? (address === undefined ? [] : [address]),
      cc: options.cc ?? []
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
