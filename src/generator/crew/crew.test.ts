import { afterEach, describe, expect, it } from 'vitest'
import type { Kind } from '../../core/fields.ts'
import { generate } from '../generate.ts'
import { scenarioOptions } from '../scenario.ts'
import { composed, madeIn, START } from '../testing/made.ts'
import { Truth } from '../truth.ts'
import { Crew } from './crew.ts'
import { ShareMaker, type Share } from './share.ts'

const SECONDS = 10
const written = {
  rate: 900,
  heartbeat: { interval: 1, message: 'ALIVE' },
  incidents: [
    { type: 'errors', at: '2s', for: '3s', share: 0.5, status: [503] },
    { type: 'bruteforce', at: '3s', for: '4s', rate: 50 },
    { type: 'flood', at: '5s', for: '1s', factor: 3 },
    { type: 'restart', at: '8s', for: '500ms' }
  ]
}
const scenario = scenarioOptions.parse(written)
const whole: Omit<Share, 'index' | 'of'> = {
  scenario,
  seed: 3,
  start: START,
  zone: 'UTC',
  logs: [
    { kind: 'access', format: 'combined' },
    { kind: 'error', format: 'error24' }
  ],
  limit: Infinity,
  truth: true
}
const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString()

describe('shares', () => {
  it.each([2, 3])('%d of them are the whole: as many lines, of which as many belong to each incident', of => {
    const made = madeIn(composed(written, 3).traffic, SECONDS)
    const pieces = Array.from({ length: of }, (_, index) => {
      return new ShareMaker({ ...whole, index, of }).make(START + SECONDS * 1e6)
    }).flat()
    const lines = pieces.filter(({ kind }) => kind === 'access').reduce((sum, { count }) => sum + count, 0)
    expect(Math.abs(lines - made.filter(({ kind }) => kind === 'access').length)).toBeLessThanOrEqual(of)
    const marks = pieces.filter(({ kind }) => kind === 'access').flatMap(piece => piece.marks)
    for (const incident of [1, 2]) {
      const wanted = made.filter(one => one.kind === 'access' && one.incident === incident).length
      expect(Math.abs(marks.filter(mark => mark.incident === incident).length - wanted)).toBeLessThanOrEqual(
        of
      )
    }
  })

  it('have what happens once in the first of them', () => {
    const said = [0, 1].map(index => {
      const pieces = new ShareMaker({ ...whole, index, of: 2 }).make(START + SECONDS * 1e6)
      return pieces.map(({ bytes }) => text(bytes)).join('')
    })
    const times = (pattern: RegExp): number[] => said.map(all => all.match(pattern)?.length ?? 0)
    expect(times(/AH00489/g)).toEqual([1, 0])
    // In a restart nothing is said.
    expect(times(/"ALIVE"/g)).toEqual([9, 0])
  })

  it('have the same visitors, who do not do the same', () => {
    const clients = [0, 1].map(index => {
      const pieces = new ShareMaker({ ...whole, index, of: 2 }).make(START + 2e6)
      return pieces
        .filter(({ kind }) => kind === 'access')
        .flatMap(({ bytes }) => text(bytes).match(/^\S+/gm) ?? [])
    })
    expect(clients[0]).not.toEqual(clients[1])
    const known = new Set(clients[0])
    const shared = (clients[1] ?? []).filter(client => known.has(client))
    expect(shared.length / (clients[1]?.length ?? 1)).toBeGreaterThan(0.8)
  })
})

describe('a crew', () => {
  let crew: Crew | undefined
  afterEach(() => crew?.close())

  /** All that a crew of two writes, and the truth about it. */
  async function run(limit: number, end: number) {
    const truth = new Truth(composed(written, 3).incidents)
    crew = new Crew({ ...whole, limit }, 2, truth)
    const logs: Record<Kind, string> = { access: '', error: '' }
    const sinks = new Map(
      (['access', 'error'] as const).map(kind => {
        const write = async (lines: { bytes: Uint8Array }): Promise<void> => {
          logs[kind] += text(lines.bytes)
        }
        return [kind, { name: kind, framed: false, written: 0, write, close: async () => {} }] as const
      })
    )
    const { signal } = new AbortController()
    await generate({ maker: crew, sinks, start: START, end, due: () => Infinity, signal })
    await crew.close()
    crew = undefined
    const counts = {
      access: logs.access.split('\n').length - 1,
      error: logs.error.match(/^\[/gm)?.length ?? 0
    }
    return { logs, manifest: truth.manifest(counts) }
  }

  it('makes the same lines again, in order of time to a hundredth of a second', async () => {
    const [first, second] = [
      await run(Infinity, START + SECONDS * 1e6),
      await run(Infinity, START + SECONDS * 1e6)
    ]
    expect(first.logs).toEqual(second.logs)
    const times = first.logs.error.match(/(?<=:)\d\d\.\d\d(?=\d{4} 2026\])/g) ?? []
    expect(times.length).toBeGreaterThan(100)
    expect(times).toEqual(times.toSorted())
  })

  it('knows the truth: the counts, and the very lines', async () => {
    const { logs, manifest } = await run(Infinity, START + SECONDS * 1e6)
    const lines = logs.access.split('\n')
    expect(manifest.logs['access']).toMatchObject({ lines: lines.length - 1, complete: true })
    const failed = lines.filter(line => line.includes('" 503 512 '))
    expect(manifest.logs['access']?.counts?.['status']?.['503']).toBe(failed.length)
    const ranges = manifest.incidents[0]?.made['access']?.ranges ?? []
    expect(ranges.flatMap(([from = 0, to = 0]) => lines.slice(from - 1, to))).toEqual(failed)
  })

  it('ends at the line that is the last', async () => {
    const { manifest } = await run(1001, Infinity)
    expect(manifest.logs['access']).toMatchObject({ lines: 1001, complete: true })
  })
})
