import { ProtocolError } from '@platformatic/kafka'
import { reasonOf } from '../reason.ts'
import type { KafkaSinkOptions } from './options.ts'

/** Says what is wrong: who does not answer and why, or what a broker says against a topic. */
export function problemOf(error: unknown, { brokers, topic }: KafkaSinkOptions): string {
  const kafka = `kafka ${brokers.join(',')}`
  const inner = innermost(error)
  if (inner instanceof ProtocolError) {
    const said: unknown = inner['serverErrorMessage']
    return `${kafka}, topic ${topic}: ${inner['apiId']}: ${typeof said === 'string' ? said : inner.message}`
  }
  if (inner instanceof Error && inner.message.startsWith('Unknown topic'))
    return `${kafka} has no topic ${topic}, and creates none`
  return `${kafka} does not answer: ${reasonOf(inner)}`
}

/** Whether a broker has said no for good. */
export function isRefusal(error: unknown): boolean {
  const inner = innermost(error)
  return inner instanceof ProtocolError && inner['canRetry'] === false
}

/** The client library wraps an error in the requests and the tries that failed for it; the last try tells most. */
function innermost(error: unknown): unknown {
  const inner: unknown =
    error instanceof AggregateError ? error.errors.at(-1) : error instanceof Error ? error.cause : undefined
  return inner === undefined ? error : innermost(inner)
}
