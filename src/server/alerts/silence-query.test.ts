import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { guessing, sampleAlert } from '../../../test/page/sample-alerts.ts'
import type { Alert } from '../../alerts/model.ts'
import { alertPredicate, parseAlertQuery } from '../../alerts/notifications/silences.ts'
import { silenceQuery } from '../../core/value-query.ts'

const NOW = Date.UTC(2026, 10, 22, 21, 47)

const finds = (query: string, alert: Alert): boolean => alertPredicate(parseAlertQuery(query))(alert)

describe('query of a silence', () => {
  const [one, two] = [guessing(NOW, '198.51.100.7'), guessing(NOW, '198.51.100.8')]

  it('finds one alert of a rule, and no other', () => {
    const query = silenceQuery([one])
    expect(query).toBe('rule:password-guessing AND client:198.51.100.7')
    expect([one, two, sampleAlert(NOW)].map(alert => finds(query, alert))).toEqual([true, false, false])
  })

  it('finds all of a rule that have in common what these have', () => {
    const query = silenceQuery([one, two])
    expect(query).toBe('rule:password-guessing')
    const both = silenceQuery([one, two, sampleAlert(NOW)])
    expect([one, two, sampleAlert(NOW)].map(alert => finds(both, alert))).toEqual([true, true, true])
    expect(finds(both, sampleAlert(NOW, { labels: { vhost: 'other.example.com' } }))).toBe(false)
  })

  it('finds its alert whatever its labels hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (path, agent) => {
        const alert = sampleAlert(NOW, { labels: { path, agent } })
        const other = sampleAlert(NOW, { labels: { path: `${path}x`, agent } })
        const query = silenceQuery([alert])
        expect(finds(query, alert)).toBe(true)
        expect(finds(query, other)).toBe(false)
      }),
      { seed: 12, numRuns: 500 }
    )
  })
})
