import { innermost, problemOf } from '../../kafka/problem.ts'
import type { KafkaSinkOptions } from './options.ts'

/** Says what is wrong: who does not answer and why, or what a broker says against a topic. */
export function problemWith(error: unknown, { brokers, topic }: KafkaSinkOptions): string {
  const inner = innermost(error)
  if (inner instanceof Error && inner.message.startsWith('Unknown topic'))
    return `kafka ${brokers.join(',')} has no topic ${topic}, and creates none`
  return problemOf(inner, brokers, `topic ${topic}`)
}
