import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Delivery } from '../core/delivery.ts'
import { addKey, cellOf, type Rollup } from '../core/rollup.ts'
import { toRows } from '../core/rows.ts'
import { TestDictionary, temporaryFolder, testDelivery, testEvents } from './testing/samples.ts'
import { Writer, type CommitInfo } from './writer.ts'
import { select } from './sql.ts'

const OPTIONS = { memory: '512MB', commitInterval: 20, commitRows: 10, now: Date.now }
const delivery = (words: { client: TestDictionary; path: TestDictionary }, client: string, rows = 1) =>
  testDelivery({
    counters: { read: rows, parsed: rows, rejected: 0, late: 0, bytes: 0 },
    events: [
      testEvents(
        Array.from({ length: rows }, () => ({ client, path: '/', status: 200 })),
        words
      )
    ]
  })
const dictionaries = () => ({ client: new TestDictionary('client 1'), path: new TestDictionary('path 1') })

/** A delivery of twelve streams of two sources, with all that a delivery can hold. */
function ofTwelveStreams(words: { client: TestDictionary; path: TestDictionary }): Delivery {
  const positions = Array.from({ length: 12 }, (_, i) => ({
    source: i < 6 ? 'web' : 'api',
    stream: `stream-${i}`,
    name: `partition ${i}`,
    position: { offset: 100 + i },
    finished: false
  }))
  const counters = { read: 3, parsed: 2, rejected: 1, late: 0, bytes: 9 }
  const rejected = positions.map(({ stream }) => ({
    stream,
    offset: 1,
    bytes: new Uint8Array(2),
    reason: 'no'
  }))
  const rollup: Rollup = new Map()
  for (const source of ['web', 'api']) addKey(cellOf(rollup, 0, source, 'client'), 'a', 2, 0)
  const rows = [{ client: 'a', path: '/', status: 200 }]
  return {
    positions,
    counters: ['web', 'api'].map(source => ({ source, ...counters })),
    events: [testEvents(rows, words), { ...testEvents(rows, words), source: 'api' }],
    rejected,
    rollup: toRows(rollup),
    signals: toRows(rollup)
  }
}

/** How many rows each part of that delivery has. */
const partsOf = async (writer: Writer): Promise<(number | null)[]> => {
  const tables = ['positions', 'counters', 'events', 'rejected', 'rollups', 'sources', 'dictionary']
  const counts = tables.map(table => `(select count(*)::int from ${table})`).join(', ')
  const [row = []] = await select(
    writer.database.reader,
    `select ${counts}, (select sum(read) from counters)`
  )
  return row.map(value => (value === null ? value : Number(value)))
}

/** Clients in the view `log`, with their number of lines, and the counters of all. */
async function contentOf(writer: Writer): Promise<unknown[]> {
  const clients = await select(
    writer.database.reader,
    'select client, count(*)::int from log group by client order by client'
  )
  const counters = await select(writer.database.reader, 'select read from counters')
  return [clients, counters]
}

describe('a commit that fails', () => {
  it.each([
    {
      name: 'before anything was written',
      breakIt: (writer: Writer) => writer.database.writer.closeSync()
    },
    {
      name: 'after it was durable',
      breakIt: ({ database: { writer } }: Writer) => {
        const run = writer.run.bind(writer)
        writer.run = async (sql, ...rest) => {
          const result = await run(sql, ...rest)
          if (sql === 'commit') throw new Error('no answer')
          return result
        }
      }
    }
  ])('$name is made good, once', async ({ breakIt }) => {
    using folder = temporaryFolder()
    const writer = await Writer.open(join(folder.path, 'db'), OPTIONS, () => undefined)
    const { mappings } = writer.sender()
    const words = dictionaries()
    await writer.write(delivery(words, 'a'), mappings)
    breakIt(writer)
    const failed = writer.write(delivery(words, 'b'), mappings)
    await expect.poll(() => writer.failure).toBeTruthy()
    const meanwhile = writer.write(delivery(words, 'b'), mappings)
    await Promise.all([failed, meanwhile])
    expect(writer.failure).toBeUndefined()
    expect(await contentOf(writer)).toEqual([
      [
        ['a', 1],
        ['b', 2]
      ],
      [[3]]
    ])
    await writer.close()
  })
})

describe('while the disk is full', () => {
  const full = (): Promise<never> =>
    Promise.reject(new Error('Could not write file "x": No space left on device'))

  it('the database stays open for questions, and the failure names disk and folder', async () => {
    using folder = temporaryFolder()
    const writer = await Writer.open(join(folder.path, 'db'), OPTIONS, () => undefined)
    const words = dictionaries()
    await writer.write(delivery(words, 'a'))
    const { database } = writer
    const run = database.writer.run.bind(database.writer)
    database.writer.run = async (sql, ...rest) => (sql === 'commit' ? full() : run(sql, ...rest))
    const written = writer.write(delivery(words, 'b'))
    await expect
      .poll(() => writer.failure)
      .toMatch(new RegExp(`^the disk of ${folder.path} is full \\(mount point \\S+: .+ are free\\)$`))
    expect(await contentOf(writer)).toEqual([[['a', 1]], [[1]]])
    database.writer.run = run
    await written
    expect(writer.database).toBe(database)
    expect(await contentOf(writer)).toEqual([
      [
        ['a', 1],
        ['b', 1]
      ],
      [[2]]
    ])
    await writer.close()
  })

  it('closing does not wait, and says why what waited is not written', async () => {
    using folder = temporaryFolder()
    const writer = await Writer.open(join(folder.path, 'db'), OPTIONS, () => undefined)
    const { writer: connection } = writer.database
    const run = connection.run.bind(connection)
    connection.run = async (sql, ...rest) => (sql === 'commit' ? full() : run(sql, ...rest))
    const written = writer.write(delivery(dictionaries(), 'a'))
    await expect.poll(() => writer.failure).toBeTruthy()
    const refused = expect(written).rejects.toMatchObject({
      code: 'DISK_FULL',
      message: expect.stringContaining(`cannot be written: the disk of ${folder.path} is full`)
    })
    await writer.close()
    await refused
  })
})

it('questions wait while the database is opened anew', async () => {
  using folder = temporaryFolder()
  const writer = await Writer.open(join(folder.path, 'db'), OPTIONS, () => undefined)
  const words = dictionaries()
  await writer.write(delivery(words, 'a'))
  const before = writer.database
  before.close()
  const mended = writer.mend()
  await expect.poll(() => writer.opened()).not.toBe(before)
  const { reader } = await writer.opened()
  expect(await select(reader, 'select client from log')).toEqual([['a']])
  await mended
  await writer.close()
})

describe('a delivery of twelve streams', () => {
  it.each(['positions', 'counters', 'state'])(
    'is there wholly or not at all, also when writing %s fails',
    async table => {
      using folder = temporaryFolder()
      const writer = await Writer.open(join(folder.path, 'db'), OPTIONS, () => undefined)
      const { writer: connection } = writer.database
      const run = connection.run.bind(connection)
      connection.run = async (sql, ...rest) => {
        if (new RegExp(`(into|update) ${table}\\b`).test(sql)) throw new Error('disk full')
        return run(sql, ...rest)
      }
      const written = writer.write(ofTwelveStreams(dictionaries()))
      await expect.poll(() => writer.failure).toBe('disk full')
      expect(await partsOf(writer)).toEqual([0, 0, 0, 0, 0, 0, 0, null])
      await written
      expect(await partsOf(writer)).toEqual([12, 2, 2, 12, 4, 2, 4, 6])
      await writer.close()
    }
  )
})

describe('commits', () => {
  it('gather deliveries, and do not wait for their time once many rows do', async () => {
    using folder = temporaryFolder()
    const commits: CommitInfo[] = []
    const options = { ...OPTIONS, commitInterval: 60_000 }
    const writer = await Writer.open(join(folder.path, 'db'), options, commit => commits.push(commit))
    const { mappings } = writer.sender()
    const words = dictionaries()
    await writer.write(delivery(words, 'a'), mappings)
    await Promise.all([2, 3, 5].map(rows => writer.write(delivery(words, 'a', rows), mappings)))
    expect(commits.map(({ number, rows }) => [number, rows])).toEqual([
      [1, 1],
      [2, 10]
    ])
    await writer.close()
  })

  it('hold what waited when the store is closed', async () => {
    using folder = temporaryFolder()
    const options = { ...OPTIONS, commitInterval: 60_000 }
    const file = join(folder.path, 'db')
    let writer = await Writer.open(file, options, () => undefined)
    const sender = writer.sender()
    const words = dictionaries()
    await writer.write(delivery(words, 'a'), sender.mappings)
    const waiting = writer.write(delivery(words, 'b'), sender.mappings)
    await writer.close()
    await waiting
    writer = await Writer.open(file, options, () => undefined)
    expect(await contentOf(writer)).toEqual([
      [
        ['a', 1],
        ['b', 1]
      ],
      [[2]]
    ])
    await writer.close()
  })
})
