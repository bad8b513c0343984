import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, it, onTestFinished } from 'vitest'
import { seeded } from '../src/generator/random.ts'
import { clf } from './clf.ts'
import { ownFolder } from './folder.ts'
import { eventually, metricOf, startWatching } from './watching.ts'

const KILLS = 20
/** Between two of them, at most. */
const WRITES = 150

/** Appends numbered lines in pieces that end anywhere, a broken line now and then, and rotates once in a while. */
class Writer {
  readonly #path: string
  readonly #random = seeded(20)
  #rest = ''
  /** How often it may still write: a busy machine starts slowly, and is to catch up all the same. */
  allowed = 0
  lines = 0
  broken = 0
  rotations = 0

  constructor(path: string) {
    this.#path = path
    writeFileSync(path, '')
  }

  write(): void {
    if (this.allowed-- <= 0) return
    let text = this.#rest
    for (let n = 1 + Math.floor(this.#random() * 400); n > 0; n--) text += this.#line()
    const cut = text.length - Math.floor(this.#random() * 60)
    appendFileSync(this.#path, text.slice(0, cut))
    this.#rest = text.slice(cut)
    if (this.#random() < 0.01 && this.#rest === '') this.#rotate()
  }

  finish(): void {
    appendFileSync(this.#path, this.#rest)
    this.#rest = ''
  }

  #line(): string {
    if (this.#random() < 0.01) return `broken ${this.broken++}\n`
    const number = this.lines++
    return `192.0.2.${number % 9} - - [${clf(new Date())}] "GET /line/${number} HTTP/1.1" ${number % 7 === 0 ? 500 : 200} ${number % 1000}\n`
  }

  #rotate(): void {
    renameSync(this.#path, `${this.#path}.${++this.rotations}`)
    writeFileSync(this.#path, '')
  }
}

it(`counts every line once through ${KILLS} kill -9`, { timeout: 600_000 }, async () => {
  const folder = ownFolder('crash')
  const log = join(folder, 'access.log')
  const store = join(folder, 'store')
  const random = seeded(7)
  const writer = new Writer(log)
  const writing = setInterval(() => writer.write(), 10)
  onTestFinished(() => clearInterval(writing))
  for (let kill = 0; kill < KILLS; kill++) {
    writer.allowed = WRITES
    const { visor } = await startWatching([log, '--format', 'common', '--store', store])
    await new Promise(done => setTimeout(done, random() * 900))
    const { err } = await visor.stop('SIGKILL')
    expect(err).toBe('')
  }
  clearInterval(writing)
  writer.finish()

  const { visor, status, summary } = await startWatching([log, '--format', 'common', '--store', store])
  const read = writer.lines + writer.broken
  const { counters } = await eventually(status, ({ counters }) => counters.read >= read)
  expect(counters).toMatchObject({ read, rejected: writer.broken })
  expect(counters.parsed + counters.late).toBe(writer.lines)
  const counted = await eventually(summary, now => metricOf(now, 'requests').count >= writer.lines)
  expect(metricOf(counted, 'requests').count).toBe(writer.lines)
  const errors = metricOf(counted, 'status').classes?.find(({ name }) => name === '5xx')
  expect(errors?.count).toBe(Math.ceil(writer.lines / 7))
  expect(metricOf(counted, 'client').distinct).toBe(9)
  expect((await visor.stop('SIGTERM')).exit).toBe(0)

  // The lines themselves: each number once.
  const connection = await (await DuckDBInstance.create(join(store, 'visor.duckdb'))).connect()
  const rows = await connection.runAndReadAll('select count(*), count(distinct path), sum(bytes) from log')
  const bytes = Array.from({ length: writer.lines }, (_, i) => i % 1000).reduce((a, b) => a + b, 0)
  expect(rows.getRows()[0]?.map(Number)).toEqual([writer.lines, writer.lines, bytes])
  expect(readFileSync(log).length).toBeGreaterThan(0)
})
