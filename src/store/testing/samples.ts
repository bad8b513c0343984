import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CodeColumn, Delivery, EventRows, RejectedLine, StreamPosition } from '../../core/delivery.ts'
import { SECOND } from '../../core/time.ts'
import type { Format } from '../../core/format.ts'
import { NO_COUNTERS, type Counters } from '../../core/source.ts'

/** A folder for one test, gone when the scope ends. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'visor-store-'))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

const encoder = new TextEncoder()
export const bytesOf = (text: string | Uint8Array): Uint8Array =>
  typeof text === 'string' ? encoder.encode(text) : text

/** Makes code columns as a scanner does: each distinct value once, in the column that brings it first. */
export class TestDictionary {
  readonly name: string
  #codes = new Map<string, number>()

  constructor(name: string) {
    this.name = name
  }

  column(values: readonly (string | Uint8Array | null)[]): CodeColumn {
    const from = this.#codes.size + 1
    const fresh: Uint8Array[] = []
    const codes = Uint32Array.from(values, value => {
      if (value === null) return 0
      const bytes = bytesOf(value)
      const key = Buffer.from(bytes).toString('latin1')
      let code = this.#codes.get(key)
      if (code === undefined) {
        this.#codes.set(key, (code = this.#codes.size + 1))
        fresh.push(bytes)
      }
      return code
    })
    let end = 0
    const ends = Uint32Array.from(fresh, bytes => (end += bytes.length))
    const bytes = new Uint8Array(end)
    fresh.forEach((value, i) => bytes.set(value, (ends[i] ?? 0) - value.length))
    return { codes, dictionary: this.name, from, bytes, ends }
  }
}

/** Events whose format prints `client path status` (see `testFormat`), one second apart from `start` on. */
export function testEvents(
  rows: readonly { client: string | Uint8Array | null; path: string | Uint8Array | null; status: number }[],
  dictionaries: { client: TestDictionary; path: TestDictionary },
  start = 0
): EventRows {
  return {
    source: 'web',
    kind: 'access',
    escapes: 'apache' as const,
    format: 'test',
    rows: rows.length,
    time: Float64Array.from(rows, (_, i) => start + i * SECOND),
    zone: new Int16Array(rows.length).fill(60),
    flags: new Uint8Array(rows.length),
    numbers: new Map([['status', Float64Array.from(rows, row => row.status)]]),
    texts: new Map([
      ['client', dictionaries.client.column(rows.map(row => row.client))],
      ['path', dictionaries.path.column(rows.map(row => row.path))]
    ]),
    kept: new Map()
  }
}

/** What a delivery of one stream holds. */
interface TestParts
  extends Partial<StreamPosition>, Partial<Omit<Delivery, 'positions' | 'counters' | 'rejected'>> {
  readonly counters?: Counters
  readonly rejected?: readonly Omit<RejectedLine, 'stream'>[]
}

/** A delivery of one stream with nothing in it besides what is given. */
export function testDelivery(parts: TestParts): Delivery {
  const { events = [], rejected = [], rollup = [], signals = [], counters, ...place } = parts
  const position: StreamPosition = {
    source: 'web',
    stream: 'stream-1',
    name: '/var/log/access.log',
    position: { offset: 0 },
    finished: false,
    ...place
  }
  const { source, stream } = position
  return {
    positions: [position],
    counters: [{ ...NO_COUNTERS, ...counters, source }],
    events: events.map(rows => ({ ...rows, source })),
    rejected: rejected.map(line => ({ ...line, stream })),
    rollup,
    signals
  }
}

/** Prints `client path status`. */
export const testFormat = (text: string): Format => ({
  name: 'custom',
  kind: 'access',
  text,
  program: { steps: [], zoned: true },
  origins: [],
  fields: ['client', 'path', 'status'],
  print: event => [event['client'], event['path'], event['status']].join(' '),
  printer: () => ({ print: () => '' }),
  printRaw: values => {
    const parts = ['client', 'path', 'status'].map(field => {
      const value = values.get(field) ?? '-'
      return Buffer.from(value instanceof Uint8Array ? value : String(value))
    })
    return Buffer.concat(parts.flatMap((part, i) => (i === 0 ? [part] : [Buffer.from(' '), part])))
  }
})
