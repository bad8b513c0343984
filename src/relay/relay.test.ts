import { appendFileSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { VisorError } from '../core/errors.ts'
import type { LineBatch, Sink } from '../core/sink.ts'
import { fileOptions } from '../sources/file/options.ts'
import { fileSource } from '../sources/file/source.ts'
import { stdinSource } from '../sources/stdin/source.ts'
import { Journal } from './journal.ts'
import { relay, type NamedSource } from './relay.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'visor-relay-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const path = (name: string): string => join(folder, name)
const journal = (): Journal => Journal.open(path('journal.json'))
const log = (name: string): NamedSource => ({
  name,
  source: fileSource(
    fileOptions.parse({ paths: [path(`${name}*`)], poll: '10ms' }),
    journal().known(name),
    Date.now
  )
})
const given = (name: string, chunks: readonly Uint8Array[]): NamedSource => ({
  name,
  source: stdinSource(Readable.from(chunks), name)
})

/** A sink in memory that counts lines as out: at once, or never, and that breaks after so many. */
class Memory implements Sink {
  readonly name = 'memory'
  readonly framed = true
  readonly lines: string[] = []
  readonly keys: (string | null)[] = []
  readonly #breaks: number
  readonly #keeps: number

  /** `keeps`: how many of the last lines are never known to be out. */
  constructor(breaks = Infinity, keeps = 0) {
    this.#breaks = breaks
    this.#keeps = keeps
  }

  get written(): number {
    return Math.max(0, this.lines.length - this.#keeps)
  }

  async write({ bytes, count, ends = new Uint32Array(), keys = [] }: LineBatch): Promise<void> {
    expect([ends.length, keys.length]).toEqual([count, count])
    let from = 0
    for (const end of ends) {
      this.lines.push(Buffer.from(bytes.subarray(from, end - 1)).toString('latin1'))
      from = end
    }
    this.keys.push(...keys)
    if (this.lines.length > this.#breaks) throw new VisorError('BROKER', 'it broke')
  }

  async close(): Promise<void> {}
}

function numbered(name: string): string[] {
  return Array.from({ length: 5000 }, (_, i) => `${name} ${i}`)
}

/** Relays until the sink has a line that ends the test. */
async function relayUntil(sources: readonly NamedSource[], sink: Memory, last: string): Promise<void> {
  const stop = new AbortController()
  const looking = setInterval(() => {
    if (sink.lines.includes(last)) stop.abort()
  }, 5)
  await relay(sources, sink, journal(), stop.signal)
  clearInterval(looking)
}

describe('relaying', () => {
  it('moves each line whole and in order, however its bytes come', () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.stringMatching(/^[^\n]{0,30}$/), { minLength: 1 }),
        fc.array(fc.nat({ max: 400 })),
        fc.boolean(),
        async (lines, cuts, ended) => {
          const bytes = Buffer.from(lines.join('\n') + (ended || lines.at(-1) === '' ? '\n' : ''))
          const edges = [0, ...cuts.filter(cut => cut < bytes.length).sort((a, b) => a - b), bytes.length]
          const chunks = edges
            .slice(1)
            .map((end, i) => bytes.subarray(edges[i], end))
            .filter(chunk => chunk.length > 0)
          const sink = new Memory()
          const { signal } = new AbortController()
          await relay([given('in', chunks)], sink, journal(), signal)
          expect(sink.lines).toEqual(lines.map(line => Buffer.from(line).toString('latin1')))
          expect(new Set(sink.keys)).toEqual(new Set(['in']))
        }
      ),
      { numRuns: 50 }
    ))

  it('goes on where it had come to, also through rotation', async () => {
    writeFileSync(path('a.log'), 'a1\na2\n')
    const first = new Memory()
    await relayUntil([log('a.log')], first, 'a2')
    renameSync(path('a.log'), path('a.log.1'))
    appendFileSync(path('a.log.1'), 'a3\n')
    writeFileSync(path('a.log'), 'a4\n')
    const second = new Memory()
    await relayUntil([log('a.log')], second, 'a4')
    expect([first.lines, second.lines]).toEqual([
      ['a1', 'a2'],
      ['a3', 'a4']
    ])
  })

  it('sends again what is not known to be out, and misses nothing', async () => {
    const all = Array.from({ length: 30_000 }, (_, i) => `line ${i}`)
    writeFileSync(path('a.log'), all.map(line => `${line}\n`).join(''))
    const broken = new Memory(20_000, 5_000)
    const { signal } = new AbortController()
    await expect(relay([log('a.log')], broken, journal(), signal)).rejects.toThrow('it broke')
    const sink = new Memory()
    await relayUntil([log('a.log')], sink, 'line 29999')
    expect(all.slice(all.length - sink.lines.length)).toEqual(sink.lines)
    expect(broken.written + sink.lines.length).toBeGreaterThanOrEqual(all.length)
  })

  it('keeps the order of each of several sources', async () => {
    for (const name of ['a', 'b'])
      writeFileSync(
        path(name),
        numbered(name)
          .map(line => `${line}\n`)
          .join('')
      )
    const sink = new Memory()
    const stop = new AbortController()
    const looking = setInterval(() => {
      if (sink.lines.length === 10_000) stop.abort()
    }, 5)
    await relay([log('a'), log('b')], sink, journal(), stop.signal)
    clearInterval(looking)
    for (const name of ['a', 'b'])
      expect(sink.lines.filter((_, i) => sink.keys[i] === name)).toEqual(numbered(name))
  })

  it('leaves out a line that is too long, and counts it', async () => {
    const chunks = ['before\n', 'x'.repeat(3_000_000), 'y\nafter\n'].map(text => Buffer.from(text))
    const sink = new Memory()
    const { signal } = new AbortController()
    expect(await relay([given('in', chunks)], sink, journal(), signal)).toEqual({ skipped: 1 })
    expect(sink.lines).toEqual(['before', 'after'])
  })

  it('refuses a journal that is none', () => {
    writeFileSync(path('journal.json'), '{"a.log"')
    expect(() => journal()).toThrow(`cannot read where relaying had come to in ${path('journal.json')}`)
    expect(readFileSync(path('journal.json'), 'utf8')).toBe('{"a.log"')
  })
})
