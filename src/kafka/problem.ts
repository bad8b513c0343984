import { ProtocolError } from '@platformatic/kafka'
import { reasonOf } from '../system/reason.ts'

/** What is wrong: who does not answer and why, or what error a broker gives for `what` was wanted of it. */
export function problemOf(error: unknown, brokers: readonly string[], what: string): string {
  const kafka = `kafka ${brokers.join(',')}`
  return errorNameOf(error) === undefined
    ? `${kafka} ${wrongWith(error)}`
    : `${kafka}, ${what}: ${wrongWith(error)}`
}

/** The same without naming with what. */
export function wrongWith(error: unknown): string {
  const inner = innermost(error)
  if (!(inner instanceof ProtocolError)) return hintFor(inner) ?? `does not answer: ${reasonOf(inner)}`
  const message: unknown = inner['serverErrorMessage']
  const text = `${inner['apiId']}: ${(typeof message === 'string' ? message : inner.message).replace(/\.$/, '')}`
  return inner['apiId'] === 'SASL_AUTHENTICATION_FAILED' ? `does not let this user in (${text})` : text
}

/** What connections come to that are not made as the brokers want them. */
const HINTS: readonly (readonly [RegExp, string])[] = [
  [/^Broker requires TLS/, 'wants TLS; "tls" is to be set'],
  [/before secure TLS connection|wrong version number/i, 'does not speak TLS there; "tls" is to be left out'],
  [/certificate|altname/i, 'shows a certificate that is not trusted; "ca" in "tls" names whom to trust'],
  [/^Connection closed$/, 'has closed the connection; it may be down, or want TLS, a certificate or a login']
]

function hintFor(error: unknown): string | undefined {
  return error instanceof Error ? HINTS.find(([pattern]) => pattern.test(error.message))?.[1] : undefined
}

/** The name of the error that a broker gave, such as UNKNOWN_TOPIC_OR_PARTITION; `undefined` when it is none of Kafka's errors. */
export function errorNameOf(error: unknown): string | undefined {
  const inner = innermost(error)
  return inner instanceof ProtocolError ? String(inner['apiId']) : undefined
}

/** Whether a broker has refused for good. */
export function isRefusal(error: unknown): boolean {
  const inner = innermost(error)
  return inner instanceof ProtocolError && inner['canRetry'] === false
}

/** The client library wraps an error in the requests and the tries that failed for it; the last try shows most. */
export function innermost(error: unknown): unknown {
  const inner: unknown =
    error instanceof AggregateError ? error.errors.at(-1) : error instanceof Error ? error.cause : undefined
  return inner === undefined ? error : innermost(inner)
}
