import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HOUR } from '../core/time.ts'
import { Flag } from '../core/batch.ts'
import { decodeText } from '../core/escape.ts'
import { parseQuery } from '../query/index.ts'
import { openStore, openStoreSink, type Store } from './index.ts'
import {
  bytesOf,
  TestDictionary,
  temporaryFolder,
  testDelivery,
  testEvents,
  testFormat
} from './testing/samples.ts'

const words = { client: new TestDictionary('client 1'), path: new TestDictionary('path 1') }
const rows = [
  { client: 'ann', path: '/index.html', status: 200 },
  { client: 'bob', path: '/100%_real\\', status: 404 },
  { client: null, path: null, status: NaN },
  { client: 'ann', path: '/100_real', status: 500 }
]
const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

describe('lines', () => {
  const folder = temporaryFolder()
  let store: Store
  beforeAll(async () => {
    store = await openStore(folder.path, { formatFor: testFormat, commitInterval: 1 })
    const flags = Uint8Array.from([0, Flag.carriageReturn, Flag.notCanonical, Flag.unterminated])
    const kept = new Map([[2, Uint8Array.of(0, 255, 32)]])
    const events = [{ ...testEvents(rows, words, HOUR - 2e6), flags, kept }]
    const rejected = [1, 2, 3].map(i => ({
      offset: i,
      bytes: Uint8Array.of(i, 0, 255),
      reason: `reason ${i}`
    }))
    await openStoreSink(store.handle()).write(testDelivery({ events, rejected }))
  })
  afterAll(async () => {
    await store.close()
    folder[Symbol.dispose]()
  })

  it('come back byte for byte, newest first', async () => {
    const found = await store.lines({})
    expect(found.map(({ time, line, end }) => [time, latin1(line), end])).toEqual([
      [HOUR + 1e6, 'ann /100_real 500', ''],
      [HOUR, '\0\xff ', '\n'],
      [HOUR - 1e6, 'bob /100%_real\\ 404', '\r\n'],
      [HOUR - 2e6, 'ann /index.html 200', '\n']
    ])
    expect(found.map(({ fields }) => Object.fromEntries(fields))).toEqual([
      { client: 'ann', path: '/100_real', status: 500 },
      {},
      { client: 'bob', path: '/100%_real\\', status: 404 },
      { client: 'ann', path: '/index.html', status: 200 }
    ])
  })

  it.each([
    { q: 'client:ann', statuses: [500, 200] },
    { q: 'path:/100%*', statuses: [404] },
    { q: String.raw`path:*_real\\`, statuses: [404] },
    { q: 'path:/100_real', statuses: [500] },
    { q: 'path:*', statuses: [500, 404, 200] },
    { q: 'NOT path:*', statuses: [undefined] },
    { q: 'status:[200 TO 404]', statuses: [404, 200] },
    { q: 'client:ann status:<=499', statuses: [200] },
    { q: 'source:web', statuses: [500, undefined, 404, 200] },
    { q: 'source:x*', statuses: [] },
    { q: 'agent:*', statuses: [] },
    { q: `client:"' or 1=1 --"`, statuses: [] },
    { q: `header.x-or:1 OR "' or 1=1 --"`, statuses: [] },
    { q: '', from: HOUR, statuses: [500, undefined] },
    { q: '', to: HOUR, statuses: [404, 200] },
    { q: '', limit: 1, statuses: [500] }
  ])('are found by %j', async ({ q, statuses, ...filter }) => {
    const found = await store.lines({ ...filter, where: parseQuery(q) })
    expect(found.map(({ fields }) => fields.get('status'))).toEqual(statuses)
  })

  it('are counted by hour', async () => {
    const where = parseQuery('path:/*')
    expect(await store.count({ where, by: 'hour' })).toEqual([
      { time: 0, count: 2 },
      { time: HOUR, count: 1 }
    ])
    expect(await store.count({ where, by: 'hour', from: HOUR })).toEqual([{ time: HOUR, count: 1 }])
    expect(await store.extent()).toEqual({ first: HOUR - 2e6, last: HOUR + 1e6 })
  })

  it('that were rejected come back with the reason, the last first', async () => {
    const [last, ...others] = await store.rejected({ limit: 2 })
    expect(last).toMatchObject({
      offset: 3,
      reason: 'reason 3',
      line: Uint8Array.of(3, 0, 255),
      source: 'web'
    })
    expect(others).toHaveLength(1)
  })
})

describe('values of any bytes', () => {
  it('come back as they were, decoded and raw, also when the codes are of the next generation', async () => {
    using folder = temporaryFolder()
    let store = await openStore(folder.path, { formatFor: testFormat, commitInterval: 1 })
    const known: string[] = []
    let generation = 0
    const value = fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 40 }),
      fc.string({ unit: 'grapheme', minLength: 1 }).map(bytesOf),
      fc.constantFrom('\\"', '\\x41', 'A', '\0', '-', 'é', '\\xc3\\xa9').map(bytesOf)
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(value, value), { minLength: 1, maxLength: 50 }), async pairs => {
        if (known.length > 300) {
          await store.close()
          store = await openStore(folder.path, { formatFor: testFormat, commitInterval: 1 })
          known.length = 0
        }
        generation++
        const words = {
          client: new TestDictionary(`c ${generation}`),
          path: new TestDictionary(`p ${generation}`)
        }
        const rows = pairs.map(([client, path]) => ({ client, path, status: 1 }))
        const start = generation * HOUR
        await openStoreSink(store.handle()).write(testDelivery({ events: [testEvents(rows, words, start)] }))
        const found = await store.lines({ from: start, to: start + HOUR, limit: 50 })
        known.push(...found.map(({ line }) => latin1(line)))
        expect(found.map(({ line }) => latin1(line)).toReversed()).toEqual(
          pairs.map(pair => `${pair.map(latin1).join(' ')} 1`)
        )
        expect(found.map(({ fields }) => fields.get('path')).toReversed()).toEqual(
          pairs.map(([, path]) => decodeText(path))
        )
      }),
      { seed: 3, numRuns: 40 }
    )
    await store.close()
  })
})
