import type { Alert } from '../../alerts/model.ts'

/**
 * A query for alerts like these, in the language of silences: their rules, and the labels that all alerts of a rule have
 * in common.
 */
export function silenceQuery(alerts: readonly Alert[]): string {
  const parts = Array.from(
    Map.groupBy(alerts, ({ rule }) => rule),
    ([rule, [first, ...others]]) => {
      const labels = Object.entries(first?.labels ?? {})
      const common = labels.filter(([field, value]) => others.every(other => other.labels[field] === value))
      return [term('rule', rule), ...common.map(([field, value]) => term(field, value))].join(' AND ')
    }
  )
  return parts.length === 1 ? (parts[0] ?? '') : parts.map(part => `(${part})`).join(' OR ')
}

/** Labels are texts of logs; an empty one is as good as none. */
function term(field: string, value: string): string {
  return value === '' ? `NOT ${field}:*` : `${field}:"${value.replaceAll(/["\\]/g, '\\$&')}"`
}
