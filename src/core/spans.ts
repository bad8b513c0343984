import type { Micros } from './time.ts'

/** When a key was first and last seen. */
export interface TimeSpan {
  readonly first: Micros
  readonly last: Micros
}

/** The spans of keys, by metric. */
export type Spans = Map<string, Map<string, TimeSpan>>

/** Adds spans to others: associative and commutative, as the merging of counts is. */
export function mergeSpans(into: Spans, more: Spans): void {
  for (const [metric, spans] of more) for (const [key, span] of spans) addSpan(into, metric, key, span)
}

export function addSpan(into: Spans, metric: string, key: string, { first, last }: TimeSpan): void {
  let spans = into.get(metric)
  if (!spans) into.set(metric, (spans = new Map()))
  const known = spans.get(key)
  spans.set(
    key,
    known ? { first: Math.min(known.first, first), last: Math.max(known.last, last) } : { first, last }
  )
}
