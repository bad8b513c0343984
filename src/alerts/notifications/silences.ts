import { VisorError } from '../../core/errors.ts'
import type { Millis } from '../../core/time.ts'
import { fieldInfo } from '../../derived/index.ts'
import { parseQuery, predicateOf, type Query } from '../../query/index.ts'
import type { Alert, Silence } from '../model.ts'
import type { CompiledSilence, Suppression, SuppressionContext } from './suppression.ts'

/** Stage: an alert is suppressed while a silence matches it. */
export function silences(found: Suppression, alert: Alert, context: SuppressionContext): Suppression {
  const silence = silenceOf(context.silences, alert, context.now)
  return silence ? { ...found, by: 'silenced', silence } : found
}

/** The silence that matches an alert; of several, the one that ends last. */
export function silenceOf(all: readonly CompiledSilence[], alert: Alert, now: Millis): Silence | undefined {
  return all
    .filter(({ silence, matches }) => isActive(silence, now) && matches(alert))
    .map(({ silence }) => silence)
    .toSorted((a, b) => b.ends - a.ends)[0]
}

export function isActive({ created, ends }: Silence, now: Millis): boolean {
  return created <= now && now < ends
}

/** One whose query cannot be read matches nothing. */
export function compiledSilences(list: readonly Silence[]): CompiledSilence[] {
  return list.map(silence => ({ silence, matches: compiled(silence.query) }))
}

function compiled(query: string): (alert: Alert) => boolean {
  try {
    return alertPredicate(parseAlertQuery(query))
  } catch (error) {
    if (error instanceof VisorError) return () => false
    throw error
  }
}

/** What alerts have besides the labels that their rules give them. */
const NAMES = ['rule', 'severity']

/**
 * Reads a query over alerts: `rule`, `severity`, and the fields that are labels.
 * @throws VisorError QUERY with a caret under the character at fault
 */
export function parseAlertQuery(text: string): Query {
  return parseQuery(text, NAMES)
}

/** Whether an alert passes a query over alerts. */
export function alertPredicate(query: Query): (alert: Alert) => boolean {
  return predicateOf(query, {
    value: (alert, field) =>
      field === 'rule' || field === 'severity' ? alert[field] : labelOf(alert, field),
    texts: ({ rule, title, labels }) => [rule, title, ...Object.values(labels)]
  })
}

/** A label as lines have that field: a number where it is one, nothing where it is empty. */
function labelOf({ labels }: Alert, field: string): string | number | undefined {
  const label = labels[field]
  if (label === undefined || label === '') return undefined
  return fieldInfo(field)?.type === 'number' ? Number(label) : label
}
