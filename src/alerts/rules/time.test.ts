import { describe, expect, it } from 'vitest'
import { DAY, HOUR, toSeconds } from '../../core/time.ts'
import { HEALTHY, type Health, type SourceHealth } from '../health.ts'
import { each, evaluatedAt, remembered, ruleFrom, type Counted } from '../testing/known.ts'
import { watchedOf } from './index.ts'

const [HOUR_S, DAY_S] = [toSeconds(HOUR), toSeconds(DAY)]

const fine: SourceHealth = { recent: { read: 0, rejected: 0 }, lag: { bytes: 0 }, held: 0 }
const healthOf = (health: Partial<SourceHealth>): Health => ({
  ...HEALTHY,
  sources: new Map([['web', { ...fine, ...health }]])
})

describe('spike', () => {
  const rule = ruleFrom({ type: 'spike', up: 4, down: 0.25, window: '1m', min: 100, minReference: 50 })
  /** A line each second for so long, and so many in the last minute. */
  const after = (seconds: number, count: number): Counted[] => [
    ...each(0, seconds),
    ...(count > 0 ? [{ at: seconds + 30, count }] : [])
  ]

  it.each<[string, Counted[], number, string]>([
    ['not known long enough', after(299, 999), 359, 'unknown'],
    ['just known', after(300, 999), 360, 'bad'],
    ['four times as many change nothing', after(600, 240), 660, 'between'],
    ['more than that', after(600, 241), 660, 'bad'],
    ['a quarter changes nothing', after(600, 15), 660, 'between'],
    ['less', after(600, 14), 660, 'bad'],
    ['nothing at all', after(600, 0), 660, 'bad'],
    ['as usual', after(600, 60), 660, 'good'],
    ['too few usually', each(0, 600, { count: 1 }).filter(({ at }) => at % 2 === 0), 660, 'unknown']
  ])('%s', (_, counted, at, state) => expect(evaluatedAt(rule, counted, at).state).toBe(state))

  it('says how many times what is usual', () =>
    expect(evaluatedAt(rule, after(600, 300), 660)).toMatchObject({
      value: 5,
      baseline: 1,
      unit: 'factor',
      summary: '300 lines in 1m, 5x the usual 60 (limit 4x)'
    }))

  it('a minute of flood, or none, among those before does not mislead it', () => {
    const flooded = [...after(600, 60), { at: 500, count: 6000 }]
    expect(evaluatedAt(rule, flooded, 660).state).toBe('good')
    const gap = after(600, 300).filter(({ at }) => at < 480 || at >= 540)
    expect(evaluatedAt(rule, gap, 660).state).toBe('unknown')
  })

  it('few lines are no rise', () => {
    const up = ruleFrom({ type: 'spike', up: 4, window: '1m', min: 100, minReference: 1 })
    const states = [99, 100].map(
      count =>
        evaluatedAt(up, [...each(0, 600).filter(({ at }) => at % 6 === 0), { at: 630, count }], 660).state
    )
    expect(states).toEqual(['good', 'bad'])
  })

  it('a fall is none while lines wait to be read', () => {
    expect(evaluatedAt(rule, after(600, 0), 660, [], healthOf({ held: 500 })).state).toBe('unknown')
    expect(evaluatedAt(rule, after(600, 0), 660, [], healthOf({})).state).toBe('bad')
    const failing = { for: 1, attempts: 1, message: '', detail: '' }
    const engine = { name: 'Spark', failing }
    expect(evaluatedAt(rule, after(600, 0), 660, [], { ...healthOf({}), engine }).state).toBe('unknown')
  })

  it('against the same time of the last days, as many as are known', () => {
    const days = ruleFrom({ type: 'spike', against: 'days', up: 4, window: '10m', min: 10, minReference: 10 })
    const at = 3 * DAY_S + 10 * HOUR_S
    const counted = [1, 2, 3].flatMap(day => [
      { at: at - day * DAY_S - 300, count: 10 * day },
      { at: at - day * DAY_S - HOUR_S, count: 5000 }
    ])
    const now = (count: number): Counted[] => [...counted, { at: at - 300, count }]
    expect(evaluatedAt(days, now(81), at).state).toBe('bad')
    expect(evaluatedAt(days, now(80), at).state).toBe('between')
    expect(evaluatedAt(days, [{ at: at - 300, count: 5000 }, { at: at - HOUR_S }], at).state).toBe('unknown')
  })
})

describe('absent', () => {
  const rule = ruleFrom({ type: 'absent', by: 'source', window: '1m', forget: '1h' })
  const of = (counted: Counted[]): Counted[] => counted.map(one => ({ ...one, key: ['web'] }))
  const state = (counted: Counted[], at: number, health = HEALTHY, one = rule): string =>
    evaluatedAt(one, of(counted), at, ['web'], health).state

  it('watches what was seen once, and nothing else', () => {
    const memory = remembered(rule, of([{ at: 5 }]))
    expect([...watchedOf(rule, { memory, health: HEALTHY })]).toEqual(['["web"]'])
    expect(state([], 1000)).toBe('good')
  })

  it.each<[string, Counted[], number, string]>([
    ['lines come', each(0, 100), 100, 'good'],
    ['none for less than the window', each(0, 100), 159, 'good'],
    ['none for the window', each(0, 100), 160, 'bad'],
    ['none for long', each(0, 100), 100 + HOUR_S - 1, 'bad'],
    ['none for so long that it is given up', each(0, 100), 101 + HOUR_S, 'good']
  ])('%s', (_, counted, at, expected) => expect(state(counted, at)).toBe(expected))

  it('fewer than configured count as none', () => {
    const ten = ruleFrom({ type: 'absent', by: 'source', window: '1m', under: 10 })
    expect(state([...each(0, 100), { at: 200, count: 9 }], 210, HEALTHY, ten)).toBe('bad')
    expect(state([...each(0, 100), { at: 200, count: 10 }], 210, HEALTHY, ten)).toBe('good')
    expect(state([{ at: 200, count: 3 }], 210, HEALTHY, ten)).toBe('unknown')
  })

  it('says nothing while lines of it wait to be read', () => {
    expect(state(each(0, 100), 200, healthOf({ lag: { bytes: 1e6 } }))).toBe('unknown')
    expect(state(each(0, 100), 200, healthOf({ lag: { bytes: 100 } }))).toBe('bad')
  })

  it('may ask for many lines usually', () => {
    const usual = ruleFrom({ type: 'absent', by: 'source', window: '1m', usual: 15 })
    const [end, all] = [2 * HOUR_S, each(0, 2 * HOUR_S)]
    const after = (holds: (at: number) => boolean): string =>
      state(
        all.filter(({ at }) => holds(at)),
        end + 60,
        HEALTHY,
        usual
      )
    expect(after(() => true)).toBe('bad')
    expect(after(at => at % 5 === 0)).toBe('good')
    expect(after(at => at % 600 >= 400)).toBe('good')
    expect(after(at => at < 5000 || at > 5200)).toBe('bad')
    expect(after(at => at >= HOUR_S + 10)).toBe('good')
    expect(evaluatedAt(usual, of(all), end + 90, ['web']).summary).toBe('0 lines in 1m (limit 1, usual 60)')
  })

  it('keeps to its hours', () => {
    const hours = { at: '08:00-18:00', zone: 'UTC' }
    const by = ruleFrom({ type: 'absent', by: 'source', window: '1h', forget: '2d', hours })
    const seen = each(17 * HOUR_S, 18 * HOUR_S)
    const states = [
      19,
      DAY_S / HOUR_S + 8,
      DAY_S / HOUR_S + 8.5,
      DAY_S / HOUR_S + 9.1,
      DAY_S / HOUR_S + 18.1
    ].map(hour => state(seen, hour * HOUR_S, HEALTHY, by))
    expect(states).toEqual(['good', 'good', 'good', 'bad', 'good'])
  })
})

describe('new', () => {
  const rule = ruleFrom({ type: 'new', field: 'vhost', learn: '1d', horizon: '30d', window: '10m' })
  const vhost = (at: number, name = 'x'): Counted => ({ at, key: [name] })
  const state = (counted: Counted[], at: number): string =>
    evaluatedAt(rule, [vhost(0, 'first'), ...counted], at, ['x']).state

  it('has its field among its keys', () => expect(rule.by).toEqual(['vhost']))

  it.each<[string, Counted[], number, string]>([
    ['seen first after all was learnt', [vhost(DAY_S + 10)], DAY_S + 20, 'bad'],
    ['seen first while it was learnt', [vhost(DAY_S - 10), vhost(DAY_S + 10)], DAY_S + 20, 'good'],
    ['seen again', [vhost(DAY_S + 10), vhost(DAY_S + 1000)], DAY_S + 1010, 'good'],
    ['over after the window', [vhost(DAY_S + 10)], DAY_S + 700, 'good'],
    ['known', [vhost(2 * DAY_S), vhost(20 * DAY_S)], 20 * DAY_S + 10, 'good'],
    ['forgotten after the horizon', [vhost(2 * DAY_S), vhost(33 * DAY_S)], 33 * DAY_S + 10, 'bad'],
    ['another one', [vhost(DAY_S + 10, 'y')], DAY_S + 20, 'good']
  ])('%s', (_, counted, at, expected) => expect(state(counted, at)).toBe(expected))
})

describe('health', () => {
  const of = (settings: object) => ruleFrom({ type: 'health', ...settings })

  it.each<[object, Partial<SourceHealth>, string, string]>([
    [
      { of: 'rejected' },
      { recent: { read: 1000, rejected: 11 } },
      'bad',
      '1.1 % of 1,000 lines in 5m do not follow the format (limit 1 %)'
    ],
    [
      { of: 'rejected' },
      { recent: { read: 1000, rejected: 10 } },
      'between',
      '1 % of 1,000 lines in 5m do not follow the format (limit 1 %)'
    ],
    [
      { of: 'rejected' },
      { recent: { read: 99, rejected: 99 } },
      'unknown',
      '100 % of 99 lines in 5m do not follow the format; too few to evaluate'
    ],
    [{ of: 'rejected' }, {}, 'unknown', 'nothing is known of it'],
    [
      { of: 'silent', over: '1h' },
      { silent: 3_700_000 },
      'bad',
      'no line has come for 1 h 1 min (limit 1 h)'
    ],
    [{ of: 'silent' }, {}, 'unknown', 'nothing is known of it'],
    [{ of: 'lag' }, { lag: { bytes: 9e9, ms: 31_000 } }, 'bad', 'reading is behind by 31 s (limit 30 s)'],
    [
      { of: 'held', over: '1m' },
      { held: 50_000 },
      'between',
      'reading waits for the store since 50 s (limit 60 s)'
    ],
    [{ of: 'problem' }, { problem: 'there is no file /var/log/x' }, 'bad', 'there is no file /var/log/x'],
    [{ of: 'problem' }, {}, 'good', 'it is read'],
    [{ of: 'lost' }, { lost: { count: 5, text: '5 bytes are lost' } }, 'bad', '5 bytes are lost'],
    [{ of: 'lost' }, { lost: { count: 0, text: 'nothing' } }, 'good', 'nothing'],
    [{ of: 'lost' }, {}, 'unknown', 'nothing is known of it'],
    [
      { of: 'unread' },
      { unread: { for: 130_000, text: '9 bytes wait' } },
      'bad',
      '9 bytes wait 2 min 10 s (limit 2 min)'
    ],
    [
      { of: 'unread', over: '5m' },
      { unread: { for: 130_000, text: '9 bytes wait' } },
      'good',
      '9 bytes wait 2 min 10 s (limit 5 min)'
    ]
  ])('%j of %j', (settings, source, state, summary) => {
    const rule = of(settings)
    expect(rule.by).toEqual(['source'])
    const known = { memory: remembered(rule, []), health: healthOf(source) }
    expect([...watchedOf(rule, known)]).toEqual(['["web"]'])
    const evaluation = evaluatedAt(rule, [], 0, ['web'], known.health)
    expect([evaluation.state, evaluation.summary]).toEqual([state, summary])
  })

  it.each<[object, Partial<Health>, string, string]>([
    [
      { of: 'disk' },
      { disk: { folder: '/var/lib/visor', mount: '/var', free: 4e9, size: 100e9 } },
      'bad',
      'the disk of /var/lib/visor (mount point /var) is full to 96 %, 4.0 GB are free (limit 95 %)'
    ],
    [
      { of: 'store' },
      { store: { folder: '/var/lib/visor', failing: 11_000, why: 'the disk at /var is full' } },
      'bad',
      'the store in /var/lib/visor could not be written for 11 s, and reading waits: the disk at /var is full'
    ],
    [{ of: 'store' }, {}, 'good', 'the store can be written'],
    [{ of: 'state' }, { state: 'no' }, 'bad', 'no'],
    [{ of: 'state' }, {}, 'good', 'alerts and reports are remembered'],
    [{ of: 'disk' }, {}, 'unknown', 'nothing is known of it'],
    [
      { of: 'delivery' },
      { outbox: { waiting: 3, oldest: 400_000, why: 'no answer' } },
      'bad',
      '3 notifications wait (no answer), the oldest since 6 min 40 s (limit 5 min)'
    ],
    [
      { of: 'engine' },
      {
        engine: {
          name: 'Spark',
          failing: { for: 61_000, attempts: 7, message: 'no answer', detail: 'asks again' }
        }
      },
      'bad',
      'Spark has failed for 1 min 1 s, 7 attempts: no answer; asks again'
    ],
    [
      { of: 'engine' },
      {
        engine: {
          name: 'Spark',
          failing: { for: 9000, attempts: 1, message: 'no answer', detail: 'asks again' }
        }
      },
      'good',
      'Spark has failed for 9 s, 1 attempt: no answer; asks again'
    ],
    [{ of: 'engine' }, { engine: { name: 'Spark' } }, 'good', 'Spark works'],
    [{ of: 'delivery' }, {}, 'good', '0 notifications wait, the oldest since 0 s (limit 5 min)']
  ])('%j of all: %j', (settings, health, state, summary) => {
    const rule = of(settings)
    expect(rule.by).toEqual([])
    const evaluation = evaluatedAt(rule, [], 0, [], { ...HEALTHY, ...health })
    expect([evaluation.state, evaluation.summary]).toEqual([state, summary])
  })
  it('watches an engine only where one reports', () => {
    const rule = of({ of: 'engine' })
    const watched = (health: Partial<Health>): string[] => [
      ...watchedOf(rule, { memory: remembered(rule, []), health: { ...HEALTHY, ...health } })
    ]
    expect(watched({})).toEqual([])
    expect(watched({ engine: { name: 'Spark' } })).toEqual([''])
  })
})
