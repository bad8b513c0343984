import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { distinctOf, totalOf, type Rollup } from '../../core/rollup.ts'
import { mergeRollup } from '../../core/rollup.ts'
import { Analyst } from '../../counting/analyst.ts'
import { analyze } from './bulk.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'visor-bulk-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const { signal } = new AbortController()
const line = (i: number): string =>
  `192.0.2.${i % 5} - - [01/Jan/2026:0${i % 7}:00:00 +0000] "GET /p/${i % 11}?q=${i} HTTP/1.1" ${200 + (i % 3) * 100} ${i}`

function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

function plain(rollup: Rollup): unknown {
  return Object.fromEntries(
    Array.from(rollup, ([id, { keys, other }]) => [id, { keys: Object.fromEntries(keys), other }])
  )
}

describe('analyze', () => {
  it('finds when messages were first and last seen, over files and threads', async () => {
    const times = fc.array(
      fc.tuple(fc.nat(86_399), fc.constantFrom('child 1 died', 'child 22 died', 'AH00094: up', 'up'))
    )
    await fc.assert(
      fc.asyncProperty(times, times, async (one, two) => {
        const wanted = new Map<string, [first: number, last: number]>()
        const paths = [one, two].map((lines, file) => {
          const texts = lines.map(([second, message]) => {
            const time = Date.UTC(2024, 1, 29) + second * 1000
            const key = message.replace(/\d+(?= died)/, '<number>')
            const [first, last] = wanted.get(key) ?? [time, time]
            wanted.set(key, [Math.min(first, time), Math.max(last, time)])
            const clock = new Date(time).toISOString().slice(11, 19)
            return `[Thu Feb 29 ${clock}.000000 2024] [core:error] [pid 1] ${message}\n`
          })
          return write(`spans${file}.log`, texts.join(''))
        })
        const { spans } = await analyze(paths, { signal, format: 'error24', zone: 'UTC' })
        const found = Array.from(
          spans?.get('message') ?? [],
          ([key, { first, last }]): [string, [number, number]] => [key, [first / 1000, last / 1000]]
        )
        expect(new Map(found)).toEqual(wanted)
      }),
      { numRuns: 40, seed: 8 }
    )
    const { spans } = await analyze([join(folder, 'spans0.log'), join(folder, 'spans1.log')], {
      signal,
      jobs: 2,
      format: 'error24',
      zone: 'UTC'
    })
    const alone = await analyze([join(folder, 'spans0.log'), join(folder, 'spans1.log')], {
      signal,
      jobs: 1,
      format: 'error24',
      zone: 'UTC'
    })
    expect(spans).toEqual(alone.spans)
  })

  it('counts the same however a file is cut into ranges', async () => {
    const texts = fc.array(
      fc.constantFrom(line(1), line(2), line(3), line(9), 'broken', '', `${line(4)}\r`),
      { maxLength: 60 }
    )
    await fc.assert(
      fc.asyncProperty(
        texts,
        fc.boolean(),
        fc.array(fc.nat(3000), { maxLength: 4 }),
        async (lines, ended, cuts) => {
          const text = lines.join('\n') + (ended || lines.at(-1)?.endsWith('\r') ? '\n' : '')
          const path = write('ranges.log', text)
          const whole = new Analyst({ limit: 100, country: true, now: 0, format: 'common' })
          const expected = await whole.run({ file: 0, path }, signal, () => {})
          const marks = [0, ...cuts.map(cut => cut % (text.length + 1)).sort((a, b) => a - b), Infinity]
          const parts = await Promise.all(
            marks.slice(1).map(async (to, i) => {
              const analyst = new Analyst({ limit: 100, country: true, now: 0, format: 'common' })
              const result = await analyst.run(
                { file: 0, path, range: { from: marks[i]!, to } },
                signal,
                () => {}
              )
              return { result, rollup: analyst.finish().rollup }
            })
          )
          const rollup: Rollup = new Map()
          for (const part of parts) mergeRollup(rollup, part.rollup)
          expect(plain(rollup)).toEqual(plain(whole.finish().rollup))
          const sum = (of: (result: (typeof parts)[number]['result']) => number): number =>
            parts.reduce((total, { result }) => total + of(result), 0)
          expect(sum(({ counters }) => counters.read)).toBe(expected.counters.read)
          expect(sum(({ counters }) => counters.rejected)).toBe(
            lines.filter(text => text === 'broken').length
          )
          expect(sum(({ counters }) => counters.bytes)).toBe(text.length)
          expect(sum(({ lines }) => lines)).toBe(expected.lines)
        }
      ),
      { numRuns: 60, seed: 3 }
    )
  })

  it('gives the line of what it rejects, in a large file over two threads too', async () => {
    const lines = Array.from({ length: 250_000 }, (_, i) =>
      i % 50_000 === 49_999 ? 'broken' : i % 1000 === 7 ? '' : line(i)
    )
    const path = write('large.log', lines.join('\n'))
    const analysis = await analyze([path], { jobs: 2, signal })
    const broken = lines.flatMap((text, i) => (text === 'broken' ? [i + 1] : []))
    expect(analysis.files[0]?.firstRejected.map(({ line }) => line)).toEqual(broken)
    expect(analysis.counters).toMatchObject({ read: 250_000 - 250, rejected: 5 })
    expect(analysis.counters.bytes).toBe(lines.join('\n').length)
  })

  it('reads gzip, several files, and an empty one', async () => {
    const text = `${line(1)}\n${line(2)}\n`
    const paths = [write('a.log', text), join(folder, 'b.log.gz'), write('empty.log', '')]
    writeFileSync(paths[1]!, Buffer.concat([gzipSync(text), gzipSync(text)]))
    const analysis = await analyze(paths, { signal })
    expect(analysis.counters).toMatchObject({ read: 6, parsed: 6 })
    expect(analysis.files.map(({ counters, why }) => [counters.read, why.includes('no lines')])).toEqual([
      [2, false],
      [4, false],
      [0, true]
    ])
    expect([analysis.from, analysis.to]).toEqual([
      Date.UTC(2026, 0, 1, 1) * 1000,
      Date.UTC(2026, 0, 1, 2) * 1000
    ])
  })

  it('counts a file as often as it is named', async () => {
    const path = write('twice.log', `${line(1)}\n`)
    const analysis = await analyze([path, path], { signal })
    expect(analysis.files.map(({ counters }) => counters.read)).toEqual([1, 1])
    expect(analysis.counters.read).toBe(2)
  })

  it('counts a damaged gzip as far as it goes, and reports so', async () => {
    const text = Array.from({ length: 20_000 }, (_, i) => line(i)).join('\n')
    const path = join(folder, 'damaged.log.gz')
    writeFileSync(path, gzipSync(text).subarray(0, -500))
    const analysis = await analyze([path], { signal })
    expect(analysis.files[0]?.problem).toContain('damaged')
    expect(analysis.counters.parsed).toBeGreaterThan(10_000)
    expect(analysis.counters.rejected).toBe(0)
  })

  it('keeps totals exact and memory bounded when nearly all keys are distinct', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => line(i).replace('/p/', `/p/${i}/`))
    const analysis = await analyze([write('distinct.log', lines.join('\n'))], { signal, limit: 50 })
    const path = [...analysis.rollup.values()].find(cell => cell.metric === 'path')!
    expect(path.keys.size).toBeLessThanOrEqual(100)
    expect(totalOf(path)).toEqual({ count: 20_000, sum: (19_999 * 20_000) / 2 })
    expect(Math.abs(distinctOf(path) / 20_000 - 1)).toBeLessThan(0.05)
  })

  it('goes on where one file is missing and another follows no format', async () => {
    write('no-log.txt', 'no log\nat all\n')
    const paths = [
      join(folder, 'gone.log'),
      write('good.log', `${line(1)}\n`),
      join(folder, 'no-log.txt'),
      folder
    ]
    const analysis = await analyze(paths, { signal })
    expect(analysis.counters).toMatchObject({ read: 1, parsed: 1 })
    expect(analysis.files.map(({ path, counters }) => [path, counters.read])).toEqual(
      paths.map((path, i) => [path, i === 1 ? 1 : 0])
    )
    expect(analysis.files.map(({ problem }) => problem !== undefined)).toEqual([true, false, true, true])
  })

  it.each([
    ['nothing.log', 'FILE_MISSING'],
    ['prose.txt', 'FORMAT_UNKNOWN']
  ])('reports what is wrong with %s', async (name, code) => {
    write('prose.txt', 'no log\nat all\n')
    await expect(analyze([join(folder, name)], { signal })).rejects.toMatchObject({ code })
  })
})
