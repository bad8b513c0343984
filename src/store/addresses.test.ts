import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { addressHider } from '../privacy/addresses.ts'
import { distinctOf, totalOf, type Rollup } from '../core/rollup.ts'
import { DAY, HOUR } from '../core/time.ts'
import { formatFor } from '../formats/index.ts'
import { METRICS } from '../metrics/index.ts'
import { hideAddresses } from './addresses.ts'
import { mergeCells, mergesAt, metricCells } from './compaction.ts'
import { findEvents, lineOfEvent } from './questions/events.ts'
import { readCells } from './rollups.ts'
import { readerOf, writtenHistory } from './testing/history.ts'
import { temporaryFolder } from './testing/samples.ts'
import { Writer } from './writer.ts'

const NOW = Date.UTC(2026, 5, 17, 12) * 1000
const BEFORE = NOW - 2 * DAY
const ADDRESS = /\b10\.0\.\d+\.\d+(?!\/24)\b/

const open = (file: string): Promise<Writer> =>
  Writer.open(file, { memory: '512MB', commitInterval: 0, commitRows: 1, now: Date.now }, () => undefined)

const linesOf = async (writer: Writer) => {
  const events = await findEvents(readerOf(writer, NOW), {}, 100_000)
  return events.map(event => ({
    time: event.time,
    line: Buffer.from(lineOfEvent(event, formatFor)).toString('latin1')
  }))
}

/** What cells count, and how many keys they have. */
const summed = (rollup: Rollup) =>
  Array.from(rollup.values(), cell => ({
    of: `${cell.window} ${cell.metric}`,
    total: totalOf(cell),
    distinct: distinctOf(cell)
  })).toSorted((a, b) => (a.of < b.of ? -1 : 1))

describe('addresses of clients', () => {
  it('are hidden in what is older, and all counts stay', async () => {
    using folder = temporaryFolder()
    const writer = await writtenHistory(folder.path, NOW, 7)
    const { reader } = writer.database
    const before = {
      days: await readCells(reader, { bucket: DAY }),
      all: await readCells(reader, { bucket: 'all' })
    }
    const lines = await linesOf(writer)
    const hide = addressHider('shorten', () => 0)
    expect(await hideAddresses(writer, BEFORE, hide)).toBe(true)
    const check = async (): Promise<void> => {
      for (const [bucket, cells] of [
        [DAY, before.days],
        ['all', before.all]
      ] as const) {
        const [now, then] = [summed(await readCells(reader, { bucket })), summed(cells)]
        expect(now.map(({ of, total }) => ({ of, total }))).toEqual(
          then.map(({ of, total }) => ({ of, total }))
        )
        // An estimate, once it is not counted by name.
        for (const [i, { of, distinct }] of now.entries())
          expect([of, Math.abs(distinct - (then[i]?.distinct ?? 0)) <= 1 + 0.03 * distinct]).toEqual([
            of,
            true
          ])
      }
    }
    await check()
    const hidden = await linesOf(writer)
    expect(hidden).toHaveLength(lines.length)
    for (const [i, { time, line }] of hidden.entries()) {
      const was = lines[i]?.line ?? ''
      expect(line).toBe(time < BEFORE ? hide(was) : was)
      expect(ADDRESS.test(line)).toBe(time >= BEFORE)
    }
    const keys = await readCells(reader, { to: BEFORE - HOUR, bucket: 'all' })
    for (const { metric, keys: own } of keys.values())
      for (const key of own.keys()) expect([metric, key, ADDRESS.test(key)]).toEqual([metric, key, false])
    // Hidden once, they stay as they are, and merge as all others do.
    expect(await hideAddresses(writer, BEFORE, hide)).toBe(false)
    for (const group of metricCells(METRICS))
      for (const merge of await mergesAt(writer.database.writer, group, NOW + 5 * DAY, 8))
        await mergeCells(writer.database.writer, merge)
    await check()
    await hideAddresses(writer, NOW + DAY, hide)
    await writer.close()
    // The senders are gone, whose codes were kept.
    const again = await open(writer.database.file)
    const left = (): boolean => ADDRESS.test(readFileSync(writer.database.file, 'latin1'))
    expect(left()).toBe(true)
    await again.sweepDictionary()
    await again.shrink()
    await again.close()
    expect(left()).toBe(false)
  })
})
