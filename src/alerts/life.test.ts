import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ended, evaluation as step, type AlertStep } from './life.ts'
import type { Alert, EvaluationResult } from './model.ts'
import { rulesFrom } from './testing/run.ts'

type State = EvaluationResult['state']

const evaluation = (state: State, value = state === 'bad' ? 9 : 1): EvaluationResult => ({
  state,
  value,
  threshold: 5,
  unit: 'count',
  samples: 1,
  summary: state
})

const ruleFor = (settings: object) => {
  const [rule] = rulesFrom({ r: settings })
  if (!rule) throw new Error('no rule')
  return rule
}

/** What each evaluation, one a second, makes of an alert. */
function lives(settings: object, states: readonly State[], seconds = states.map((_, i) => i)): AlertStep[] {
  const rule = ruleFor(settings)
  const steps: AlertStep[] = []
  for (const [i, state] of states.entries()) {
    const before = steps.at(-1)?.alert
    const alert = before?.phase === 'resolved' ? undefined : before
    steps.push(
      step(alert, { rule, key: '["a"]', evaluation: evaluation(state), at: (seconds[i] ?? 0) * 1000 })
    )
  }
  return steps
}

const LETTERS: Readonly<Record<string, State>> = { b: 'bad', '-': 'between', g: 'good', u: 'unknown' }
const statesOf = (text: string): State[] => Array.from(text, letter => LETTERS[letter] ?? 'good')

describe('the life of an alert', () => {
  // b bad, - between, g good, u unknown, one a second.
  it.each([
    ['fires at once', { for: '0s' }, 'b', '0 fired'],
    ['fires when it was bad for long enough', { for: '3s' }, 'bbbb', '0 pending, 3 fired'],
    ['does not fire when it was not', { for: '3s' }, 'bbgbb', '0 pending, 2 calmed, 3 pending'],
    [
      'what is between calms down what has not fired',
      { for: '2s' },
      'b-bb',
      '0 pending, 1 calmed, 2 pending'
    ],
    ['what is not known any more is not pending', { for: '2s' }, 'bub', '0 pending, 1 unknown, 2 pending'],
    ['is over when it was good for long enough', { keepFiringFor: '2s' }, 'bggg', '0 fired, 3 resolved'],
    ['goes on when it turns bad again', { keepFiringFor: '2s' }, 'bggbgg', '0 fired'],
    ['what is between does not end it', { keepFiringFor: '1s' }, 'bg-g-g--', '0 fired'],
    [
      'is over at once where nothing keeps it',
      { keepFiringFor: '0s' },
      'bgbg',
      '0 fired, 1 resolved, 2 fired, 3 resolved'
    ],
    ['goes on while nothing is known', { keepFiringFor: '2s' }, 'buuuugg', '0 fired, 1 unknown'],
    [
      'has to be good for long after that, too',
      { keepFiringFor: '2s' },
      'bgugggg',
      '0 fired, 2 unknown, 5 resolved'
    ]
  ])('%s', (_, settings, text, expected) => {
    const happened = lives(settings, statesOf(text)).flatMap(({ transitions }, i) =>
      transitions.map(({ what }) => `${i} ${what}`)
    )
    expect(happened.join(', ')).toBe(expected)
  })

  it('ends when nothing has been known for an hour', () => {
    const [, first, later, last] = lives({}, ['bad', 'unknown', 'unknown', 'unknown'], [0, 10, 3609, 3610])
    expect([first?.alert?.unknown, later?.alert?.phase]).toEqual([10_000, 'firing'])
    expect(last?.alert).toMatchObject({
      phase: 'resolved',
      resolved: 3610_000,
      evaluation: { summary: 'nothing is known any more' }
    })
    expect(last?.alert).not.toHaveProperty('unknown')
  })

  it('is not moved by what is said of earlier timestamps', () => {
    const steps = lives(
      { keepFiringFor: '0s', for: '5s' },
      ['bad', 'bad', 'good', 'unknown', 'bad'],
      [10, 13, 12, 11, 15]
    )
    expect(steps.map(({ alert }) => alert?.phase)).toEqual([
      'pending',
      'pending',
      'pending',
      'pending',
      'firing'
    ])
    expect(lives({ keepFiringFor: '0s' }, ['bad', 'good'], [10, 9]).at(-1)?.alert?.phase).toBe('firing')
  })

  it('is bad up to the latest moment at which it was, even when a later one was good', () => {
    const steps = lives({ keepFiringFor: '10s' }, ['bad', 'good', 'bad', 'good', 'good'], [0, 30, 20, 31, 40])
    expect(steps.map(({ alert }) => [alert?.bad, alert?.good, alert?.phase])).toEqual([
      [0, undefined, 'firing'],
      [0, 30_000, 'firing'],
      [20_000, undefined, 'firing'],
      [20_000, 31_000, 'firing'],
      [20_000, 31_000, 'firing']
    ])
  })

  it('keeps its worst value, on the side that is bad', () => {
    const rule = ruleFor({})
    const values = (all: readonly number[]): Alert | undefined =>
      all.reduce<Alert | undefined>(
        (alert, value, i) =>
          step(alert, { rule, key: '', evaluation: evaluation('bad', value), at: i }).alert,
        undefined
      )
    expect(values([7, 12, 6])?.worst).toBe(12)
    expect(values([4, 1, 3])?.worst).toBe(1)
  })

  it('has an id of its rule, key and beginning', () => {
    const rule = ruleFor({})
    const id = (key: string, at: number) =>
      step(undefined, { rule, key, evaluation: evaluation('bad'), at }).alert?.id
    expect(id('["a"]', 1)).toMatch(/^r-[0-9a-f]{12}$/)
    expect(new Set([id('["a"]', 1), id('["a"]', 2), id('["b"]', 1), id('["a"]', 1)]).size).toBe(3)
  })

  it('can be ended whatever its rule says', () => {
    const [firing] = lives({}, ['bad'])
    const [pending] = lives({ for: '1m' }, ['bad'])
    expect(firing?.alert && ended(firing.alert, 5000, 'gone')).toMatchObject({
      alert: { phase: 'resolved', resolved: 5000 }
    })
    expect(pending?.alert && ended(pending.alert, 5000, 'gone')).toEqual({
      transitions: [{ what: 'calmed', summary: 'gone' }]
    })
  })
})

describe('whatever is said', () => {
  const said = fc.array(
    fc.tuple(fc.constantFrom<State>('bad', 'between', 'good', 'unknown'), fc.integer({ min: 1, max: 5 }))
  )
  const durations = fc.record({ for: fc.nat(8), keepFiringFor: fc.nat(8) })

  /** Steps with the second of each, in order of time. */
  const run = (
    settings: { for: number; keepFiringFor: number },
    all: readonly (readonly [State, number])[]
  ) => {
    let second = 0
    const seconds = all.map(([, pause]) => (second += pause))
    const states = all.map(([state]) => state)
    const written = { for: `${settings.for}s`, keepFiringFor: `${settings.keepFiringFor}s` }
    return lives(written, states, seconds).map((one, i) => ({
      ...one,
      state: states[i],
      second: seconds[i] ?? 0
    }))
  }

  it('nothing fires before it was bad without a break for long enough, nor is over before it was good for long enough', () => {
    fc.assert(
      fc.property(durations, said, (settings, all) => {
        const steps = run(settings, all)
        for (const [i, { transitions, second }] of steps.entries()) {
          const since = (state: State) => {
            const from = steps.slice(0, i + 1).findLastIndex(one => one.state !== state)
            return second - (steps[from + 1]?.second ?? second)
          }
          const what = transitions.map(({ what }) => what)
          if (what.includes('fired')) expect(since('bad')).toBeGreaterThanOrEqual(settings.for)
          if (what.includes('resolved')) expect(since('good')).toBeGreaterThanOrEqual(settings.keepFiringFor)
        }
      })
    )
  })

  it('each alert fires at most once, and fires and ends by turns', () => {
    fc.assert(
      fc.property(durations, said, (settings, all) => {
        const happened = run(settings, all).flatMap(({ transitions }) => transitions.map(({ what }) => what))
        const turns = happened.filter(what => what === 'fired' || what === 'resolved')
        expect(turns).toEqual(turns.map((_, i) => (i % 2 === 0 ? 'fired' : 'resolved')))
        const before = happened.filter(what => what !== 'unknown' || settings.for === 0)
        for (const [i, what] of before.entries())
          if (settings.for > 0 && what === 'fired') expect(before[i - 1]).toBe('pending')
      })
    )
  })
})
