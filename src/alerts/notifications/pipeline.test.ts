import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_EVIDENCE } from '../life.ts'
import { SEVERITIES, type Alert } from '../model.ts'
import { receiversFrom, rulesFrom } from '../testing/run.ts'
import type { Flow } from './flow.ts'
import { notified, PIPELINE } from './pipeline.ts'
import { NEW_RECEIVER } from './receiver.ts'
import { NEW_THREAD } from './thread.ts'

it('the documentation names the stages in the order in which they act', () => {
  const { evaluation, suppression, notification, delivery } = PIPELINE
  const stages = [evaluation, ...suppression, ...notification, ...delivery].map(({ name }) => name)
  const text = readFileSync(new URL('../../../docs/alerts.md', import.meta.url), 'utf8')
  const table = text.slice(text.indexOf('| stage |'), text.indexOf('Notifications of one group keep'))
  expect(Array.from(table.matchAll(/^\| `(\w+)` \|/gm), ([, name]) => name)).toEqual(stages)
})

const [rule] = rulesFrom({ r: { repeatInterval: '10s' } })
const [receiver] = receiversFrom({ ops: { minSeverity: 'warning', rateLimit: { count: 2, per: '1m' } } })

const alert = fc
  .record({
    id: fc.constantFrom('a', 'b', 'c'),
    severity: fc.constantFrom(...SEVERITIES),
    flapping: fc.boolean(),
    acknowledged: fc.option(fc.constant({ owner: 'eve', comment: '', at: 0 }), { nil: undefined })
  })
  .map(({ acknowledged, ...some }): Alert => ({
    rule: 'r',
    title: 'R',
    key: some.id,
    labels: {},
    phase: 'firing',
    since: 0,
    bad: 0,
    evaluation: { state: 'bad', threshold: 0, unit: 'count', samples: 0, summary: '' },
    evidence: NO_EVIDENCE,
    ...(acknowledged && { acknowledged }),
    ...some
  }))

const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'))
const flow: fc.Arbitrary<Flow> = fc
  .record({
    alerts: fc.uniqueArray(
      fc.record({ alert, suppressed: fc.constantFrom(undefined, 'silenced' as const, 'inhibited' as const) }),
      { selector: one => one.alert.id }
    ),
    known: ids,
    resolved: fc.uniqueArray(alert, { selector: one => one.id }),
    sent: fc.array(fc.nat(100_000), { maxLength: 3 }),
    now: fc.nat(100_000),
    unsilenced: ids
  })
  .filter(() => rule !== undefined && receiver !== undefined)
  .map(({ alerts, known, resolved, sent, now, unsilenced }): Flow => {
    const thread = { ...NEW_THREAD, notified: known, resolved, repeatAt: 50_000, notBefore: 20_000 }
    const state = { ...NEW_RECEIVER, sent }
    const parts = { group: 'g', rule, receiver: receiver!, unsilenced: new Set(unsilenced) }
    return { ...parts, now, alerts, before: thread, thread, state, news: [], held: false }
  })

describe('the stages of notifications', () => {
  it('are pure: they change nothing that they are given, and give the same for the same', () => {
    fc.assert(
      fc.property(flow, flow => {
        const before = structuredClone(flow)
        const [first, second] = [notified(flow), notified(flow)]
        expect(flow).toEqual(before)
        expect(first).toEqual(second)
      })
    )
  })

  it('notify of nothing that is suppressed or below the severity, and of nothing beyond the rate limit', () => {
    fc.assert(
      fc.property(flow, flow => {
        const { notification, state } = notified(flow)
        const suppressed = new Set(
          flow.alerts.filter(one => one.suppressed || one.alert.severity === 'info').map(one => one.alert.id)
        )
        expect(notification?.firing.filter(({ id }) => suppressed.has(id)) ?? []).toEqual([])
        const recent = flow.state.sent.filter(at => at > flow.now - 60_000).length
        if (recent >= 2) expect(notification).toBeUndefined()
        else if (notification) expect(state.sent).toHaveLength(recent + 1)
      })
    )
  })

  it('know of an alert exactly what the receiver was sent or is held back', () => {
    fc.assert(
      fc.property(flow, flow => {
        const { news, thread, notification, state } = notified(flow)
        const held = Object.values(state.held).flatMap(({ alerts }) => alerts.map(({ id }) => id))
        const sent = notification?.firing.map(({ id }) => id) ?? []
        const added = thread.notified.filter(id => !flow.thread.notified.includes(id))
        expect(added.toSorted()).toEqual(
          news
            .map(({ id }) => id)
            .filter(id => sent.includes(id) || held.includes(id))
            .toSorted()
        )
      })
    )
  })
})
