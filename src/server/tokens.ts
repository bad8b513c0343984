import { createHmac, timingSafeEqual } from 'node:crypto'

/** Values in addresses that nobody but this Visor can make. */
export interface Tokens {
  /** A value of JSON as a token: safe in addresses, and the same for the same value. */
  sign(value: unknown): string
  /** The value of a token that this Visor has signed with the same secret; `undefined` for any other. */
  read(token: string): unknown
}

/** Tokens signed by HMAC-SHA256 (RFC 2104). What is signed with a secret is for one purpose. */
export function signedTokens(secret: Buffer): Tokens {
  const withSignature = (payload: string): string =>
    `${payload}.${createHmac('sha256', secret).update(payload).digest('base64url')}`
  return {
    sign: value => withSignature(Buffer.from(JSON.stringify(value)).toString('base64url')),
    read(token) {
      const [payload = ''] = token.split('.', 1)
      const [given, own] = [Buffer.from(token), Buffer.from(withSignature(payload))]
      if (given.length !== own.length || !timingSafeEqual(given, own)) return undefined
      return JSON.parse(Buffer.from(payload, 'base64url').toString())
    }
  }
}
