import { ProtocolError } from '@platformatic/kafka'
import { reasonOf } from '../system/reason.ts'

/** Says what is wrong: who does not answer and why, or what a broker says against `what` was wanted of it. */
export function problemOf(error: unknown, brokers: readonly string[], what: string): string {
  const kafka = `kafka ${brokers.join(',')}`
  return saidBy(error) === undefined ? `${kafka} ${wrongWith(error)}` : `${kafka}, ${what}: ${wrongWith(error)}`
}

/** The same without saying with what. */
export function wrongWith(error: unknown): string {
  const inner = innermost(error)
  if (!(inner instanceof ProtocolError)) return `does not answer: ${reasonOf(inner)}`
  const said: unknown = inner['serverErrorMessage']
  return `${inner['apiId']}: ${typeof said === 'string' ? said : inner.message}`
}

/** The name of what a broker answered, such as UNKNOWN_TOPIC_OR_PARTITION; `undefined` when it is none of Kafka's errors. */
export function saidBy(error: unknown): string | undefined {
  const inner = innermost(error)
  return inner instanceof ProtocolError ? String(inner['apiId']) : undefined
}

/** Whether a broker has said no for good. */
export function isRefusal(error: unknown): boolean {
  const inner = innermost(error)
  return inner instanceof ProtocolError && inner['canRetry'] === false
}

/** The client library wraps an error in the requests and the tries that failed for it; the last try tells most. */
export function innermost(error: unknown): unknown {
  const inner: unknown =
    error instanceof AggregateError ? error.errors.at(-1) : error instanceof Error ? error.cause : undefined
  return inner === undefined ? error : innermost(inner)
}
