import { describe, expect, it } from 'vitest'
import { keyOf, type SignalDelta } from '../../core/signal.ts'
import { played, notificationTexts, type Scenario } from '../testing/play.ts'
import { Run, START, notificationText } from '../testing/run.ts'
import { QUIET, SCENARIOS } from '../testing/scenarios.ts'

/** One line of the first key in the second at START, two of the second, and so on. */
function countOf(metric: string, ...keys: readonly string[]): SignalDelta {
  const counts = Float64Array.from(keys, (_, i) => i + 1)
  const none = { sums: new Float64Array(keys.length), otherCount: 0, otherSum: 0, sketch: undefined }
  return {
    rows: [{ window: START * 1000, source: 'web', metric, keys, counts, ...none }],
    lines: [],
    read: 0,
    counted: 0
  }
}

describe('who is notified of what when', () => {
  it.each(SCENARIOS)('%s', (_, scenario, expected) => expect(notificationTexts(scenario)).toEqual(expected))
})

describe('what a notification says', () => {
  const titles = (scenario: Scenario): string[] => played(scenario).notifications.map(({ title }) => title)

  it('the verdict in its title', () => {
    expect(
      titles({
        rules: { r: { title: 'Server errors', repeatInterval: '100s' } },
        lines: { a: [[0, 300]], b: [[10, 300]], c: [[10, 20]] },
        silences: [['client:*', 200, 20]],
        until: 310
      })
    ).toEqual([
      'Server errors from a: 1 request in 1s (limit 0)',
      '1 more, 2 in all: Server errors from b: 1 request in 1s (limit 0)',
      'still firing after 2 min 41 s: Server errors from a and 1 more: 1 request in 1s (limit 0)',
      'silence over, still firing: Server errors from a and 1 more: 1 request in 1s (limit 0)',
      'resolved after 5 min 3 s: Server errors from a and 1 more: at worst 1, now 0 requests in 1s (limit 0, usual 0.99)'
    ])
  })

  it('that it flaps', () => {
    const lines = {
      a: [
        [0, 2],
        [10, 12],
        [20, 22]
      ]
    } as const
    expect(titles({ lines, until: 30 }).at(-1)).toBe(
      'flapping, notified again once it has settled: resolved after 5 s: R from a: at worst 1, now 0 requests in 1s (limit 0)'
    )
  })

  it('how much was held back', () => {
    const receivers = { ops: { muteTimes: QUIET } }
    const [one] = played({ receivers, lines: { a: [[310, 700]], b: [[310, 320]] }, until: 610 }).notifications
    expect(one).toMatchObject({
      title: '1 held back, still firing: R from a: 1 request in 1s (limit 0)',
      held: { count: 1, titles: ['R from a and 1 more: 1 request in 1s (limit 0)'] }
    })
  })

  it('no more of a label than fits, nor of what it is empty', () => {
    const long = `/${'x'.repeat(500)}`
    const run = new Run({ rules: { r: { by: ['path', 'vhost', 'user'] } } })
    run.take(countOf('r', keyOf([long, '', 'joe'])), START + 100)
    expect(run.notifications[0]?.title).toBe(
      `R at /${'x'.repeat(78)}… (no vhost) (joe): 1 request in 1s (limit 0)`
    )
  })

  it('all alerts, the worst first, with the evidence of the first', () => {
    const run = new Run({ rules: { r: {} } })
    const keys = Array.from({ length: 130 }, (_, i) => keyOf([`c${i}`]))
    run.take(countOf('r', ...keys), START + 100)
    const [one] = run.notifications
    expect([one?.firing.length, one?.firing[0]?.labels, one?.title]).toEqual([
      100,
      { client: 'c129' },
      'R from c129 and 129 more: 130 requests in 1s (limit 0)'
    ])
  })
})

describe('notifications of one trouble', () => {
  const scenario: Scenario = { lines: { a: [[0, 100]], b: [[10, 100]], c: [[150, 160]] }, until: 200 }
  const { notifications } = played(scenario)

  it('are a thread, each with an id that is always the same', () => {
    expect(notifications.map(notificationText)).toEqual([
      '0 ops fired a',
      '60 ops more a,b',
      '106 ops resolved over a,b',
      '150 ops fired c',
      '166 ops resolved over c'
    ])
    const [first, more, over, second, end] = notifications
    expect([more?.thread, over?.thread]).toEqual([first?.id, first?.id])
    expect([second?.thread, end?.thread]).toEqual([second?.id, second?.id])
    expect(new Set(notifications.map(({ id }) => id)).size).toBe(5)
    expect(played(scenario).notifications.map(({ id }) => id)).toEqual(notifications.map(({ id }) => id))
    expect(first?.id).toMatch(/^[0-9a-f]{12}$/)
  })

  it('go on in the thread of what was about it first, though that was held back', () => {
    const receivers = { ops: { muteTimes: QUIET } }
    const [digest, over] = played({ receivers, lines: { a: [[310, 700]] }, until: 710 }).notifications
    expect([digest?.occasion, over?.occasion, over?.thread]).toEqual(['digest', 'resolved', digest?.id])
  })
})
