import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { addKey, boundCell, cellOf, mergeRollup, type Rollup } from '../core/rollup.ts'
import { addRows, toRows } from '../core/rows.ts'
import { DAY, HOUR } from '../core/time.ts'
import { openStore, openStoreSink, type Store } from './index.ts'
import { TestDictionary, temporaryFolder, testDelivery, testEvents, testFormat } from './testing/samples.ts'

const open = (path: string): Promise<Store> => openStore(path, { formatFor: testFormat, commitInterval: 5 })
const dictionaries = (): { client: TestDictionary; path: TestDictionary } => ({
  client: new TestDictionary('client 1'),
  path: new TestDictionary('path 1')
})
const lines = { read: 4, parsed: 2, rejected: 1, late: 1, bytes: 100 }

function cells(window: number, keys: Record<string, number>, limit = 10): Rollup {
  const rollup: Rollup = new Map()
  const cell = cellOf(rollup, window, 'web', 'client')
  for (const [key, count] of Object.entries(keys)) addKey(cell, key, count, count / 2)
  boundCell(cell, limit)
  return rollup
}

describe('store', () => {
  it('gives back positions, counters and rollups, also after it was opened again', async () => {
    using folder = temporaryFolder()
    let store = await open(folder.path)
    let sink = openStoreSink(store.handle())
    const words = dictionaries()
    const rows = [
      { client: 'a', path: '/', status: 200 },
      { client: null, path: '/x', status: NaN }
    ]
    await sink.write(
      testDelivery({
        counters: lines,
        position: { offset: 50, inode: '7' },
        events: [testEvents(rows, words)],
        rollup: toRows(cells(0, { a: 1, b: 2 }))
      })
    )
    await sink.write(testDelivery({ stream: 'stream-2', counters: lines, finished: true }))
    await sink.write(testDelivery({ source: 'other', stream: 'stream-3' }))
    await store.close()

    store = await open(folder.path)
    sink = openStoreSink(store.handle())
    await sink.write(
      testDelivery({ position: { offset: 90 }, counters: lines, rollup: toRows(cells(0, { b: 1, c: 5 })) })
    )
    expect(await store.positions({ source: 'web' })).toEqual([
      { id: 'stream-1', name: '/var/log/access.log', position: { offset: 90 }, finished: false },
      { id: 'stream-2', name: '/var/log/access.log', position: { offset: 0 }, finished: true }
    ])
    const counters = await store.counters()
    expect(counters.get('web')).toEqual({ read: 12, parsed: 6, rejected: 3, late: 3, bytes: 300 })
    expect(addRows(new Map(), await store.rollup({}))).toEqual(cells(0, { a: 1, b: 3, c: 5 }))
    expect(await store.info()).toMatchObject({ events: 2, rejected: 0, queue: 0 })
    await store.close()
  })

  it('has an identity for ever, which no other has', async () => {
    const identities: string[] = []
    using one = temporaryFolder()
    using two = temporaryFolder()
    for (const { path } of [one, one, two]) {
      const store = await open(path)
      identities.push(store.identity)
      await store.close()
    }
    const [first, again, other] = identities
    expect(first).toMatch(/^[0-9a-f-]{36}$/)
    expect(again).toBe(first)
    expect(other).not.toBe(first)
  })

  it('merges windows into buckets and folds the rest of the keys', async () => {
    using folder = temporaryFolder()
    const store = await open(folder.path)
    const sink = openStoreSink(store.handle())
    const parts = [
      cells(-10e6, { a: 1 }),
      cells(0, { a: 3, b: 2 }),
      cells(10e6, { a: 1, c: 4, d: 1 }, 2),
      cells(70e6, { e: 1 })
    ]
    for (const part of parts) await sink.write(testDelivery({ rollup: toRows(part) }))
    const inMinute = mergeRollup(cells(0, { a: 3, b: 2 }), rewindowed(parts[2], 0))
    const minutes = addRows(new Map(), await store.rollup({ from: 0, to: 60e6, bucket: 60e6 }))
    expect(minutes).toEqual(inMinute)
    expect((await store.rollup({ bucket: 60e6 })).map(row => row.window).toSorted((a, b) => a - b)).toEqual([
      -60e6, 0, 60e6
    ])
    const [all] = await store.rollup({ bucket: 'all', limit: 1 })
    expect(all).toMatchObject({ window: -1, keys: ['a'], otherCount: 8, otherSum: 4 })
    expect(await store.rollup({ sources: ['none'] })).toEqual([])
    expect(await store.rollup({ metrics: ['path'] })).toEqual([])
    expect(await store.rollup({ sources: ['web'], metrics: ['client'], from: 70e6 })).toHaveLength(1)
    await store.close()
  })

  it('has an extent without lines too; where the first line is kept, it is exact', async () => {
    using folder = temporaryFolder()
    const store = await open(folder.path)
    expect(await store.extent()).toBeUndefined()
    for (const day of [3, 1, 2])
      await store.write(testDelivery({ rollup: toRows(cells(day * DAY, { a: 1 })) }))
    expect(await store.extent()).toEqual({ first: DAY, last: 3 * DAY })
    const rows = [{ client: 'a', path: '/', status: 200 }]
    for (const time of [DAY + HOUR, 3 * DAY + HOUR])
      await store.write(testDelivery({ events: [testEvents(rows, dictionaries(), time)] }))
    await store.write(testDelivery({ source: 'api', events: [testEvents(rows, dictionaries(), 9 * DAY)] }))
    expect(await store.extent({ sources: ['web'] })).toEqual({ first: DAY + HOUR, last: 3 * DAY + HOUR })
    expect(await store.extent()).toEqual({ first: DAY + HOUR, last: 9 * DAY })
    expect(await store.extent({ sources: ['none'] })).toBeUndefined()
    await store.close()
  })

  it('takes names of any text', async () => {
    using folder = temporaryFolder()
    const store = await open(folder.path)
    const name = 'a \0 "quoted" \\ \ud800 name'
    const rows = [{ client: 'a', path: '/', status: 200 }]
    const events = { ...testEvents(rows, dictionaries()), format: name }
    const numbers = new Map([[name, Float64Array.of(1)]])
    await openStoreSink(store.handle()).write(
      testDelivery({ source: name, stream: name, name, counters: lines, events: [{ ...events, numbers }] })
    )
    const [found] = await store.positions({ source: name.toWellFormed() })
    expect(found).toMatchObject({ id: name.toWellFormed(), name: name.toWellFormed() })
    expect((await store.counters()).get(name.toWellFormed())).toEqual(lines)
    expect((await store.lines({}))[0]?.fields.get(name.toWellFormed())).toBe(1)
    await store.close()
  })

  it('takes nothing of a delivery whose codes were never sent', async () => {
    using folder = temporaryFolder()
    const store = await open(folder.path)
    const sink = openStoreSink(store.handle())
    const rows = [{ client: 'a', path: '/', status: 200 }]
    const broken = testEvents(rows, dictionaries())
    const column = { ...new TestDictionary('path 1').column([]), codes: Uint32Array.of(7) }
    const events = [testEvents(rows, dictionaries()), { ...broken, texts: new Map([['path', column]]) }]
    await expect(sink.write(testDelivery({ counters: lines, events }))).rejects.toThrow('was never sent')
    await sink.write(testDelivery({ source: 'other' }))
    expect((await store.info()).events).toBe(0)
    expect(await store.positions({ source: 'web' })).toEqual([])
    await store.close()
  })

  it('takes nothing of a delivery with a rejected line of a stream that has no position', async () => {
    using folder = temporaryFolder()
    const store = await open(folder.path)
    const rejected = [{ stream: 'elsewhere', offset: 0, bytes: new Uint8Array(1), reason: 'no' }]
    const delivery = { ...testDelivery({ counters: lines, rollup: toRows(cells(0, { a: 1 })) }), rejected }
    await expect(store.write(delivery)).rejects.toThrow('which has no position')
    await store.write(testDelivery({ source: 'other' }))
    expect(await store.rollup({})).toEqual([])
    expect(await store.positions({ source: 'web' })).toEqual([])
    expect((await store.counters()).has('web')).toBe(false)
    await store.close()
  })

  it('refuses a second opening in the same process and allows it after closing', async () => {
    using folder = temporaryFolder()
    const store = await open(folder.path)
    await expect(open(folder.path)).rejects.toMatchObject({ code: 'STORE_LOCKED' })
    await store.close()
    await (await open(folder.path)).close()
  })

  it('refuses a folder that cannot be made', async () => {
    using folder = temporaryFolder()
    const file = join(folder.path, 'file')
    writeFileSync(file, '')
    await expect(open(join(file, 'store'))).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' })
    await expect(open(file)).rejects.toMatchObject({ code: 'FILE_UNWRITABLE' })
  })

  it('refuses writing after it was closed', async () => {
    using folder = temporaryFolder()
    const store = await open(folder.path)
    const sink = openStoreSink(store.handle())
    await sink.write(testDelivery({}))
    await store.close()
    await expect(sink.write(testDelivery({}))).rejects.toMatchObject({ code: 'STORE_BROKEN' })
  })
})

function rewindowed(rollup: Rollup | undefined, window: number): Rollup {
  const moved: Rollup = new Map()
  return addRows(
    moved,
    toRows(rollup ?? moved).map(row => ({ ...row, window }))
  )
}
