import { expect, it } from 'vitest'
import { openState } from './store.ts'
import { testAlert, testChanges } from './testing/samples.ts'

it('what is over is told in other words, all else as it was', () => {
  const state = openState(undefined)
  const line = {
    signal: 'x',
    key: '["192.0.2.1"]',
    source: 'web',
    kind: 'access',
    time: 1,
    text: '192.0.2.1 - -'
  } as const
  const alert = (id: string, resolved?: number) =>
    testAlert(id, {
      phase: resolved === undefined ? 'firing' : 'resolved',
      ...(resolved !== undefined && { resolved }),
      key: '["192.0.2.1"]',
      labels: { client: '192.0.2.1' },
      evidence: {
        lines: [line],
        shares: [{ field: 'client', value: '192.0.2.1', now: 1, before: 0, count: 3 }],
        errors: []
      }
    })
  const all = [alert('over-192.0.2.1', 1000), alert('lately', 5000), alert('now')]
  state.commit(
    testChanges({
      alerts: all,
      transitions: [1000, 5000].map(at => ({
        at,
        alert: 'a',
        rule: 'r',
        key: '192.0.2.1',
        what: 'fired',
        summary: 'of 192.0.2.1'
      }))
    })
  )
  const hide = (text: string): string => text.replaceAll('192.0.2.1', '192.0.2.0/24')
  expect(state.rewriteTexts(2000, hide)).toBe(2)
  expect(state.rewriteTexts(2000, hide)).toBe(0)
  const told = state.alerts({ limit: 10 })
  const changed = { ...JSON.parse(hide(JSON.stringify(all[0]))), id: 'over-192.0.2.1' }
  for (const one of [changed, all[1], all[2]]) expect(told).toContainEqual(one)
  expect(state.transitions({ limit: 10 }).map(({ at, key, summary }) => [at, key, summary])).toEqual([
    [5000, '192.0.2.1', 'of 192.0.2.1'],
    [1000, '192.0.2.0/24', 'of 192.0.2.0/24']
  ])
  state.close()
})
