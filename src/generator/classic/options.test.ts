import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { classicOptions, isClassic } from './options.ts'

const access = {
  interval: { min: 1, max: 2 },
  user_id: ['ann'],
  method: ['GET', 'POST'],
  code: [200],
  resource: ['/'],
  version: ['HTTP/1.1']
}
const message = ['m']
const quick = [[0.1, 0.2]]

/** Each mistake as where it is and what is said about it. */
function problems(given: unknown): string[] {
  const issues = classicOptions.safeParse(given).error?.issues ?? []
  return issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
}

describe('the options of the first Visor', () => {
  it('are taken from its file, numbers as texts and ranges in either order', () => {
    const text = readFileSync('test/samples/classic.json', 'utf8')
    expect(classicOptions.parse(JSON.parse(text))).toMatchObject({
      heartbeat: { interval: 2, message: 'ALIVE' },
      access: { interval: { low: 0.2, high: 0.6 }, code: [200, 404, 503], code_dist: [0.8, 0.15, 0.05] },
      info: {
        interval: {
          peak: [
            { low: 0.01, high: 0.02 },
            { low: 0.01, high: 0.05 }
          ]
        }
      },
      warn: { interval: { normal: [{ low: 0.5, high: 1.5 }], peak: [{ low: 0.5, high: 1.5 }] } },
      pool: 50
    })
  })

  it('need no section and no shares', () => {
    expect(classicOptions.parse({})).toEqual({ pool: 50 })
    expect(problems({ access })).toEqual([])
    expect(problems({ heartbeat: { interval: 0, message: 'x' } })).toEqual([])
  })

  it.each<[what: string, given: unknown, expected: string]>([
    ['unknown settings', { acces: access }, ': Unrecognized key: "acces"'],
    [
      'shares of other numbers than methods',
      { access: { ...access, method_dist: [1, 2, 3] } },
      'access.method_dist: expected a share for each method: 2, got 3'
    ],
    [
      'shares of other numbers than statuses',
      { access: { ...access, code_dist: [1, 2] } },
      'access.code_dist: expected a share for each code: 1, got 2'
    ],
    [
      'negative shares',
      { access: { ...access, method_dist: ['-1', 2] } },
      'access.method_dist.0: Too small: expected number to be >=0'
    ],
    [
      'shares that are all 0',
      { access: { ...access, method_dist: [0, '0'] } },
      'access.method_dist: expected at least one share above 0'
    ],
    [
      'texts that are no number',
      { access: { ...access, code: ['abc'] } },
      'access.code.0: expected a number'
    ],
    [
      'what is no number',
      { heartbeat: { interval: null, message: 'x' } },
      'heartbeat.interval: expected a number'
    ],
    [
      'what is no status',
      { access: { ...access, code: ['20'] } },
      'access.code.0: Too small: expected number to be >=100'
    ],
    [
      'empty lists',
      { info: { interval: { min: 1, max: 2 }, message: [] } },
      'info.message: expected at least one'
    ],
    [
      'no waits between requests',
      { access: { ...access, interval: { min: 0, max: '0' } } },
      'access.interval: expected a wait of at least 0.00001 seconds, or its lines would have no end'
    ],
    [
      'no waits in a peak',
      {
        warn: {
          interval: {
            normal: quick,
            peak: [
              [1, 2],
              [0, 0]
            ]
          },
          message
        }
      },
      'warn.interval.peak.1: expected a wait of at least 0.00001 seconds, or its lines would have no end'
    ],
    [
      'no waits in the older form',
      { error: { interval: { min: 0, max: 0.000009 }, message } },
      'error.interval: expected a wait of at least 0.00001 seconds, or its lines would have no end'
    ],
    [
      'no waits between heartbeats',
      { heartbeat: { interval: 0.000001, message: 'x' } },
      'heartbeat.interval: expected a wait of at least 0.00001 seconds, or its lines would have no end'
    ],
    [
      'a half of the older form',
      { info: { interval: { min: 1 }, message } },
      'info.interval: expected "normal" and "peak", or "min" and "max"'
    ],
    [
      'both forms at once',
      { info: { interval: { normal: quick, peak: quick, max: 1 }, message } },
      'info.interval: expected "normal" and "peak", or "min" and "max"'
    ],
    ['an empty pool', { pool: 0 }, 'pool: Too small: expected number to be >=1']
  ])('refuse %s', (_what, given, expected) => expect(problems(given)).toEqual([expected]))

  it('are known by their sections', () => {
    expect(isClassic({ warn: {} })).toBe(true)
    expect(isClassic({ heartbeat: {}, access: {} })).toBe(true)
    for (const other of [{ heartbeat: {} }, {}, null, 'access', ['access']])
      expect(isClassic(other)).toBe(false)
  })

  it('are shown to editors, each with a summary', () => {
    const untold: string[] = []
    const walk = (path: string, { properties = {} }: z.core.JSONSchema.BaseSchema): void => {
      for (const [name, inner] of Object.entries(properties)) {
        if (typeof inner !== 'object' || !inner.description) untold.push(`${path}${name}`)
        else walk(`${path}${name}.`, inner)
      }
    }
    const schema = z.toJSONSchema(classicOptions, { io: 'input' })
    walk('', schema)
    expect(untold).toEqual([])
    expect(Object.keys(schema.properties ?? {})).toEqual([
      'heartbeat',
      'access',
      'info',
      'warn',
      'error',
      'pool'
    ])
  })
})
