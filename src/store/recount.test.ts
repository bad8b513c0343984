import fc from 'fast-check'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Metric } from '../core/metric.ts'
import { addKey, cellOf, type Rollup } from '../core/rollup.ts'
import { toRows } from '../core/rows.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../core/time.ts'
import type { Derivation } from '../derived/index.ts'
import { select } from './sql.ts'
import { Recount } from './recount.ts'
import { versionsQuestion } from './questions/versions.ts'
import { readCells } from './rollups.ts'
import { TestDictionary, temporaryFolder, testDelivery, testEvents } from './testing/samples.ts'
import { Writer } from './writer.ts'

const NOW = 20_000 * DAY + 7 * MINUTE
const FORMAT = '%{%s}t %h %U %>s'

const open = (folder: string): Promise<Writer> =>
  Writer.open(
    join(folder, 'db'),
    { memory: '512MB', commitInterval: 0, commitRows: 1, now: Date.now },
    () => undefined
  )

/** The first letters of a path, by a list of a version: so many of them. */
const letters = (count: number): Derivation => ({
  name: 'letters',
  type: 'text',
  kinds: ['access'],
  from: 'path',
  title: 'Letters',
  summary: 'first letters',
  otel: null,
  ecs: null,
  version: String(count),
  maxLength: count,
  derive: text => (text === '/' ? undefined : text.slice(1, 1 + count))
})

const base = {
  label: '',
  group: '',
  unit: '',
  summary: '',
  kinds: ['access'],
  key: 'path',
  measure: ['status']
} as const

function metricsOf(derivation: Derivation): Metric[] {
  return [
    { ...base, name: 'path' },
    { ...base, name: 'letters', field: 'letters', derive: text => derivation.derive(text) }
  ]
}

interface Line {
  readonly time: number
  readonly path: string
}

/** What an engine delivers of some lines: each as an event, and counted by path and by letters, in windows of a size. */
async function deliver(
  writer: Writer,
  lines: readonly Line[],
  derivation: Derivation,
  { size = MINUTE, kept = true }: { size?: number; kept?: boolean } = {}
): Promise<void> {
  const rollup: Rollup = new Map()
  for (const { time, path } of lines) {
    const window = Math.floor(time / size) * size
    addKey(cellOf(rollup, window, 'web', 'path'), path, 1, 200)
    const key = derivation.derive(path)
    if (key !== undefined) addKey(cellOf(rollup, window, 'web', 'letters'), key, 1, 200)
  }
  const words = {
    client: new TestDictionary(`c ${Math.random()}`),
    path: new TestDictionary(`p ${Math.random()}`)
  }
  const events = lines.map(({ time, path }) => ({
    ...testEvents([{ client: 'a', path, status: 200 }], words, time),
    format: FORMAT
  }))
  await writer.write(
    testDelivery({ rollup: toRows(rollup), ...(kept && { events }) }),
    writer.sender().mappings
  )
}

/** The keys of the metric by day, or as finely as windows are. */
async function counts(writer: Writer, bucket?: number): Promise<Record<string, number>> {
  const cells = await readCells(writer.database.reader, { metrics: ['letters'], ...(bucket && { bucket }) })
  const all = Array.from(cells.values(), ({ window, keys }) =>
    Array.from(keys, ([key, { count, sum }]) => {
      expect(sum).toBe(200 * count)
      return [`${window - NOW} ${key}`, count] as const
    })
  )
  return Object.fromEntries(all.flat())
}

const recount = (writer: Writer, derivation: Derivation): Recount =>
  new Recount(writer, metricsOf(derivation), name => (name === 'letters' ? derivation : undefined))

/** What a program with this derivation does: opens the store, and maintains it for a while. */
async function maintained(writer: Writer, derivation: Derivation, days = 100): Promise<void> {
  const counting = recount(writer, derivation)
  await counting.note()
  await counting.run(days)
}

const [old, fresh] = [letters(1), letters(2)]

const lines: readonly Line[] = [
  { time: NOW - 9 * DAY, path: '/abc' },
  { time: NOW - 9 * DAY + HOUR, path: '/abd' },
  { time: NOW - 2 * DAY, path: '/' },
  { time: NOW - 2 * DAY, path: '/xy' },
  { time: NOW - SECOND, path: '/xz' }
]

describe('after a list has changed', () => {
  it('counts each window anew, as if the lines had come with the new list', async () => {
    using folder = temporaryFolder()
    using other = temporaryFolder()
    const [writer, expected] = [await open(folder.path), await open(other.path)]
    await recount(writer, old).note()
    await deliver(writer, lines, old)
    await deliver(expected, lines, fresh)
    await maintained(writer, fresh)
    expect(await counts(writer)).toEqual(await counts(expected))
    await writer.close()
    await expected.close()
  })

  it('counts nothing anew while the version is the same', async () => {
    using folder = temporaryFolder()
    const writer = await open(folder.path)
    await recount(writer, old).note()
    await deliver(writer, lines, old)
    const before = await counts(writer)
    await maintained(writer, { ...fresh, version: old.version })
    expect(await counts(writer)).toEqual(before)
    await writer.close()
  })

  it('goes on where it stopped, the newest day first, also in another run of the program', async () => {
    using folder = temporaryFolder()
    let writer = await open(folder.path)
    await recount(writer, old).note()
    await deliver(writer, lines, old)
    await maintained(writer, fresh, 1)
    expect(Object.keys(await counts(writer, DAY)).map(name => name.split(' ')[1])).toEqual(
      expect.arrayContaining(['xz', 'x', 'a'])
    )
    await writer.close()
    writer = await open(folder.path)
    await maintained(writer, fresh, 1)
    await maintained(writer, fresh, 1)
    expect(Object.values(await counts(writer, DAY)).reduce((sum, count) => sum + count)).toBe(4)
    expect(new Set(Object.keys(await counts(writer, DAY)).map(name => name.split(' ')[1]))).toEqual(
      new Set(['ab', 'xy', 'xz'])
    )
    await maintained(writer, fresh, 1)
    expect(await select(writer.database.reader, 'select version, pending from versions')).toEqual([
      ['2', null]
    ])
    await writer.close()
  })

  it('leaves days whose lines are not all kept as they are, and says by which version they were counted', async () => {
    using folder = temporaryFolder()
    const writer = await open(folder.path)
    await recount(writer, old).note()
    await deliver(writer, lines.slice(0, 2), old, { kept: false })
    await deliver(writer, lines.slice(2), old)
    await maintained(writer, fresh)
    expect(new Set(Object.keys(await counts(writer, DAY)).map(name => name.split(' ')[1]))).toEqual(
      new Set(['a', 'xy', 'xz'])
    )
    const { reader, connect } = writer.database
    const day = 20_000 * DAY - 9 * DAY
    expect(
      await versionsQuestion.read({ connection: reader, connect, derive: async () => {}, now: 0 }, {})
    ).toEqual([
      { metric: 'letters', version: '2', state: 'current' },
      { metric: 'letters', version: '1', state: 'outdated', source: 'web', from: day, to: day + DAY }
    ])
    await writer.close()
  })

  it('counts lines exactly that come meanwhile', async () => {
    using folder = temporaryFolder()
    const writer = await open(folder.path)
    const line = fc.record({
      time: fc.integer({ min: 0, max: 12 * 24 * 60 }).map(minutes => NOW - minutes * MINUTE),
      path: fc.constantFrom('/', '/abc', '/abd', '/a', '/bc', '/bcd')
    })
    const all = fc.sample(line, { seed: 3, numRuns: 200 })
    await recount(writer, old).note()
    await deliver(writer, all.slice(0, 50), old)
    await deliver(writer, all.slice(50, 100), old, { size: DAY })
    for (let i = 100; i < 200; i += 25) {
      await maintained(writer, fresh, 2)
      await deliver(writer, all.slice(i, i + 25), fresh, { size: i % 50 === 0 ? HOUR : MINUTE })
    }
    await maintained(writer, fresh, 100)
    const expected: Record<string, number> = {}
    for (const { time, path } of all) {
      const key = fresh.derive(path)
      const name = `${Math.floor(time / DAY) * DAY - NOW} ${key}`
      if (key !== undefined) expected[name] = (expected[name] ?? 0) + 1
    }
    expect(await counts(writer, DAY)).toEqual(expected)
    await writer.close()
  })
})
