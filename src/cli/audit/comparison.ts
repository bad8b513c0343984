import { randomUUID } from 'node:crypto'
import { globSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api'
import { DAY_MS, HOUR, SECOND } from '../../core/time.ts'
import { DIGEST_BYTES } from '../../store/questions/digests.ts'
import { select, selectAs, whole } from '../../store/sql.ts'
import { appendRows } from '../../store/vectors.ts'

/** What is known of a line of a log beforehand. Those that are `due` have to be in the store. */
export const CLASSES = ['due', 'waiting', 'passed', 'old', 'rejected', 'before', 'other'] as const
export type LineClass = (typeof CLASSES)[number]

/** Lines of logs, as columns. */
export interface LogLines {
  /** Digests, one behind the other. */
  readonly digests: Uint8Array
  /** Number of the piece, and the byte in it where the line begins. */
  readonly piece: readonly number[]
  readonly at: readonly number[]
  /** Event time in Micros. */
  readonly time: readonly number[]
  /** Index in `CLASSES`. */
  readonly class: readonly number[]
}

/** A line, by where it is. */
export interface LinePlace {
  readonly piece: number
  readonly at: number
}

export interface LineDifference {
  readonly count: number
  /** The first of them. */
  readonly sample: readonly LinePlace[]
}

const HALF = DIGEST_BYTES / 2
const DUE = CLASSES.indexOf('due')

/**
 * The lines of logs and those of a store as two multisets of digests, in a database that takes 256 MB of memory however many there
 * are: of what is more, about 40 bytes a line go to the folder for temporary files.
 */
export class LogComparison {
  readonly #folder: string
  readonly #instance: DuckDBInstance
  readonly #connection: DuckDBConnection

  private constructor(folder: string, instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#folder = folder
    this.#instance = instance
    this.#connection = connection
  }

  static async open(): Promise<LogComparison> {
    const folder = scratchFolder()
    const instance = await DuckDBInstance.create(':memory:', {
      temp_directory: folder,
      memory_limit: '256MB',
      threads: '2',
      preserve_insertion_order: 'false'
    })
    const connection = await instance.connect()
    await connection.run(`create table log(a bigint, b bigint, piece integer, "at" double, time double, class utinyint);
      create table stored(a bigint, b bigint, rejected utinyint)`)
    return new LogComparison(folder, instance, connection)
  }

  async addLog({ digests, piece, at, time, class: classes }: LogLines): Promise<void> {
    await appendRows(this.#connection, 'log', [...halves(digests), piece, at, time, classes])
  }

  async addStored(digests: Uint8Array, rejected: boolean): Promise<void> {
    await appendRows(this.#connection, 'stored', [...halves(digests), rejected ? 1 : 0])
  }

  /** How many lines of the log are of each class. */
  async classes(): Promise<Record<LineClass, number>> {
    const rows = await select(this.#connection, 'select class, count(*) from log group by class')
    const counts = new Map(rows.map(([index, count]) => [Number(index), Number(count)]))
    const lines = { due: 0, waiting: 0, passed: 0, old: 0, rejected: 0, before: 0, other: 0 }
    for (const [i, name] of CLASSES.entries()) lines[name] = counts.get(i) ?? 0
    return lines
  }

  /** From when to when the lines are, in Micros; `undefined` where there are none. */
  async extent(): Promise<{ readonly from: number; readonly to: number } | undefined> {
    const [row] = await select(
      this.#connection,
      `select min(time), max(time) from log where class <> ${CLASSES.indexOf('rejected')}`
    )
    return typeof row?.[0] === 'number' ? { from: row[0], to: Number(row[1]) } : undefined
  }

  /** Lines that have to be in the store and are not. */
  missing(sample: number): Promise<LineDifference> {
    return this.#difference(
      `select l.piece, l."at", row_number() over (partition by a, b order by l.class, l.piece, l."at") as k, stored, l.class
       from log l join (select * from (${JOINED}) where due > stored) using (a, b)`,
      `k > stored and class = ${DUE}`,
      'count(*)',
      sample
    )
  }

  /**
   * Lines that the store has more often than the logs. Those of the first second are left out: what was before them, and is
   * no longer there, may have had the same.
   */
  async doubles(sample: number): Promise<LineDifference> {
    const first = (await this.extent())?.from ?? 0
    return this.#difference(
      `select min_by(piece, "at") as piece, min("at") as "at", any_value(stored - due - others) as more
       from log join (select * from (${JOINED}) where stored > due + others) using (a, b)
       where time >= ${whole(first)} + ${SECOND} group by a, b`,
      'true',
      'coalesce(sum(more), 0)',
      sample
    )
  }

  /** How many lines have to be counted, by the hour that they are of, in Micros. */
  async dueByHour(): Promise<Map<number, number>> {
    const rows = await select(
      this.#connection,
      `select floor(time / ${HOUR}) * ${HOUR}, count(*)::double from log where class = ${DUE} group by 1 order by 1`
    )
    return new Map(rows.map(([hour, count]) => [Number(hour), Number(count)]))
  }

  /** How many of the rejected lines the store still has. */
  async rejectedFound(): Promise<number> {
    const [row] = await select(
      this.#connection,
      `select coalesce(sum(least(n, m)), 0)::double from
         (select a, b, count(*) as n from log where class = ${CLASSES.indexOf('rejected')} group by a, b)
         join (select a, b, count(*) as m from stored where rejected = 1 group by a, b) using (a, b)`
    )
    return Number(row?.[0] ?? 0)
  }

  async close(): Promise<void> {
    this.#connection.closeSync()
    this.#instance.closeSync()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  /** The lines among some rows; `counted` tells how many these are. */
  async #difference(rows: string, where: string, counted: string, sample: number): Promise<LineDifference> {
    const found = (columns: string): string =>
      `with found as (${rows}) select ${columns} from found where ${where}`
    const [count] = await select(this.#connection, found(`${counted}::double`))
    return {
      count: Number(count?.[0] ?? 0),
      sample: await selectAs(
        this.#connection,
        { piece: Number, at: Number },
        `${found('piece, "at"')} order by piece, "at" limit ${whole(sample)}`
      )
    }
  }
}

/** For each line of the log: how often it has to be in the store, how often it may, and how often it is. */
const JOINED = `select a, b, due, others, coalesce(n, 0) as stored from
  (select a, b, count(*) filter (class = ${DUE}) as due, count(*) filter (class <> ${DUE}) as others from log group by a, b)
  left join (select a, b, count(*) as n from stored where rejected = 0 group by a, b) using (a, b)`

/** Digests as two columns of whole numbers. */
function halves(digests: Uint8Array): [number[], number[]] {
  const bytes = Buffer.from(digests.buffer, digests.byteOffset, digests.byteLength)
  const a: number[] = []
  const b: number[] = []
  for (let at = 0; at < bytes.length; at += DIGEST_BYTES) {
    a.push(bytes.readUIntBE(at, HALF))
    b.push(bytes.readUIntBE(at + HALF, HALF))
  }
  return [a, b]
}

/** Where the database puts what it has no memory for; it makes it when it does, and what one that was killed has left goes a day later. */
function scratchFolder(): string {
  const folder = join(tmpdir(), 'visor-audit')
  for (const left of globSync(`${folder}-*`))
    try {
      if (Date.now() - statSync(left).mtimeMs > DAY_MS) rmSync(left, { recursive: true })
    } catch {
      // It is somebody else's, or gone by now.
    }
  return `${folder}-${randomUUID()}`
}
