import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Analysis } from '../src/core/analysis.ts'
import { ALL_TIME, distinctOf, mergedCell, totalOf } from '../src/core/rollup.ts'
import { windowsIn } from '../src/core/steps.ts'
import { analyze } from '../src/engines/embedded/bulk.ts'
import { analyzeOnSpark } from '../src/engines/spark/report/report.ts'
import { Workers } from '../src/engines/spark/workers.ts'
import { sparkMissing, sparkServer } from './spark.ts'

const DATA = join(import.meta.dirname, '../../shared/data')
const { signal } = new AbortController()
const clock = () => Date.UTC(2026, 0, 1)

let folder = ''
let workers: Workers

const monthOf = windowsIn('month', 'UTC')

/**
 * What is counted, however it came about: by month, since windows become the longer the more is read at once; of keys that were cut
 * the totals and how many there are.
 */
function plain({ rollup, spans = new Map(), ...rest }: Analysis): unknown {
  const cells = Map.groupBy(rollup.values(), ({ window, source, metric }) =>
    [window === ALL_TIME ? window : monthOf(window).from, source, metric].join(' ')
  )
  const read = Array.from(cells, ([id, parts]) => {
    const { metric } = parts[0]!
    const cell = mergedCell(parts, metric)
    return { id, ...totalOf(cell), distinct: distinctOf(cell), ...(!cell.sketch && { keys: cell.keys }) }
  })
  return {
    ...rest,
    cells: read.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    spans: Array.from(spans, ([metric, times]) => [metric, times])
  }
}

async function expectSame(paths: readonly string[]): Promise<Analysis> {
  const [bySpark, byEmbedded] = [
    await analyzeOnSpark(paths, workers, { signal, clock }),
    await analyze(paths, { signal, clock })
  ]
  expect(plain(bySpark)).toEqual(plain(byEmbedded))
  return bySpark
}

function write(name: string, bytes: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

const line = (i: number): string =>
  `192.0.2.${i % 5} - - [01/Jan/2026:0${i % 7}:00:00 +0000] "GET /p/${i % 11}?q=${i} HTTP/1.1" ${200 + (i % 3) * 100} ${i}`

const lines = (count: number): string => Array.from({ length: count }, (_, i) => `${line(i)}\n`).join('')

/** Lines with bytes in them that are no text, very long ones, and all kinds of ends. */
function hostile(): Buffer {
  const odd = [
    '\xff\xfe\t\0',
    String.raw`\N`,
    '',
    `${line(3)}\r`,
    'x'.repeat(1 << 20),
    'x'.repeat((1 << 20) + 1)
  ]
  const parts = Array.from({ length: 600 }, (_, i) => {
    const one = line(i).replace('GET', ['GET', 'G\xc3T', 'G\tT', 'G\0T', 'G\rT'][i % 5] ?? '')
    return i % 100 === 7 ? `${one}\n${odd[Math.floor(i / 100)]}` : one
  })
  return Buffer.from(parts.join('\n'), 'latin1')
}

describe.skipIf(sparkMissing !== undefined)(
  `a report read by Spark${sparkMissing ? `: ${sparkMissing}` : ''}`,
  () => {
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'visor-spark-report-'))
      const { connect } = await sparkServer()
      workers = await Workers.open({ connect, purpose: 'tests of reports', signal })
    })
    afterAll(() => {
      workers?.close()
      rmSync(folder, { recursive: true, force: true })
    })

    it('has what one machine finds in the same bytes, whatever they are', async () => {
      const paths = [
        write('hostile.log', hostile()),
        write('odd [1] %20.log', lines(50)),
        write('zipped.log.gz', gzipSync(lines(500))),
        write('unended.log', lines(3).slice(0, -1)),
        write('blank.log', '\n\n'),
        write('empty.log', '')
      ]
      const { counters, files } = await expectSame([...paths, paths[1]!])
      expect(counters.rejected).toBeGreaterThan(2)
      expect(files).toHaveLength(7)
    })

    it('gives the lines that are rejected by their numbers, also of a file that Spark splits', async () => {
      const all = Array.from({ length: 250_000 }, (_, i) =>
        i % 50_000 === 49_999 ? 'broken' : i % 1000 === 7 ? '' : line(i)
      )
      const path = write('large.log', all.join('\n'))
      const { files } = await expectSame([path])
      const broken = all.flatMap((text, i) => (text === 'broken' ? [i + 1] : []))
      expect(files[0]?.firstRejected.map(({ line }) => line)).toEqual(broken)
    })

    it('reads logs whose lines go on in one piece, however large', async () => {
      const entry = (i: number): string =>
        `[Thu Feb 29 10:${String(i % 60).padStart(2, '0')}:00.000000 2024] [core:error] [pid ${i}] child ${i} died\n  at main (${i})\n  at end\n`
      const path = write('error.log', Array.from({ length: 100_000 }, (_, i) => entry(i)).join(''))
      const { counters } = await expectSame([path])
      expect(counters.read).toBe(100_000)
    })

    it('reads folders and patterns, and says which path is none', async () => {
      writeFileSync(join(folder, 'b-1.txt'), lines(2))
      writeFileSync(join(folder, 'b-2.txt'), lines(3))
      const { files } = await analyzeOnSpark([join(folder, 'b-*.txt')], workers, { signal })
      expect(files.map(({ path, counters }) => [path, counters.read])).toEqual([
        [join(folder, 'b-1.txt'), 2],
        [join(folder, 'b-2.txt'), 3]
      ])
      await expect(analyzeOnSpark([join(folder, 'none')], workers, { signal })).rejects.toMatchObject({
        code: 'FILE_MISSING'
      })
      await expect(
        analyzeOnSpark([write('prose.txt', 'no log\nat all\n')], workers, { signal })
      ).rejects.toMatchObject({ code: 'FORMAT_UNKNOWN' })
    })

    it('counts what can be unpacked of damaged files, says which they are, and goes on', async () => {
      const whole = gzipSync(lines(3000))
      const torn = Buffer.from(whole)
      torn.fill(0xff, Math.floor(whole.length / 2))
      const paths = [
        write('good.log.gz', whole),
        write('cut.log.gz', whole.subarray(0, Math.floor(whole.length / 2))),
        write('plain.log', lines(20)),
        write('torn.log.gz', torn),
        write('none.log.gz', 'no gzip at all')
      ]
      const { files } = await analyzeOnSpark(paths, workers, { signal, clock })
      const [good, cut, plainFile, tornFile, none] = files
      expect([good?.counters.read, plainFile?.counters.read]).toEqual([3000, 20])
      expect([good?.problem, plainFile?.problem]).toEqual([undefined, undefined])
      for (const file of [cut, tornFile]) {
        expect(file?.problem).toMatch(/\.log\.gz is damaged, or not whole/)
        expect(file?.counters.parsed).toBeGreaterThan(500)
        expect(file?.counters.parsed).toBeLessThan(2500)
      }
      expect(none?.problem).toMatch(/none\.log\.gz is damaged/)
    })

    it('is interrupted by its signal', async () => {
      const stop = new AbortController()
      const path = write('long.log', lines(1_000_000))
      const report = analyzeOnSpark([path], workers, { signal: stop.signal })
      setTimeout(() => stop.abort(new Error('enough')), 500)
      await expect(report).rejects.toThrow('enough')
      const alive = await workers.session.query({
        relType: { case: 'sql', value: { query: 'SELECT 1 AS one' } }
      })
      expect(alive).toEqual([{ one: 1 }])
    })

    describe.skipIf(!existsSync(DATA))(
      `of real logs${existsSync(DATA) ? '' : ': they are not on this machine'}`,
      () => {
        const logs = ['access', 'error'].flatMap(kind =>
          existsSync(DATA)
            ? readdirSync(join(DATA, kind))
                .filter(name => name.endsWith('.log'))
                .map(name => join(DATA, kind, name))
            : []
        )
        it('has what one machine finds', async () => {
          await expectSame(logs)
        })
      }
    )
  }
)
