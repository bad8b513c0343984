import fc from 'fast-check'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { MINUTE, HOUR, DAY } from '../core/time.ts'
import { addKey, cellOf, distinctOf, mergeRollup, totalOf, type Rollup } from '../core/rollup.ts'
import { addRows, toRows } from '../core/rows.ts'
import { Maintenance } from './maintenance.ts'
import { boundRejected } from './retention.ts'
import { readCells } from './rollups.ts'
import { TestDictionary, temporaryFolder, testDelivery, testEvents } from './testing/samples.ts'
import { Writer } from './writer.ts'
import { select } from './sql.ts'

const NOW = 20_000 * DAY + 7 * MINUTE

const open = (folder: string): Promise<Writer> =>
  Writer.open(
    join(folder, 'db'),
    { memory: '512MB', commitInterval: 0, commitRows: 1, now: Date.now },
    () => undefined
  )

function cell(start: number, keys: readonly [string, number][]): Rollup {
  const rollup: Rollup = new Map()
  for (const [key, count] of keys) addKey(cellOf(rollup, start, 'web', 'client'), key, count, 2 * count)
  return rollup
}

describe('merging rollups', () => {
  it('keeps every sum at any time, and leaves few rows', async () => {
    using folder = temporaryFolder()
    const writer = await open(folder.path)
    const { mappings } = writer.sender()
    const start = fc.integer({ min: 0, max: 3 * 8640 }).map(n => NOW - n * 10e6 - ((NOW - n * 10e6) % 10e6))
    const keys = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c', ''), fc.integer({ min: 1, max: 9 })))
    const parts = fc
      .sample(fc.tuple(start, keys), { seed: 5, numRuns: 80 })
      .map(([at, tallies]) => cell(at, tallies))
    const maintenance = new Maintenance(writer, 30 * DAY)
    const all: Rollup = new Map()
    for (const [i, part] of parts.entries()) {
      await writer.write(testDelivery({ rollup: toRows(part) }), mappings)
      mergeRollup(all, part)
      if (i === 40) await maintenance.run(NOW)
    }
    for (let i = 0; i < 5; i++) await maintenance.run(NOW)
    const found = await readCells(writer.database.reader, { bucket: DAY })
    const expected = addRows(
      new Map(),
      toRows(all).map(row => ({ ...row, window: row.window - (row.window % DAY) }))
    )
    expect(found).toEqual(expected)
    const windows = await select(
      writer.database.reader,
      `select count(*), count(distinct (start, key)) from rollups where start < ${NOW - MINUTE - 10e6}`
    )
    expect(windows[0]?.[0]).toBe(windows[0]?.[1])
    const [narrow] = await select(
      writer.database.reader,
      `select count(*) filter (start < ${NOW - 2 * DAY - HOUR} and start % ${HOUR} <> 0),
         count(*) filter (start < ${NOW - HOUR - 5 * MINUTE} and start % ${5 * MINUTE} <> 0) from rollups`
    )
    expect(narrow?.map(Number)).toEqual([0, 0])
    await writer.close()
  })

  it('folds all but the largest 1000 keys of an old cell, with their number', async () => {
    using folder = temporaryFolder()
    const writer = await open(folder.path)
    const { mappings } = writer.sender()
    const keys = Array.from({ length: 3000 }, (_, i): [string, number] => [`k${i}`, 1 + (i % 3)])
    for (const part of [keys.slice(0, 2000), keys.slice(1000)])
      await writer.write(testDelivery({ rollup: toRows(cell(NOW - 3 * HOUR, part)) }), mappings)
    const [before] = (await readCells(writer.database.reader, { bucket: HOUR })).values()
    await new Maintenance(writer, 30 * DAY).run(NOW)
    const [after] = (await readCells(writer.database.reader, { bucket: HOUR })).values()
    if (!before || !after) throw new Error('no cell')
    expect(after.keys.size).toBe(1000)
    expect(totalOf(after)).toEqual(totalOf(before))
    expect(Math.abs(distinctOf(after) - 3000)).toBeLessThan(150)
    expect(Math.min(...Array.from(after.keys.values(), ({ count }) => count))).toBe(3)
    await writer.close()
  })
})

describe('retention', () => {
  it('deletes what is old, with the values that nothing has or can have any more', async () => {
    using folder = temporaryFolder()
    let writer = await open(folder.path)
    const sender = () => ({
      mappings: writer.sender().mappings,
      words: { client: new TestDictionary('c 1'), path: new TestDictionary('p 1') }
    })
    const write = async (at: number, path: string, { mappings, words } = sender()): Promise<void> => {
      const events = [testEvents([{ client: 'same', path, status: 200 }], words, at)]
      await writer.write(testDelivery({ events, rollup: toRows(cell(at, [[path, 1]])) }), mappings)
    }
    await write(NOW - 40 * DAY, 'old')
    await write(NOW - 5 * DAY, 'new')
    await writer.close()
    writer = await open(folder.path)
    const holding = sender()
    await write(NOW - 40 * DAY, 'old but held', holding)
    await new Maintenance(writer, 30 * DAY).run(NOW)
    const { reader } = writer.database
    const values = (type: string) =>
      select(
        reader,
        `select value from dictionary where field in (select id from fields where type = '${type}') order by value`
      )
    expect(await select(reader, 'select count(*) from events')).toEqual([[1n]])
    expect(await values('text')).toEqual([['new'], ['old but held'], ['same']])
    expect(await values('metric')).toEqual([['new']])
    await write(NOW, 'old but held', holding)
    expect(await select(reader, 'select path, client from log order by time')).toEqual([
      ['new', 'same'],
      ['old but held', 'same']
    ])
    expect((await select(reader, 'select stream from positions')).length).toBe(1)
    await writer.close()
  })

  it('needs no lines: rollups alone show what is old', async () => {
    using folder = temporaryFolder()
    const writer = await open(folder.path)
    for (const back of [100, 60, 1])
      await writer.write(testDelivery({ rollup: toRows(cell(NOW - back * DAY, [[`${back} days`, 1]])) }))
    await new Maintenance(writer, 30 * DAY).run(NOW)
    const { reader } = writer.database
    expect(await select(reader, 'select start < $1, count from rollups', [BigInt(NOW - 2 * DAY)])).toEqual([
      [false, 1]
    ])
    expect(await select(reader, 'select value from dictionary')).toEqual([['1 days']])
    await writer.close()
  })

  it.each([
    ['an old log is kept from its newest line back', [4000, 4020, 4040], 2],
    ['a line ahead of the clock counts as of now', [-4000, 20, 40], 2]
  ])('%s', async (_name, days, left) => {
    using folder = temporaryFolder()
    const writer = await open(folder.path)
    for (const back of days) {
      const words = { client: new TestDictionary(`c ${back}`), path: new TestDictionary(`p ${back}`) }
      const events = [testEvents([{ client: null, path: 'x', status: 200 }], words, NOW - back * DAY)]
      const rollup = toRows(cell(NOW - back * DAY, [['x', 1]]))
      await writer.write(testDelivery({ events, rollup }), writer.sender().mappings)
    }
    await new Maintenance(writer, 30 * DAY).run(NOW)
    expect(await select(writer.database.reader, 'select count(*) from events')).toEqual([[BigInt(left)]])
    expect(await select(writer.database.reader, 'select sum(count) from rollups')).toEqual([[left]])
    await writer.close()
  })

  it.each([
    { lines: 3, bytes: 1e6, left: 3 },
    { lines: 100, bytes: 25, left: 2 },
    { lines: 100, bytes: 1e6, left: 10 }
  ])('bounds rejected lines to $lines lines and $bytes bytes', async ({ left, ...bounds }) => {
    using folder = temporaryFolder()
    const writer = await open(folder.path)
    const rejected = Array.from({ length: 10 }, (_, i) => ({
      offset: i,
      bytes: new Uint8Array(10),
      reason: ''
    }))
    await writer.write(testDelivery({ rejected }), writer.sender().mappings)
    await boundRejected(writer.database, bounds)
    const rows = await select(writer.database.reader, 'select "offset" from rejected order by number')
    expect(rows.map(([offset]) => offset)).toEqual([...Array(10).keys()].slice(-left))
    await writer.close()
  })
})
