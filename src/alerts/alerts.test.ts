import { describe, expect, it } from 'vitest'
import { Alerts } from './alerts.ts'
import { evaluation as step } from './life.ts'
import type { Alert } from './model.ts'
import { rulesFrom } from './testing/run.ts'

const [rule] = rulesFrom({ r: {} })
const rules = new Map(rule && [[rule.name, rule]])

/** An alert as it was when it was last bad, so many seconds after it began. */
function alertOf(key: string, seconds = 0, value = 1): Alert {
  if (!rule) throw new Error('no rule')
  const evaluation = {
    state: 'bad',
    value,
    threshold: 0,
    unit: 'count',
    samples: 0,
    summary: `${value}`
  } as const
  const { alert } = step(undefined, { rule, key: `["${key}"]`, evaluation, at: 0 })
  const later = step(alert, { rule, key, evaluation, at: seconds * 1000 }).alert
  if (!later) throw new Error('no alert')
  return later
}

describe('alerts that are not over', () => {
  it('are written when they begin and change, in small pieces with each line, as a whole now and then', () => {
    const alerts = new Alerts(rules, { alerts: [], groups: [] })
    const first = alertOf('a')
    alerts.put(first)
    expect(alerts.changes(0)).toEqual({ alerts: [first], dropped: [], groups: [] })

    alerts.put(alertOf('a', 5, 7))
    const { bad, worst, evaluation } = alertOf('a', 5, 7)
    const drift = { id: `drift ${first.id}`, data: { bad, worst, evaluation } }
    expect(alerts.changes(1000)).toEqual({ alerts: [], dropped: [], groups: [drift] })
    expect(alerts.changes(1900)).toEqual({ alerts: [], dropped: [], groups: [] })
    expect(alerts.changes(2000).alerts).toEqual([alertOf('a', 5, 7)])
    expect(alerts.changes(20_000).alerts).toEqual([])

    alerts.put(alertOf('a', 5, 7))
    expect(alerts.changes(30_000)).toEqual({ alerts: [], dropped: [], groups: [] })

    const again = new Alerts(rules, { alerts: [first], groups: [drift] })
    expect(again.all()).toEqual([alertOf('a', 5, 7)])
  })

  it('are not all written in one step', () => {
    const alerts = new Alerts(rules, { alerts: [], groups: [] })
    const names = Array.from({ length: 50 }, (_, i) => `c${i}`)
    for (const name of names) alerts.put(alertOf(name))
    alerts.changes(0)
    for (const name of names) alerts.put(alertOf(name, 5, 2))
    expect([20_000, 21_000, 22_000, 23_000].map(now => alerts.changes(now).alerts.length)).toEqual([
      20, 20, 10, 0
    ])
  })

  it('leave nothing behind', () => {
    const alerts = new Alerts(rules, { alerts: [alertOf('a')], groups: [] })
    alerts.put({ ...alertOf('a'), phase: 'resolved', resolved: 9 })
    const { alerts: written, groups } = alerts.changes(0)
    expect(written).toMatchObject([{ phase: 'resolved' }])
    expect(groups).toEqual([{ id: `drift ${alertOf('a').id}`, data: undefined }])
    expect([alerts.all(), alerts.groups(), alerts.inGroup('["r"]')]).toEqual([[], [], []])
  })

  it('go on without what is damaged', () => {
    const groups = [
      { id: `drift ${alertOf('a').id}`, data: { bad: 'x' } },
      { id: 'past ["r","[\\"a\\"]"]', data: 7 }
    ]
    const alerts = new Alerts(rules, { alerts: [alertOf('a')], groups })
    expect([alerts.all(), alerts.pasts()]).toEqual([[alertOf('a')], []])
  })
})
