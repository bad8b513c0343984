import { VisorError } from '../../core/errors.ts'
import { fieldInfo } from '../../core/fields.ts'
import { parseQuery, predicateOf, type Query } from '../../query/index.ts'
import type { Alert, Silence } from '../model.ts'

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

interface Compiled {
  readonly silence: Silence
  readonly finds: (alert: Alert) => boolean
}

/** The silences that there are; one whose query cannot be read finds nothing. */
export class Silences {
  #all: readonly Compiled[] = []

  constructor(list: readonly Silence[]) {
    this.set(list)
  }

  set(list: readonly Silence[]): void {
    const known = new Map(this.#all.map(one => [`${one.silence.id} ${one.silence.query}`, one.finds]))
    this.#all = list.map(silence => ({
      silence,
      finds: known.get(`${silence.id} ${silence.query}`) ?? compiled(silence.query)
    }))
  }

  /** Those that last at a moment. */
  lasting(now: number): readonly Silence[] {
    return this.#all.map(({ silence }) => silence).filter(silence => lasts(silence, now))
  }

  /** Whether a silence finds an alert. */
  finds({ id }: Silence, alert: Alert): boolean {
    return this.#all.some(({ silence, finds }) => silence.id === id && finds(alert))
  }

  /** The one that finds an alert and ends last. */
  of(alert: Alert, now: number): Silence | undefined {
    return this.#all
      .filter(({ silence, finds }) => lasts(silence, now) && finds(alert))
      .map(({ silence }) => silence)
      .toSorted((a, b) => b.ends - a.ends)[0]
  }
}

function lasts({ created, ends }: Silence, now: number): boolean {
  return created <= now && now < ends
}

function compiled(query: string): (alert: Alert) => boolean {
  try {
    return alertPredicate(parseAlertQuery(query))
  } catch (error) {
    if (error instanceof VisorError) return () => false
    throw error
  }
}
