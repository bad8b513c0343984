import { expect, it } from 'vitest'
import { openState } from '../../state/index.ts'
import { testNotification, testRecord } from '../../state/testing/samples.ts'
import { runsWithDeliveries } from './runs.ts'

it.each([
  [['unwanted', 'unwanted'], 'unwanted'],
  [['unwanted', 'sent'], 'sent'],
  [['unwanted', undefined], 'sent'],
  [[], 'sent']
] as const)('a run whose deliveries are %j is %s', (deliveries, expected) => {
  const state = openState(undefined)
  const notifications = deliveries.map((_, i) => testNotification(`n${i}`, { receiver: `r${i}` }))
  const sent = notifications.map(({ id, receiver }) => ({ id, receiver }))
  const run = {
    id: 'a',
    schedule: 's',
    due: 1,
    at: 1,
    zone: 'UTC',
    state: 'sent',
    notifications: sent
  } as const
  state.commitReports({ runs: [{ run, document: undefined, expires: 10 }], notifications })
  deliveries.forEach((is, i) => {
    if (is) state.tried(testRecord(`n${i}`, { receiver: `r${i}`, state: is, summary: 'a has unsubscribed' }))
  })
  const [shown] = runsWithDeliveries(state, state.reports({ limit: 1 }))
  expect([shown?.state, shown?.readable]).toEqual([expected, true])
  expect(shown?.deliveries.map(({ state }) => state)).toEqual(deliveries.map(is => is ?? 'waiting'))
  state.close()
})
