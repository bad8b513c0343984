import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { derivationOf, fieldInfo } from '../derived/index.ts'
import { fieldOf, filterQuery, readAs, unitOf } from '../core/metric.ts'
import { parseQuery } from '../query/index.ts'
import { classesOf, toneOfValue } from './classes.ts'
import { METRICS } from './index.ts'

const named = METRICS.map(metric => [metric.name, metric] as const)

it('have names of their own', () => {
  expect(new Set(METRICS.map(({ name }) => name)).size).toBe(METRICS.length)
})

describe.each(named)('%s', (_name, metric) => {
  it('is a share of a total of the same logs', () => {
    if (metric.shareOf === undefined) return
    const whole = METRICS.find(({ name }) => name === metric.shareOf)
    expect(whole && readAs(whole)).toBe('total')
    expect(metric.kinds.every(kind => whole?.kinds.includes(kind))).toBe(true)
  })

  it('has keys that queries know, and a filter that they can ask for', () => {
    if (metric.key !== null) expect(fieldInfo(fieldOf(metric))).toBeDefined()
    if (metric.derive) expect(derivationOf(fieldOf(metric))?.from).toBe(metric.key)
    const filter = filterQuery(metric)
    if (filter !== undefined) expect(() => parseQuery(`path:/a AND ${filter}`)).not.toThrow()
  })

  it('puts each key into one of its classes', () => {
    const { classes } = metric
    if (!classes) return
    const names = classes.all.map(({ name }) => name)
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.nat(700).map(String)), key => {
        expect(names).toContain(classes.classOf(key))
      }),
      { seed: 1 }
    )
  })
})

it.each([
  ['status', '200', 'success'],
  ['status', '304', 'info'],
  ['status', '404', 'warning'],
  ['status', '503', 'critical'],
  ['status', '600', 'other'],
  ['status', '2000', 'other'],
  ['status', 'constructor', 'other'],
  ['level', 'CRIT', 'critical'],
  ['level', 'warning', 'warning'],
  ['level', 'constructor', 'other'],
  ['constructor', 'constructor', 'other'],
  ['path', '404', 'other']
])('%s %s is %s', (field, value, tone) => {
  expect(toneOfValue(field, value)).toBe(tone)
})

it('knows what a status means', () => {
  expect(classesOf('status')?.meaningOf?.('404')).toBe('Not Found')
  expect(classesOf('status')?.meaningOf?.('constructor')).toBeUndefined()
})

it('asks for all fields that a filter may look at', () => {
  expect(filterQuery({ filter: { field: ['bytes', 'bytes_out'], min: 0 } })).toBe(
    '(bytes:>=0 OR bytes_out:>=0)'
  )
})

it.each([
  [['duration'], 'microseconds'],
  [['bytes', 'bytes_out'], 'bytes'],
  [['port'], 'number'],
  [[], 'number']
] as const)('%j is measured in %s', (measure, unit) => expect(unitOf(measure)).toBe(unit))
