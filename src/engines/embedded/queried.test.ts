import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ACCESS_FORMAT, CASES, LINES, SOURCE } from '../../query/testing/cases.ts'
import { parseQuery, parseStats, predicate, type Query, type Queried } from '../../query/index.ts'
import { queries } from '../../query/testing/random.ts'
import type { Store } from '../../store/index.ts'
import { storedLog } from './testing/stored.ts'

let folder = ''
let store: Store
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'visor-queried-'))
  const text = Object.values(LINES)
    .map(line => `${line}\n`)
    .join('')
  store = await storedLog(folder, SOURCE, text, `${ACCESS_FORMAT}\nerror24`)
})
afterAll(async () => {
  await store.close()
  rmSync(folder, { recursive: true })
})

/** The letters of the stored lines that pass. */
async function found(where: Query): Promise<string> {
  const lines = await store.lines({ where })
  const texts = lines.map(({ line }) => Buffer.from(line).toString())
  return Object.entries(LINES)
    .filter(([, line]) => texts.includes(line))
    .map(([letter]) => letter)
    .join('')
}

/** Starts of steps with their numbers of lines. */
async function countedBy(by: 'hour' | 'day', text: string): Promise<[string, number][]> {
  const counts = await store.count({ where: parseQuery(text), by })
  return counts.map(({ time, count }) => [new Date(time / 1000).toISOString().slice(0, 16), count])
}

/** Rows as texts, in an order of their own. */
function rowTexts(rows: readonly unknown[]): string[] {
  return rows.map(row => JSON.stringify(row)).toSorted()
}

function askSql(sql: string): ReturnType<Store['sql']> {
  return store.sql({ sql, limit: 2 })
}

describe('stored lines', () => {
  it.each(CASES)('%s', async (text, passing) => {
    expect(await found(parseQuery(text))).toBe(passing)
  })

  it('are found by random queries as the plain predicate finds them', async () => {
    const all = await store.lines({})
    const lines = all.map(({ time, source, line, fields }) => {
      const text = Buffer.from(line).toString()
      const letter = Object.entries(LINES).find(([, one]) => one === text)?.[0] ?? '?'
      const kind = letter < 'a' ? ('error' as const) : ('access' as const)
      return {
        letter,
        line: { ...Object.fromEntries(fields), time, zone: 0, source, kind } satisfies Queried
      }
    })
    await fc.assert(
      fc.asyncProperty(queries, async query => {
        const passes = predicate(query)
        const wanted = lines.filter(({ line }) => passes(line)).map(({ letter }) => letter)
        expect(Array.from(await found(query)).toSorted()).toEqual(wanted.toSorted())
      }),
      { seed: 5, numRuns: 200 }
    )
  })

  it('are counted by step of time', async () => {
    expect(await countedBy('day', '')).toEqual([
      ['2015-05-17T00:00', 3],
      ['2015-05-18T00:00', 4]
    ])
    expect(await countedBy('hour', 'kind:access time:2015-05-18')).toEqual([
      ['2015-05-18T00:00', 1],
      ['2015-05-18T10:00', 2]
    ])
  })

  it.each([
    ['count', '', [[7]]],
    [
      'count by client',
      'status:*',
      [
        ['10.0.0.1', 2],
        ['10.0.0.10', 1],
        ['10.0.0.2', 1],
        ['2001:db8::1', 1]
      ]
    ],
    [
      'count by kind',
      '',
      [
        ['access', 5],
        ['error', 2]
      ]
    ],
    [
      'count by status_class',
      'kind:access',
      [
        ['4xx', 3],
        ['2xx', 1],
        ['5xx', 1]
      ]
    ],
    [
      'count by vhost, method',
      'kind:access',
      [
        ['example.org', 'GET', 1],
        ['example.org', 'POST', 1],
        ['example.org', null, 1],
        ['shop.example.org', 'GET', 2]
      ]
    ],
    [
      'sum bytes_out by day',
      '',
      [
        [1431820800000000, 5136],
        [1431907200000000, 10000]
      ]
    ],
    ['max duration', '', [[20_000_000]]],
    ['p50 duration', 'kind:access', [[250_000]]],
    ['unique client', '', [[4]]],
    ['avg status by source', 'status:<500', [[SOURCE, 353.25]]],
    [
      'count by bot',
      'bot:*',
      [
        ['Googlebot', 1],
        ['curl', 1]
      ]
    ],
    ['count by cookie.none', 'status:200', [[null, 1]]],
    [
      'count by code',
      'kind:error',
      [
        ['AH00037', 1],
        ['AH00489', 1]
      ]
    ]
  ])('%s where %s', async (stats, where, rows) => {
    const figures = await store.stats({ where: parseQuery(where), stats: parseStats(stats) })
    expect(rowTexts(figures.map(({ keys, value }) => [...keys, value]))).toEqual(rowTexts(rows))
  })

  it('have signatures, the one seen last first', async () => {
    expect(await store.signatures({})).toEqual([
      {
        signature: 'AH00489: Apache configured *',
        level: 'notice',
        count: 1,
        first: Date.UTC(2015, 4, 18, 10, 5, 3) * 1000,
        last: Date.UTC(2015, 4, 18, 10, 5, 3) * 1000,
        example: 'AH00489: Apache configured *'
      },
      expect.objectContaining({
        signature: 'AH00037: Symbolic link not allowed: <path>',
        level: 'error',
        count: 1
      })
    ])
    expect(await store.signatures({ where: parseQuery('level:error') })).toHaveLength(1)
  })

  it('answer one SELECT and nothing else', async () => {
    expect(
      await askSql('select status, count(*) as n from log where status > 404 group by 1 order by 1')
    ).toEqual({
      columns: ['status', 'n'],
      rows: [
        [408, 1],
        [500, 1]
      ],
      more: false
    })
    expect((await askSql('select time from log')).more).toBe(true)
    for (const sql of [
      'drop table events',
      'select 1; select 2',
      'delete from events',
      'selekt',
      '',
      "copy events to '/tmp/x'",
      "select * from read_csv('/etc/passwd')",
      'set threads = 1',
      "attach '/tmp/y' as y"
    ]) {
      await expect(askSql(sql), sql).rejects.toMatchObject({ code: 'QUERY' })
    }
  })
})
