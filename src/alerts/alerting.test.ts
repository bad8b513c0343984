import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keyOf, type SignalDelta } from '../core/signal.ts'
import { HEALTHY } from './health.ts'
import { played, type Scenario } from './testing/play.ts'
import { Run, START, notificationText, type RunOptions } from './testing/run.ts'

const CLIENTS = ['a', 'b', 'c'] as const

/** One step of a daemon's life, in seconds after the one before. */
type Act =
  | { readonly do: 'lines'; readonly rule: string; readonly client: string; readonly late: number }
  | { readonly do: 'tick' }
  | { readonly do: 'acknowledge' | 'give back'; readonly client: string }
  | { readonly do: 'silence'; readonly client: string; readonly length: number }
  | { readonly do: 'restart' }

const client = fc.constantFrom(...CLIENTS)
const lines = fc.record({
  do: fc.constant('lines' as const),
  rule: fc.constantFrom('r', 'm', 'held', 'big'),
  client,
  late: fc.oneof(fc.constant(0), fc.nat(20))
})
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 8, arbitrary: lines },
  { weight: 8, arbitrary: fc.constant({ do: 'tick' as const }) },
  fc.record({ do: fc.constantFrom('acknowledge' as const, 'give back' as const), client }),
  fc.record({ do: fc.constant('silence' as const), client, length: fc.integer({ min: 1, max: 60 }) }),
  { weight: 2, arbitrary: fc.constant({ do: 'restart' as const }) }
)
const acts = fc.array(fc.tuple(act, fc.constantFrom(0.1, 0.5, 1, 3, 10, 100, 900)), { maxLength: 80 })

const OPTIONS: RunOptions = {
  rules: {
    r: { repeatInterval: '60s' },
    m: {
      type: 'match',
      where: 'status:5xx',
      by: 'client',
      cooldown: '5s',
      keepFiringFor: '1s',
      severity: 'critical'
    },
    held: { for: '3s', keepFiringFor: '2s', groupBy: 'client', inhibitedBy: 'big' },
    big: { keepFiringFor: '0s', window: '5s', over: 2, groupBy: 'client' }
  },
  receivers: {
    ops: { rateLimit: { count: 6, per: '5m' } },
    boss: { minSeverity: 'critical' },
    night: { muteTimes: { at: '22:02-22:30', zone: 'UTC' } }
  }
}

/** Runs what happens, with or without the restarts, and with an hour of calm behind. */
function lived(all: readonly (readonly [Act, number])[], restarts: boolean): Run {
  const run = new Run(OPTIONS)
  let at = 1
  for (const [act, pause] of all) {
    at += pause
    if (act.do === 'lines') run.lines(act.rule, [act.client], at - act.late, at)
    else if (act.do === 'tick') run.tick(at)
    else if (act.do === 'silence') run.silence(`client:${act.client}`, at, act.length)
    else if (act.do !== 'restart') run.acknowledge(act.client, at, act.do === 'give back')
    else if (restarts) run.restart()
  }
  for (let i = 0; i < 60; i++) run.tick((at += 60))
  return run
}

/** Without what is usual: that depends on how far back is remembered, which may be further than needed. */
const unusual = (text: string): string => text.replaceAll(/, usual [^)]*/g, '')

/** All that people see. */
function seen({ notifications, transitions, written }: Run): unknown {
  return {
    transitions: transitions.map(one => ({ ...one, summary: unusual(one.summary) })),
    notifications: notifications.map(notification => ({
      ...notification,
      title: unusual(notification.title),
      held: notification.held && { ...notification.held, titles: notification.held.titles.map(unusual) },
      firing: notification.firing.map(({ id }) => id),
      resolved: notification.resolved.map(({ id }) => id)
    })),
    // What changes with each line is not written each time.
    alerts: Array.from(written.values(), alert => ({ ...alert, bad: 0, evaluation: undefined }))
  }
}

describe('alerting goes on as if nothing had been', () => {
  it('whenever it is stopped', () => {
    fc.assert(
      fc.property(acts, all => {
        expect(seen(lived(all, true))).toEqual(seen(lived(all, false)))
      }),
      { numRuns: 100 }
    )
  })

  it.each([
    ['an alert that fires', 4],
    ['one that is over', 30]
  ])('and lines that are read again since they had not been stored are of %s', (_, pause) => {
    for (const rule of [
      { type: 'match', where: 'status:5xx', by: 'client', cooldown: '5s', keepFiringFor: '0s' },
      { type: 'new', where: 'kind:access', field: 'client', learn: '0s', window: '5s', keepFiringFor: '0s' },
      { keepFiringFor: '2s', over: 1, window: '5s' }
    ]) {
      const run = new Run({ rules: { r: { ...rule, groupBy: 'client' } } })
      run.lines('r', ['z'], 0)
      for (let at = 60; at < 64; at++) run.lines('r', ['a'], at)
      for (let at = 64; at < 60 + pause; at++) run.tick(at)
      const before = run.notifications.map(notificationText)
      run.restart({ lost: 3 })
      for (let at = 61; at < 64; at++) run.lines('r', ['a'], at, 60 + pause)
      run.tick(60 + pause + 0.5)
      expect(before.some(text => text.endsWith('fired a'))).toBe(true)
      expect(run.notifications.map(notificationText)).toEqual(before)
    }
  })
})

const spans = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  fc.array(fc.tuple(fc.nat(300), fc.integer({ min: 1, max: 60 })), { minLength: 1, maxLength: 2 })
)

/** Lines of some clients in up to two spans of seconds each. */
const linesOf = (all: Record<string, [number, number][]>): Scenario['lines'] =>
  Object.fromEntries(
    Object.entries(all).map(([key, spans]) => [key, spans.map(([at, length]) => [at, at + length] as const)])
  )

const calm = { until: 700 }
const ids = (alerts: readonly { readonly id: string }[]): string[] => alerts.map(({ id }) => id)

describe('whatever fires', () => {
  it('is notified of at once where nothing is to be spared, and its end', () => {
    const rules = { r: { groupBy: 'client', repeatInterval: '0s' } }
    const receivers = { ops: { rateLimit: { count: 1000 } } }
    fc.assert(
      fc.property(spans, all => {
        const { notifications, transitions } = played({ ...calm, rules, receivers, lines: linesOf(all) })
        const happened = transitions.map(({ at, what, alert }) => [at, what, alert])
        const notified = notifications.map(({ created, occasion, firing, resolved }) => [
          created,
          occasion,
          ...ids([...firing, ...resolved])
        ])
        expect(notified).toEqual(happened)
      }),
      { numRuns: 25 }
    )
  })

  const limits = fc.record({ count: fc.integer({ min: 1, max: 5 }), per: fc.constantFrom('30s', '1m', '2m') })
  const hours = fc.option(fc.constantFrom('22:01-22:03', '22:00-22:02', '22:04-22:09'), { nil: undefined })
  const group = fc.constantFrom([], ['client'])

  it('is sent once to each receiver, and once that it is over, however notifications are held back; never more than it wants', () => {
    fc.assert(
      fc.property(spans, limits, hours, group, (all, limit, at, group) => {
        const quiet = at === undefined ? {} : { muteTimes: { at, zone: 'UTC' } }
        const receivers = { ops: { rateLimit: limit, ...quiet }, other: { rateLimit: { count: 1000 } } }
        const run = played({
          ...calm,
          rules: { r: { groupBy: group, repeatInterval: '40s' } },
          receivers,
          lines: linesOf(all)
        })
        const fired = run.transitions.flatMap(({ what, alert }) => (what === 'fired' ? [alert] : []))
        for (const receiver of ['ops', 'other']) {
          const mine = run.notifications.filter(notification => notification.receiver === receiver)
          for (const id of fired) {
            const first = mine.findIndex(({ firing, resolved }) => ids([...firing, ...resolved]).includes(id))
            const over = mine.findIndex(({ resolved }) => ids(resolved).includes(id))
            expect(first).toBeGreaterThanOrEqual(0)
            expect(mine.filter(({ resolved }) => ids(resolved).includes(id))).toHaveLength(1)
            expect(mine.slice(over).some(({ firing }) => ids(firing).includes(id))).toBe(false)
            expect(
              mine.filter(({ occasion, firing }) => occasion === 'fired' && ids(firing).includes(id)).length
            ).toBeLessThanOrEqual(1)
          }
        }
        const [per, times] = [
          Number.parseInt(limit.per, 10),
          run.notifications.filter(({ receiver }) => receiver === 'ops').map(({ created }) => created)
        ]
        const length = (limit.per.endsWith('m') ? 60 : 1) * per * 1000
        for (const from of times)
          expect(times.filter(time => time >= from && time < from + length).length).toBeLessThanOrEqual(
            limit.count
          )
      }),
      { numRuns: 30 }
    )
  })
})

describe('a step of reading', () => {
  it('says when the line was written, read and counted that made an alert fire', () => {
    const run = new Run({ rules: { r: {} } })
    run.lines('r', ['a'], 5)
    const now = START + 5100
    expect(run.notifications[0]?.firing[0]).toMatchObject({
      since: START + 5000,
      fired: START + 5000,
      timestamps: { written: now - 3, read: now - 2, counted: now - 1, fired: now }
    })
    run.tick(30)
    run.tick(31)
    expect([...run.written.values()][0]?.timestamps).toBeDefined()
  })

  /** So many lines of `a` in seconds after START, in one step. */
  const together = (counts: Readonly<Record<number, number>>): SignalDelta => {
    const none = { sums: Float64Array.of(0), otherCount: 0, otherSum: 0, sketch: undefined }
    const cell = { source: 'web', metric: 'r', keys: [keyOf(['a'])], ...none }
    const rows = Object.entries(counts).map(([at, count]) => ({
      ...cell,
      window: (START + Number(at) * 1000) * 1000,
      counts: Float64Array.of(count)
    }))
    return { rows: rows.toReversed(), lines: [], read: 0, counted: 0 }
  }

  it('is evaluated in the order of time, also when it brings the lines of minutes', () => {
    const run = new Run({ rules: { r: { for: '3s', keepFiringFor: '2s' } } })
    run.take(together({ 10: 1, 11: 1, 12: 1, 13: 1, 14: 1, 15: 1, 40: 1, 41: 1 }), START + 50_000)
    expect(run.transitions.map(({ what }) => what)).toEqual(['pending', 'fired'])
    const alert = { since: START + 10_000, fired: START + 13_000, bad: START + 41_000 }
    expect(run.alerting.view(START + 50_000).firing).toMatchObject([alert])
  })

  it('tells of an alert that fires and is over in it, of both', () => {
    const run = new Run({ rules: { r: { over: 1, clear: 1, keepFiringFor: '0s' } } })
    run.take(together({ 10: 2, 20: 1, 30: 2 }), START + 40_000)
    expect(run.notifications.map(notificationText)).toEqual([
      '40 ops fired a',
      '40 ops resolved over a',
      '40 ops fired a'
    ])
  })

  it('is not evaluated where it is too late, only remembered', () => {
    const run = new Run({ rules: { r: { over: 1, window: '1h' } } })
    run.lines('r', ['a'], 0, 800)
    expect(run.notifications).toEqual([])
    run.lines('r', ['a'], 799, 800)
    expect(run.notifications.map(notificationText)).toEqual(['800 ops fired a'])
  })

  it('may prove that there are too many lines, not that there are too few: more may come', () => {
    const rules = {
      r: {
        type: 'metric',
        where: 'kind:access',
        field: 'bytes',
        of: 'sum',
        under: 2,
        min: 1,
        window: '12s',
        by: 'client',
        keepFiringFor: '0s'
      }
    }
    const run = new Run({ rules })
    run.lines('r', ['a'], 0)
    expect(run.transitions).toEqual([])
  })

  it('that tells of many keys makes no more alerts of a rule than people can make use of', () => {
    const run = new Run({ rules: { r: {} } })
    const clients = Array.from({ length: 1500 }, (_, i) => `c${i}`)
    run.lines('r', clients, 0)
    expect(run.alerting.view(START + 1000).firing).toHaveLength(1000)
    const { keys } = run.alerting.explain('r', START + 1000) ?? { keys: [] }
    expect(keys.length).toBe(1000)
  })
})

describe('as time goes by', () => {
  const rules = { silent: { type: 'absent', by: 'source', window: '10s', keepFiringFor: '0s' } }

  it('what is watched is evaluated without a line', () => {
    const run = new Run({ rules })
    for (let at = 0; at < 30; at++) run.lines('silent', ['web'], at)
    for (let at = 30; at < 60; at++) run.tick(at)
    expect(run.transitions.map(({ what }) => what)).toEqual(['fired'])
    run.lines('silent', ['web'], 60)
    expect(run.notifications.map(({ occasion, created }) => [occasion, created - START])).toEqual([
      ['fired', 42_000],
      ['resolved', 60_100]
    ])
  })

  it('a line from the future does not hurry it', () => {
    const run = new Run({ rules })
    for (let at = 0; at < 30; at++) run.lines('silent', ['web'], at)
    run.lines('silent', ['other'], 1800, 30)
    run.tick(30)
    expect(run.transitions).toEqual([])
  })

  it('nothing gets better while lines wait to be read', () => {
    const run = new Run({ rules: { r: {} } })
    run.lines('r', ['a'], 0)
    const source = { recent: { read: 0, rejected: 0 }, lag: { bytes: 1e6 }, held: 0 }
    const behind = { ...HEALTHY, sources: new Map([['web', source]]) }
    for (let at = 1; at < 60; at++) run.tick(at, behind)
    expect(run.transitions.map(({ what }) => what)).toEqual(['fired'])
    for (let at = 60; at < 66; at++) run.tick(at)
    expect(run.notifications.map(notificationText)).toEqual(['0 ops fired a', '63 ops resolved over a'])
  })

  it('alerts of a source that is not read any more end, and none begins by what is remembered of it', () => {
    const problem = { rules: { ...rules, problem: { type: 'health', of: 'problem' } } }
    const run = new Run(problem)
    const source = { recent: { read: 0, rejected: 0 }, lag: { bytes: 0 }, held: 0, problem: 'no such file' }
    for (let at = 0; at < 30; at++) run.lines('silent', ['web'], at)
    run.tick(30, { ...HEALTHY, sources: new Map([['web', source]]) })
    run.restart({ sources: ['shop'] })
    for (let at = 31; at < 60; at++) run.tick(at)
    expect(run.transitions.map(({ rule, what, summary }) => [rule, what, summary])).toEqual([
      ['problem', 'fired', 'no such file'],
      ['problem', 'resolved', 'web is no longer among the sources']
    ])
    expect(run.notifications.map(({ occasion }) => occasion)).toEqual(['fired', 'resolved'])
    run.restart({ sources: ['web'] })
    run.tick(60)
    expect(run.transitions.at(-1)).toMatchObject({ rule: 'silent', what: 'fired' })
  })

  it('alerts end whose rule is gone, or has other keys now', () => {
    const run = new Run({ rules: { r: { groupBy: 'client' }, s: {} } })
    run.lines('r', ['a'], 0)
    run.lines('s', ['a'], 0)
    run.restart({ rules: { s: { by: 'path' } } })
    run.tick(1)
    expect(run.notifications.map(notificationText)).toEqual([
      '0 ops fired a',
      '0 ops fired a',
      '1 ops resolved over a',
      '1 ops resolved over a'
    ])
    expect(run.notifications.at(-1)?.title).toContain('its rule is gone')
    expect(run.saved).toMatchObject({ alerts: [], groups: [{}, {}] })
  })

  it('nothing is kept of what is long over', () => {
    const { saved, notifications } = played({ lines: { a: [[0, 10]], b: [[0, 10]] }, until: 2000 })
    expect(notifications).toHaveLength(2)
    expect(saved).toEqual({ alerts: [], groups: [], receivers: [expect.anything()], silences: [] })
  })
})
