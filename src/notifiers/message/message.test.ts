import { describe, expect, it } from 'vitest'
import type { Alert, AlertNotification } from '../../alerts/model.ts'
import { HOSTILE_NOTIFICATION } from '../testing/hostile.ts'
import { FIRING, NOTIFICATIONS, NOW, RESOLVED, scannerOf } from '../testing/samples.ts'
import { dependenciesWithPage, dependenciesOf } from '../testing/dependencies.ts'
import { UNSEEN } from '../testing/unseen.ts'
import { composeMessage } from './compose.ts'
import type { Message } from './message.ts'
import { subjectOf } from './wording.ts'

const message = (notification: AlertNotification, dependencies = dependenciesOf()): Message =>
  composeMessage(notification, dependencies, () => false)
const firing = (more: Partial<Alert>): Message =>
  message({ ...NOTIFICATIONS.fired, firing: [{ ...FIRING, ...more }] })

describe('a subject', () => {
  it.each([
    [
      'fired',
      '[visor] CRITICAL Many server errors on shop.example.org: 7.2 % of 1,204 requests in 1m (limit 5 %'
    ],
    ['more', '[visor] WARNING 13 more: Somebody looks for a way in from 198.51.100.14'],
    [
      'resolved',
      '[visor] resolved after 4 min 12 s: Many server errors on shop.example.org: at worst 11.4 %, now'
    ],
    ['reminder', '[visor] CRITICAL still firing after 5 min: Many server errors'],
    ['test', '[visor] TEST A test of the receiver ops']
  ] as const)('of %s is the verdict', (occasion, subject) => {
    expect(subjectOf(NOTIFICATIONS[occasion]).slice(0, subject.length)).toBe(subject)
  })

  it('is one short line, whatever it contains', () => {
    const subject = subjectOf(HOSTILE_NOTIFICATION)
    expect(subject.length).toBeLessThanOrEqual(180)
    expect(subject).not.toMatch(UNSEEN)
  })
})

describe('a message', () => {
  it('compares what was measured with the limit and what is usual, the longest bar being whole', () => {
    expect(firing({}).detail?.bars).toEqual([
      { name: 'now', text: '7.2 %', tone: 'critical', part: 1 },
      { name: 'limit', text: '5 %', tone: 'neutral', part: expect.closeTo(5 / 7.2) },
      { name: 'usual', text: '0.3 %', tone: 'neutral', part: expect.closeTo(0.3 / 7.2) }
    ])
    expect(message(NOTIFICATIONS.resolved).detail?.bars.map(({ name, tone }) => `${name} ${tone}`)).toEqual([
      'worst critical',
      'now good',
      'limit neutral',
      'usual neutral'
    ])
  })

  it('compares nothing where there is nothing to compare', () => {
    const { value: _, ...unmeasured } = FIRING.evaluation
    const { baseline: __, ...counted } = {
      ...FIRING.evaluation,
      unit: 'count' as const,
      value: 1,
      threshold: 0
    }
    const zero = { ...FIRING.evaluation, value: 0, threshold: 0, baseline: 0 }
    for (const evaluation of [unmeasured, counted, zero])
      expect(firing({ evaluation }).detail?.bars).toEqual([])
  })

  it('has notes on what else is known', () => {
    expect(
      firing({
        acknowledged: { owner: 'bob', comment: '', at: NOW },
        unknown: NOW,
        flapping: true
      }).notes
    ).toEqual([
      'It began 40 s after a restart of the server.',
      'Acknowledged by bob.',
      'No data since 2026-11-25 14:03:20 UTC.',
      'Flapping: it keeps firing and resolving. Notifications are muted until it settles.'
    ])
  })

  it('lists the worst ten and how many more there are', () => {
    const { firing, resolved, heading, notes } = message(NOTIFICATIONS.more)
    expect([firing.items.length, firing.more, resolved.items.length, resolved.more]).toEqual([10, 4, 1, 0])
    expect([heading, notes[0]]).toEqual([
      'Somebody looks for a way in',
      '14 alerts firing, 1 resolved; details are of the worst one.'
    ])
    expect(message(NOTIFICATIONS.digest)).toMatchObject({
      heading: '2 alerts firing, 1 resolved',
      notes: ['Details are of the worst one.', expect.any(String)]
    })
    expect(
      message({ ...NOTIFICATIONS.digest, held: { count: 50, titles: Array.from({ length: 20 }, String) } })
        .held
    ).toMatchObject({
      items: { length: 10 },
      more: 40
    })
  })

  it('has addresses of the page where there is one, and of what still can be done', () => {
    expect(message(NOTIFICATIONS.fired).links).toBeUndefined()
    expect(Object.keys(message(NOTIFICATIONS.fired, dependenciesWithPage()).links ?? {})).toEqual([
      'show',
      'acknowledge',
      'silence'
    ])
    for (const notification of [
      NOTIFICATIONS.resolved,
      NOTIFICATIONS.test,
      { ...NOTIFICATIONS.test, firing: [FIRING] }
    ])
      expect(Object.keys(message(notification, dependenciesWithPage()).links ?? {})).toEqual(['show'])
  })

  it('shows how to block a client while it is there, unless it is ignored', () => {
    const { detail } = composeMessage(
      NOTIFICATIONS.fired,
      dependenciesOf(),
      address => address === '203.0.113.9'
    )
    expect([message(NOTIFICATIONS.fired).detail?.mitigation?.address, detail?.mitigation]).toEqual([
      '203.0.113.9',
      undefined
    ])
    expect(message(NOTIFICATIONS.resolved).detail?.mitigation).toBeUndefined()
  })
})

describe('latency', () => {
  const timing = (more: Partial<AlertNotification>, latencies: readonly number[] = []) =>
    message({ ...NOTIFICATIONS.fired, ...more }, dependenciesOf({ latencies: () => latencies })).timing

  it('is shown step by step, from the line to the message', () => {
    const { steps = [], totals = [] } = timing({}) ?? {}
    expect(steps.map(({ name, elapsed }) => [name, elapsed])).toEqual([
      ['Line written', ''],
      ['Read', '+2.6 ms'],
      ['Counted', '+700 µs'],
      ['Rule fired', '+800 µs'],
      ['Message composed', '+1.4 ms']
    ])
    expect(steps.reduce((sum, { part }) => sum + part, 0)).toBeCloseTo(1)
    expect(totals).toEqual(['5.5 ms from the line to this message.'])
  })

  it('of the last ones is shown by median and 99th percentile', () => {
    expect(timing({}, [9])?.totals[1]).toBe(
      'The last notification was accepted 9 ms after firing (median), 9 ms (p99).'
    )
    const hundred = Array.from({ length: 100 }, (_, i) => 100 - i)
    expect(timing({}, hundred)?.totals[1]).toBe(
      'The last 100 notifications were accepted 50 ms after firing (median), 99 ms (p99).'
    )
  })

  it('is shown without what is not known, and not at all where no line made it fire', () => {
    const { written: _, ...timestamps } = { written: 0, read: NOW - 20, counted: NOW - 19, fired: NOW - 18 }
    expect(timing({ firing: [{ ...FIRING, timestamps }] })?.totals[0]).toMatch(
      / from reading the line to this message\.$/
    )
    const { timestamps: __, ...silent } = FIRING
    expect([
      timing({ firing: [silent] }),
      timing({ occasion: 'reminder' }),
      message(NOTIFICATIONS.resolved).timing
    ]).toEqual([undefined, undefined, undefined])
  })

  it('goes by the alert that fired last, and never back', () => {
    const late = { read: NOW - 3, counted: NOW - 4, fired: NOW - 5 }
    const { steps = [] } =
      timing({ firing: [FIRING, { ...scannerOf('203.0.113.9', 1), timestamps: late }] }) ?? {}
    expect(steps.map(({ elapsed }) => elapsed)).toEqual(['', '+0 ms', '+0 ms', '+0 ms'])
    for (const { from, part } of steps)
      expect([from >= 0, part >= 0, from + part <= 1]).toEqual([true, true, true])
  })

  it('is not shown of what is resolved', () =>
    expect(message({ ...NOTIFICATIONS.resolved, resolved: [RESOLVED] }).timing).toBeUndefined())
})
