import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SECOND } from '../../core/time.ts'
import { analyze } from '../../engines/embedded/bulk.ts'
import { readBack } from '../../formats/contract.ts'
import { Scanner } from '../../scanner/index.ts'
import type { Draft } from '../draft.ts'
import { chiSquare, sum } from '../testing/chi-square.ts'
import { draftsOf, FORMATS, only, printed, SAMPLE, START, traffic, waitsOf } from './testing/drafts.ts'

/** How often each value of a field comes, in the order of `values`. */
function countsOf(drafts: readonly Draft[], field: string, values: readonly unknown[]): number[] {
  const counts = values.map(value => drafts.filter(({ own }) => own[field] === value).length)
  expect(sum(counts)).toBe(drafts.length)
  return counts
}

describe('lines of the first Visor', () => {
  it('are read back by Visor, each of them, as what they were made of', () => {
    const drafts = draftsOf({ seconds: 600 }).filter(({ text }) => text === undefined)
    for (const kind of ['access', 'error'] as const) {
      const mine = drafts.filter(draft => draft.kind === kind)
      const scanner = new Scanner([FORMATS[kind].program], { zone: 'UTC', chunk: 1 << 20 })
      const lines = mine.map(printed)
      const read = readBack(FORMATS[kind], scanner, lines)
      expect(mine.length).toBeGreaterThan(1000)
      expect(read.map(({ line }) => line)).toEqual(lines)
      for (const [i, { event }] of read.entries()) expect(event).toMatchObject({ ...mine[i]!.own })
    }
  })

  it('are counted whole by a report, heartbeats too', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'visor-classic-'))
    const drafts = draftsOf({ seconds: 300 })
    for (const kind of ['access', 'error'] as const) {
      const path = join(folder, `${kind}.log`)
      const lines = drafts.filter(draft => draft.kind === kind).map(printed)
      writeFileSync(path, lines.map(line => `${line}\n`).join(''))
      const { counters, from, files } = await analyze([path], {
        signal: new AbortController().signal,
        zone: 'UTC'
      })
      expect(counters).toMatchObject({ read: lines.length, parsed: lines.length, rejected: 0 })
      expect([from, files[0]?.format.name]).toEqual([START, FORMATS[kind].name])
    }
    rmSync(folder, { recursive: true })
  })

  it('look like this', () => {
    const [access, error] = (['access', 'error'] as const).map(kind =>
      draftsOf({ modes: [kind], seconds: 1 }).map(printed)
    )
    expect(access?.[0]).toBe('- - - [01/Jan/2026:00:00:00 +0000] "ALIVE" - -')
    expect(access?.[1]).toMatch(
      /^(\d{1,3}\.){3}\d{1,3} - \S+ \[01\/Jan\/2026:00:00:00 \+0000\] "(GET|HEAD|PATCH) \/.* HTTP\/[12]\.[01]" \d{3} \d{4,5}$/
    )
    expect(error?.[0]).toBe('[-] [-] ALIVE')
    expect(error?.[1]).toMatch(
      /^\[Thu Jan 01 00:00:00\.000000 2026\] \[-:info\] \[pid \d{5}:tid \d{10}\] \[client (\d{1,3}\.){3}\d{1,3}\] /
    )
  })
})

/** Seconds at which heartbeats come. */
function beats(heartbeat: unknown): number[] {
  return draftsOf({ settings: { heartbeat }, modes: ['error'], seconds: 10 })
    .filter(({ text }) => text?.startsWith('[-] [-] '))
    .map(({ time }) => (time - START) / SECOND)
}

describe('heartbeats', () => {
  it('come at equal times', () => expect(beats({ interval: '2.5', message: 'x' })).toEqual([0, 2.5, 5, 7.5]))

  it('do not come where they are not asked for', () => {
    expect(beats({ interval: 0, message: 'x' })).toEqual([])
    expect(beats(undefined)).toEqual([])
  })

  it('are one line whatever they say', () => {
    const settings = { heartbeat: { interval: 1, message: 'a\nb' } }
    expect(draftsOf({ settings, seconds: 1 }).slice(0, 2).map(printed)).toEqual([
      String.raw`- - - [01/Jan/2026:00:00:00 +0000] "a\nb" - -`,
      String.raw`[-] [-] a\nb`
    ])
  })
})

describe('requests', () => {
  const drafts = draftsOf({ settings: { heartbeat: undefined }, modes: ['access'], seconds: 8000 })

  it('keep the shares of methods and statuses', () => {
    expect(drafts.length).toBeGreaterThan(19_000)
    // 13.82 is exceeded once in a thousand runs with two degrees of freedom.
    expect(chiSquare(countsOf(drafts, 'method', ['GET', 'HEAD', 'PATCH']), [0.7, 0.2, 0.1])).toBeLessThan(
      13.82
    )
    expect(chiSquare(countsOf(drafts, 'status', [200, 404, 503]), [0.8, 0.15, 0.05])).toBeLessThan(13.82)
  })

  it('ask for each resource, by each user, equally often', () => {
    const paths = countsOf(drafts, 'path', ['/', '/maps/tile.png', '/find', '/about us'])
    // 16.27 is exceeded once in a thousand runs with three degrees of freedom.
    expect(chiSquare(paths, [1, 1, 1, 1])).toBeLessThan(16.27)
    expect(countsOf(drafts, 'query', ['q=lamp&page=2', null])[0]).toBe(paths[2])
    // Two of the four users are none.
    expect(chiSquare(countsOf(drafts, 'user', ['ines', 'tomasz', null]), [1, 1, 2])).toBeLessThan(13.82)
  })

  it('keep the shares of users, resources and versions where these are given', () => {
    const access = {
      ...SAMPLE.access,
      user_id: ['ines', 'tomasz'],
      user_id_dist: [3, 1],
      resource: ['/a', '/b', '/c'],
      resource_dist: ['0.5', '0.5', '0'],
      version: ['HTTP/1.1', 'HTTP/2.0'],
      version_dist: [1, 9]
    }
    const all = draftsOf({ settings: { heartbeat: undefined, access }, modes: ['access'], seconds: 4000 })
    // 10.83 is exceeded once in a thousand runs with one degree of freedom.
    expect(chiSquare(countsOf(all, 'user', ['ines', 'tomasz']), [3, 1])).toBeLessThan(10.83)
    const [a = 0, b = 0, c] = countsOf(all, 'path', ['/a', '/b', '/c'])
    expect([c, chiSquare([a, b], [1, 1]) < 10.83]).toEqual([0, true])
    expect(chiSquare(countsOf(all, 'protocol', ['HTTP/1.1', 'HTTP/2.0']), [1, 9])).toBeLessThan(10.83)
  })

  it('keep their bounds of bytes and waits', () => {
    const bytes = drafts.map(({ own }) => Number(own['bytes']))
    expect([Math.min(...bytes), Math.max(...bytes)]).toEqual([1024, 10_240])
    const waits = waitsOf(drafts)
    expect(Math.min(...waits)).toBeGreaterThanOrEqual(0.2)
    expect(Math.max(...waits)).toBeLessThanOrEqual(0.6)
    expect(sum(waits) / waits.length).toBeCloseTo(0.4, 2)
  })

  it('have every share alike where none are given', () => {
    const plain = { ...SAMPLE.access, interval: { min: 0.1, max: 0.1 }, method_dist: undefined }
    const all = draftsOf({
      settings: { heartbeat: undefined, access: plain },
      modes: ['access'],
      seconds: 500
    })
    expect(chiSquare(countsOf(all, 'method', ['GET', 'HEAD', 'PATCH']), [1, 1, 1])).toBeLessThan(13.82)
  })
})

describe('all chance', () => {
  it('is of the seed, however time is cut', () =>
    fc.assert(
      fc.property(fc.nat(), fc.array(fc.integer({ min: -5 * SECOND, max: 30 * SECOND })), (seed, steps) => {
        const cut: Draft[] = []
        const made = traffic({}, seed, ['access', 'error'])
        for (const to of [...steps, 30 * SECOND]) {
          made.fill(START + to, draft => {
            expect(draft.time).toBeLessThan(START + to)
            cut.push({ ...draft })
          })
        }
        expect(cut).toEqual(draftsOf({ seed, seconds: 30 }))
        expect(cut.map(({ time }) => time)).toEqual(cut.map(({ time }) => time).sort((a, b) => a - b))
      }),
      { numRuns: 50 }
    ))

  it('is another with another seed', () =>
    expect(draftsOf({ seed: 1, seconds: 30 })).not.toEqual(draftsOf({ seed: 2, seconds: 30 })))

  it('of one sort of line is not that of another', () => {
    const all = draftsOf({ seconds: 60 })
    expect(draftsOf({ modes: ['access'], seconds: 60 })).toEqual(all.filter(({ kind }) => kind === 'access'))
    const fewer = draftsOf({
      settings: { info: undefined, heartbeat: undefined },
      modes: ['error'],
      seconds: 60
    })
    for (const level of ['warn', 'error']) {
      expect(fewer.filter(({ own }) => own['level'] === level)).toEqual(
        all.filter(({ own }) => own['level'] === level)
      )
    }
  })

  it('makes nothing of sections that are not there', () =>
    expect(draftsOf({ settings: only('access', SAMPLE.access), modes: ['error'], seconds: 1 })).toEqual([]))
})
