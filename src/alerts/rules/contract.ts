import fc from 'fast-check'
import { expect, it } from 'vitest'
import { keyOf } from '../../core/signal.ts'
import { SECOND, toMicros } from '../../core/time.ts'
import { HEALTHY } from '../health.ts'
import { alertsOptions, rulesOf } from '../options.ts'
import { remembered, type Counted } from '../testing/known.ts'
import { facetsOf, isCalm, evaluate, signalsOf, watchedOf, type Rule, type RuleKind } from './index.ts'

/** Lines of any signal of a rule, for one of two keys. */
function countedOf(rule: Rule): fc.Arbitrary<Counted[]> {
  const signals = signalsOf(rule)
  if (signals.length === 0) return fc.constant([])
  const one = fc.record({
    signal: fc.constantFrom(...signals),
    at: fc.integer({ min: 0, max: 20_000 }),
    count: fc.integer({ min: 1, max: 500 }),
    who: fc.constantFrom('a', 'b'),
    value: fc.nat(300)
  })
  return fc.array(one, { maxLength: 100 }).map(all =>
    all.map(({ signal, at, count, who, value }) => {
      const key = [...signal.by.map(() => who), ...(signal.value ? [String(value)] : [])]
      const part = signal.name.slice(rule.name.length + 1)
      return { at, count, sum: count * value, key, ...(part !== '' && { part }) }
    })
  )
}

/** What every kind of rule keeps. */
export function conformsToRule({ name, example, options }: RuleKind): void {
  const rules = rulesOf(alertsOptions.parse({ defaults: false, rules: example }))
  const rule = rules[0]!
  const keys = ['a', 'b'].map(who => keyOf(rule.by.map(() => who)))

  it('makes a rule of its example', () => {
    expect(rules.map(({ type }) => type)).toEqual([name])
    expect(Object.keys(rule.options).every(setting => setting in options.shape)).toBe(true)
  })

  it('refuses what it does not know', () => {
    const [[title, settings] = ['', {}]] = Object.entries(example)
    const wrong = { [title]: { ...Object(settings), nonsense: 1 } }
    expect(alertsOptions.safeParse({ rules: wrong }).error?.issues[0]?.code).toBe('unrecognized_keys')
  })

  it('has signals of its name and keys, that look back at least as far as they are distinguished', () => {
    const signals = signalsOf(rule)
    const names = signals.map(signal => signal.name)
    expect(new Set(names).size).toBe(names.length)
    expect(
      names.every((signal, i) => (i === 0 ? signal === rule.name : signal.startsWith(`${rule.name}/`)))
    ).toBe(true)
    for (const { by, step, fine, back, limit } of signals) {
      expect(by).toEqual(rule.by)
      expect(step % SECOND).toBe(0)
      expect(toMicros(rule.window) % step).toBe(0)
      expect(back).toBeGreaterThanOrEqual(fine)
      expect(back).toBeGreaterThanOrEqual(toMicros(rule.window))
      expect(limit).toBeGreaterThan(0)
    }
  })

  it('has facets of what its lines contain, each named after its field', () => {
    for (const { name, value, where } of facetsOf(rule)) {
      expect(name).toBe(`${rule.name}/${value?.field}`)
      expect(rule.by).not.toContain(value?.field)
      expect(where).toEqual(signalsOf(rule)[0]?.where)
    }
  })

  it('finds nothing bad where nothing is known', () => {
    const known = { memory: remembered(rule, []), health: HEALTHY }
    for (const key of keys) expect(['good', 'unknown']).toContain(evaluate(rule, known, key, 1e15).state)
  })

  it('says the same of the same, in words', () => {
    fc.assert(
      fc.property(countedOf(rule), fc.integer({ min: 0, max: 25_000 }), (counted, second) => {
        const known = { memory: remembered(rule, counted), health: HEALTHY }
        for (const key of [...keys, ...watchedOf(rule, known)]) {
          const evaluation = evaluate(rule, known, key, second * SECOND)
          expect(evaluate(rule, known, key, second * SECOND)).toEqual(evaluation)
          expect(evaluation.summary).not.toMatch(/undefined|NaN|Infinity|\[object/)
          expect(evaluation.threshold).not.toBeNaN()
          if (evaluation.state === 'bad') expect(evaluation.value).toBeDefined()
          if (isCalm(rule, known.memory, key, second * SECOND)) expect(evaluation.state).not.toBe('bad')
        }
      }),
      { numRuns: 30 }
    )
  })
}
