import { fieldOf, filterQuery, type Metric } from './metric.ts'

/** What an input cannot hold, or a reader cannot see. */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/u

/** Words that need no quotes. */
const PLAIN = /^\/?[A-Za-z0-9_][\w.-]*(\/[\w.-]+)*$/
const OPERATOR = /^(AND|OR|NOT|TO)$/

/**
 * The query for lines whose field is just that value, `null` for lines that do not have it: `path:/cart`,
 * `agent:"curl 8"`, `NOT client:*`. A character that cannot be seen is asked for as any one character.
 */
export function valueQuery(field: string, value: string | number | boolean | null): string {
  if (value === null) return `NOT ${field}:*`
  const text = String(value)
  if (PLAIN.test(text) && !OPERATOR.test(text)) return `${field}:${text}`
  if (!UNSEEN.test(text)) return `${field}:"${text.replaceAll(/["\\]/g, '\\$&')}"`
  const pattern = text.replaceAll(/[^\w.]/gu, found => (UNSEEN.test(found) ? '?' : `\\${found}`))
  return `${field}:${pattern}`
}

/** A query for those lines of another that also pass a term. */
export function narrowed(query: string, term: string): string {
  if (query.trim() === '') return term
  return /\bOR\b|\|\|/.test(query) ? `(${query}) AND ${term}` : `${query} AND ${term}`
}

/** The query for the lines that a key of a metric counts. */
export function keyQuery(metric: Pick<Metric, 'field' | 'key' | 'filter'>, key: string): string {
  const filter = filterQuery(metric)
  const query = valueQuery(fieldOf(metric), key)
  return filter === undefined ? query : `${query} AND ${filter}`
}

/**
 * A query for alerts like these, in the language of silences: their rules, and the labels that all alerts of a rule have
 * in common. Labels are texts of logs; an empty one is as good as none.
 */
export function silenceQuery(
  alerts: readonly { readonly rule: string; readonly labels: Readonly<Record<string, string>> }[]
): string {
  const parts = Array.from(
    Map.groupBy(alerts, ({ rule }) => rule),
    ([rule, [first, ...others]]) => {
      const labels = Object.entries(first?.labels ?? {})
      const common = labels.filter(([field, value]) => others.every(other => other.labels[field] === value))
      return [['rule', rule] as const, ...common]
        .map(([field, value]) => valueQuery(field, value || null))
        .join(' AND ')
    }
  )
  return parts.length === 1 ? (parts[0] ?? '') : parts.map(part => `(${part})`).join(' OR ')
}
