import type { DuckDBConnection } from '@duckdb/node-api'
import { setTimeout as delay } from 'node:timers/promises'
import type { Delivery } from '../core/delivery.ts'
import { VisorError } from '../core/errors.ts'
import type { Rollup } from '../core/rollup.ts'
import { SECOND_MS, toMicros, type Clock, type Millis } from '../core/time.ts'
import { appendCells, encodeCells } from './cells.ts'
import { appendEntries, lastCommit, seal, writeCommit, type Sealed } from './commit.ts'
import { bytesKey, entryOf, Mappings, type Entry, type StoredValue } from './dictionaries.ts'
import { codesOf, loadNumbering, recallRecent, type StoreNumbering } from './numbering.ts'
import { sweepDictionary } from './retention.ts'
import { bytesOf, rewrite, spaceOf, type Shrunk } from './space.ts'
import { nothingStaged, stage } from './stage.ts'
import { openDatabase, type Database } from './database.ts'
import { whyFailed, storeError } from './failure.ts'
import { isDiskFull } from '../system/disk.ts'
import { select } from './sql.ts'

export interface WriterOptions {
  /** Memory that the database may take, as DuckDB writes it (`1GB`). */
  readonly memory: string
  /** Between the starts of two commits, while there is something to commit. */
  readonly commitInterval: Millis
  /** A commit with as many rows does not wait for its time. */
  readonly commitRows: number
  readonly now: Clock
}

/** What the last commit wrote. */
export interface CommitInfo {
  readonly number: number
  readonly rows: number
  readonly time: Millis
  /** How long it took, with all tries. */
  readonly took: Millis
}

/** Until a failed commit is tried again, at first and at most. */
const RETRY_DELAY: { readonly min: Millis; readonly max: Millis } = { min: 500, max: 5 * SECOND_MS }

/**
 * Gathers deliveries and commits them. A commit that fails is tried again until it succeeds, with the database opened anew where
 * it takes nothing more; the writers wait meanwhile, so nothing is lost and nothing counted twice.
 */
export class Writer {
  database: Database
  /** Why the commit under way cannot be written. */
  failure: string | undefined
  last: CommitInfo
  readonly #options: WriterOptions
  readonly #numbering: StoreNumbering
  readonly #onCommit: (commit: CommitInfo) => void
  #opened: Promise<Database>
  /** What reads at the moment. */
  readonly #readings = new Set<Promise<void>>()
  /** Codes of deliveries that come without a sender of their own. */
  readonly #own = new Mappings()
  readonly #senders = new Set([this.#own])
  #staged = nothingStaged()
  #waiting: PromiseWithResolvers<void>[] = []
  #nextRejected: number
  #lastStart = 0
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> = Promise.resolve()
  #busy = false
  readonly #closing = new AbortController()

  private constructor(
    database: Database,
    numbering: StoreNumbering,
    state: { commits: number; nextRejected: number },
    options: WriterOptions,
    onCommit: (commit: CommitInfo) => void
  ) {
    this.database = database
    this.#opened = Promise.resolve(database)
    this.last = { number: state.commits, rows: 0, time: 0, took: 0 }
    this.#options = options
    this.#numbering = numbering
    this.#nextRejected = state.nextRejected
    this.#onCommit = onCommit
  }

  static async open(
    file: string,
    options: WriterOptions,
    onCommit: (commit: CommitInfo) => void
  ): Promise<Writer> {
    const database = await openDatabase(file, options.memory)
    const { reader } = database
    const numbering = await loadNumbering(reader)
    const [rejected] = await select(reader, 'select coalesce(max(number), 0) + 1 from rejected')
    const state = { commits: await lastCommit(reader), nextRejected: Number(rejected?.[0]) }
    return new Writer(database, numbering, state, options, onCommit)
  }

  /** A new sender of deliveries; `done` when it will send no more. */
  sender(): { readonly mappings: Mappings; done(): void } {
    const mappings = new Mappings()
    this.#senders.add(mappings)
    return { mappings, done: () => this.#senders.delete(mappings) }
  }

  /**
   * Deletes the values that no row has any more. What senders' codes stand for is kept, and what waits for its
   * commit; the memory of values is not: it is read back afterwards.
   */
  sweepDictionary(): Promise<void> {
    return this.exclusively(async database => {
      await sweepDictionary(database, field => this.#release(field))
      await recallRecent(database.reader, this.#numbering.codes)
    })
  }

  /** Deletes values, also those that senders have codes of: these are numbered anew should they come again. */
  async dropValues(values: readonly StoredValue[]): Promise<void> {
    await this.exclusively(async () => {
      for (const [field, all] of Map.groupBy(values, ({ field }) => field)) {
        const bytes = new Map(all.map(({ code, raw }) => [code, raw]))
        for (const mappings of this.#senders) mappings.drop(field, bytes)
      }
    })
    await this.sweepDictionary()
  }

  /** Forgets the values of a field, and gives the codes that rows still to come can have all the same. */
  #release(field: number): Set<number> {
    this.#numbering.codes.get(field)?.forget()
    const held = new Set<number>()
    for (const mappings of this.#senders) for (const code of mappings.held(field)) held.add(code)
    for (const { columns } of this.#staged.events) for (const code of columns.get(field) ?? []) held.add(code)
    return held
  }

  /** Adds cells of metrics, within a transaction on the writing connection: see `exclusively`. */
  async addCells(connection: DuckDBConnection, rollup: Rollup): Promise<void> {
    const entries: Entry[] = []
    const rows = encodeCells(rollup, 'metric', this.#numbering, [], entries)
    await appendEntries(connection, entries)
    await appendCells(connection, rows)
  }

  /** The codes of values of a field of lines, within such a transaction; those that are new become entries of the dictionary. */
  codesOf(connection: DuckDBConnection, field: number, values: readonly Uint8Array[]): Promise<number[]> {
    return this.#numbered(connection, field, values, bytesKey, (code, bytes, key) =>
      entryOf(field, code, bytes, key)
    )
  }

  /** The same of keys of a metric or signal. */
  keysOf(connection: DuckDBConnection, field: number, keys: readonly string[]): Promise<number[]> {
    return this.#numbered(
      connection,
      field,
      keys,
      key => key,
      (code, value) => ({ field, code, value, raw: undefined })
    )
  }

  async #numbered<Value>(
    connection: DuckDBConnection,
    field: number,
    values: readonly Value[],
    keyOf: (value: Value) => string,
    entry: (code: number, value: Value, key: string) => Entry
  ): Promise<number[]> {
    const known = codesOf(this.#numbering, field)
    const entries: Entry[] = []
    const codes = values.map(value => {
      const key = keyOf(value)
      const found = known.find(key)
      if (found !== undefined) return found
      const code = known.add(key)
      entries.push(entry(code, value, key))
      return code
    })
    await appendEntries(connection, entries)
    return codes
  }

  /** To be called when that transaction has failed: every value of a field is new from now on. */
  forgetCodes(field: number): void {
    this.#numbering.codes.get(field)?.forget()
  }

  /** As `DeliverySink.write`. `mappings` are those of the delivery's sender. */
  write(delivery: Delivery, mappings = this.#own): Promise<void> {
    if (this.#closing.signal.aborted)
      return Promise.reject(new VisorError('STORE_BROKEN', 'the store was closed'))
    stage(this.#staged, delivery, this.#numbering, mappings)
    const done = Promise.withResolvers<void>()
    this.#waiting.push(done)
    this.#schedule()
    return done.promise
  }

  /** Deliveries that wait for their commit. */
  get queue(): number {
    return this.#waiting.length
  }

  /** The database, once it is open where it is being opened anew; rejects where it could not be. */
  opened(): Promise<Database> {
    return this.#opened
  }

  /** Reads; waits where the database is being opened anew. */
  async reading<T>(work: (database: Database) => Promise<T>): Promise<T> {
    const reading = work(await this.#opened)
    const done = reading.then(
      () => undefined,
      () => undefined
    )
    this.#readings.add(done)
    void done.then(() => this.#readings.delete(done))
    return reading
  }

  /** Rewrites the file without what is free in it; commits and questions wait meanwhile. Gives its bytes before and after. */
  shrink(): Promise<Shrunk> {
    return this.exclusively(async ({ file, writer, close }) => {
      await writer.run('checkpoint')
      const { bytes: before, used } = await spaceOf(writer, file)
      const readings = [...this.#readings]
      const rewritten = Promise.all(readings).then(() => {
        close()
        return rewrite(file, used)
      })
      this.#opened = rewritten.catch(() => undefined).then(() => openDatabase(file, this.#options.memory))
      this.database = await this.#opened
      await rewritten
      return { before, after: bytesOf(file) }
    })
  }

  /** Opens the database anew where it takes nothing more; to be called when something else than a commit has failed. */
  mend(): Promise<void> {
    return this.exclusively(() => this.#mend(true))
  }

  /** Runs `work` on the writing connection between two commits. */
  async exclusively<T>(work: (database: Database) => Promise<T>): Promise<T> {
    const before = this.#running
    const turn = Promise.withResolvers<void>()
    this.#running = turn.promise
    await before
    try {
      return await work(this.database)
    } finally {
      turn.resolve()
    }
  }

  /** No commit is tried again from now on: where one fails, who waits for it hears why, and nothing more is taken. */
  giveUp(): void {
    this.#closing.abort()
  }

  /** Commits what waits and closes the database. */
  async close(): Promise<void> {
    this.#closing.abort()
    clearTimeout(this.#timer)
    await this.#commit()
    await this.exclusively(async ({ writer }) => {
      await writer.run('checkpoint').catch(() => undefined)
      this.database.close()
    })
  }

  #schedule(): void {
    if (this.#busy) return
    clearTimeout(this.#timer)
    const full = this.#staged.rows >= this.#options.commitRows
    const wait = full ? 0 : Math.max(0, this.#lastStart + this.#options.commitInterval - this.#options.now())
    this.#timer = setTimeout(() => void this.#commit(), wait)
  }

  async #commit(): Promise<void> {
    this.#busy = true
    await this.exclusively(async () => {
      const waiting = this.#waiting
      if (waiting.length === 0) return
      const sealed = seal(this.#staged, this.#numbering)
      this.#staged = nothingStaged()
      this.#waiting = []
      this.#lastStart = this.#options.now()
      const error = await this.#untilWritten(sealed)
      for (const done of waiting) {
        if (error) done.reject(error)
        else done.resolve()
      }
      if (!error) this.#onCommit(this.last)
    })
    this.#busy = false
    if (this.#waiting.length > 0 && !this.#closing.signal.aborted) this.#schedule()
  }

  /** Tries until the commit is durable, or the store is closed: then with the error. */
  async #untilWritten(sealed: Sealed): Promise<VisorError | undefined> {
    const number = this.last.number + 1
    const began = performance.now()
    for (let wait = RETRY_DELAY.min; ; wait = Math.min(2 * wait, RETRY_DELAY.max)) {
      const now = this.#options.now()
      let isFull = false
      try {
        const { writer } = await this.#opened
        if ((await lastCommit(writer)) < number)
          await writeCommit(writer, sealed, {
            number,
            firstRejected: this.#nextRejected,
            now: toMicros(now)
          })
        this.#nextRejected += sealed.rejected.length
        this.failure = undefined
        this.last = { number, rows: sealed.rows, time: now, took: performance.now() - began }
        return undefined
      } catch (error) {
        this.failure = whyFailed(this.database.file, error).why
        isFull = isDiskFull(error)
        if (this.#closing.signal.aborted) return storeError(this.database.file, 'written', error)
      }
      await delay(wait, undefined, { signal: this.#closing.signal }).catch(() => undefined)
      await this.#mend(isFull)
    }
  }

  /** An error can leave the engine refusing everything; only a new instance goes on. For a full disk alone questions are not interrupted. */
  async #mend(unlessItWorks: boolean): Promise<void> {
    const { file, writer, close } = this.database
    const works =
      unlessItWorks &&
      (await lastCommit(writer)
        .then(() => true)
        .catch(() => false))
    if (works) return
    close()
    this.#opened = openDatabase(file, this.#options.memory)
    await this.#opened.then(
      database => (this.database = database),
      () => undefined
    )
  }
}
