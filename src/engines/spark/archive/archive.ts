import type { StreamPosition } from '../../../core/delivery.ts'
import { DAY_MS, MINUTE_MS, type Clock, type Millis } from '../../../core/time.ts'
import {
  aliasOf,
  localRelation,
  read,
  sql,
  sqlOver,
  write,
  type SparkRelation
} from '../../../spark/relation.ts'
import type { TaskInput } from '../cluster.ts'
import { packData } from '../pack.ts'
import type { Job } from '../protocol.ts'
import { transformSql, type Workers } from '../workers.ts'
import { ARCHIVED_COLUMNS, ARCHIVED_SQL, WRITTEN_COLUMNS } from './columns.ts'
import { manifestPosition, mergeable, type Manifest } from './manifest.ts'

export interface ArchiveOptions {
  /** Where Spark keeps it: a folder of its own for each store. */
  readonly path: string
  /** Begins the names of this run's folders: a plan of an earlier one that still goes on writes elsewhere. */
  readonly run: string
  readonly job: Job
  /** Lines that were written so long ago are dropped. */
  readonly retention: Millis
  readonly clock: Clock
  /** Spark is reached when it is first needed. */
  readonly workers: (signal: AbortSignal) => Promise<Workers>
}

/** A batch of the archive is written within this, or it is written again. */
const WRITE_TIMEOUT: Millis = 10 * MINUTE_MS

/** The lines of batches whose counts have come. */
export interface ArchiveBatch {
  readonly tasks: readonly TaskInput[]
  /** How many lines there are in them. */
  readonly lines: number
}

/**
 * Lines as Parquet, by day and source, written by Spark. What was written counts from when its manifest is committed with the
 * counts of the same lines. Each attempt has a folder of its own, since a plan that Visor gave up may go on in Spark; a folder
 * that is not in the manifest is nothing.
 */
export class ParquetArchive {
  readonly #options: ArchiveOptions
  #manifest: Manifest
  #folders = 0
  /** Folders that were begun since the last commit, and those of them that came to nothing. */
  #begun: string[] = []
  #abandoned: string[] = []

  constructor(options: ArchiveOptions, manifest: Manifest) {
    this.#options = options
    this.#manifest = manifest
  }

  /**
   * Writes a batch, which must be committed together with the position that it comes to, and before the next is written. Takes
   * the same batch again where it failed. @throws VisorError, and Error when what is there is not what was to be written
   */
  async write({ tasks, lines }: ArchiveBatch, signal: AbortSignal): Promise<StreamPosition> {
    const manifest = await this.#tidied(signal)
    if (lines === 0) return this.#become(manifest)
    const folder = this.#folder(manifest)
    const workers = await this.#options.workers(signal)
    const command = await workers.command('archive', this.#options.job, WRITE_TIMEOUT, signal)
    const alias = aliasOf('batch')
    const input = localRelation({
      // Numbers of lines are by the number of their task in the batch of the archive.
      task: { type: 'text', values: tasks.map(({ task }, id) => JSON.stringify({ ...task, id })) },
      data: { type: 'bytes', values: await Promise.all(tasks.map(({ data }) => packData(data))) }
    })
    const rows = transformSql('task, base64(data)', command, alias, WRITTEN_COLUMNS)
    const query = `SELECT ${ARCHIVED_SQL} FROM (${rows})`
    const batch = { batch: manifest.next }
    await this.#put(folder, sqlOver(query, { [alias]: input }, batch), lines, signal)
    const day = Math.floor(this.#options.clock() / DAY_MS)
    return this.#become({
      ...manifest,
      next: manifest.next + 1,
      segments: [...manifest.segments, { folder, level: 0, day }]
    })
  }

  /** What counts with this is committed by now, or is on its way with the position. */
  #become(manifest: Manifest): StreamPosition {
    this.#pending = manifest
    return manifestPosition(manifest)
  }
  #pending: Manifest | undefined

  /** The position that was given last is committed. */
  committed(): void {
    this.#manifest = this.#pending ?? this.#manifest
    this.#pending = undefined
    const counted = new Set(this.#manifest.segments.map(({ folder }) => folder))
    this.#abandoned = this.#begun.filter(folder => !counted.has(folder))
    this.#begun = []
  }

  /** A folder for the next attempt. They are taken in turn: whoever still reads one that was freed has time to end. */
  #folder({ segments, freed }: Manifest): string {
    const taken = new Set([...segments.map(({ folder }) => folder), ...freed])
    for (;;) {
      const folder = `${this.#options.run}-${this.#folders++ % FOLDERS}`
      if (taken.has(folder)) continue
      this.#begun.push(folder)
      return folder
    }
  }

  /** Writes a folder anew, whatever is in it. Where it is known how many lines there are, it is looked whether all have come. */
  async #put(
    folder: string,
    rows: SparkRelation,
    lines: number | undefined,
    signal: AbortSignal
  ): Promise<void> {
    const { session } = await this.#options.workers(signal)
    const path = folderPath(this.#options.path, folder)
    const plan = write(rows, {
      format: 'parquet',
      path,
      mode: 'overwrite',
      partitionBy: ['day', 'source'],
      options: WRITING
    })
    await session.run(plan, { signal, timeout: WRITE_TIMEOUT })
    if (lines === undefined) return
    const alias = aliasOf('written')
    const query = `SELECT count(*) AS lines FROM ${alias}`
    const [found] = await session.query(sqlOver(query, { [alias]: archived(this.#options.path, [folder]) }), {
      signal
    })
    if (Number(found?.['lines']) !== lines)
      throw new Error(`of ${lines} lines ${String(found?.['lines'])} came to ${path}`)
  }

  /** Puts segments together where there are enough, drops those that are too old, and empties what was freed before. */
  async #tidied(signal: AbortSignal): Promise<Manifest> {
    const { retention, clock, path } = this.#options
    let manifest = this.#manifest
    for (const folder of [...manifest.freed, ...this.#abandoned])
      await this.#put(folder, sql(EMPTY), undefined, signal)
    this.#abandoned = []
    manifest = { ...manifest, freed: [] }
    const oldest = Math.floor((clock() - retention) / DAY_MS)
    const kept = manifest.segments.filter(({ day }) => day >= oldest)
    const dropped = manifest.segments.filter(({ day }) => day < oldest)
    manifest = { ...manifest, segments: kept, freed: dropped.map(({ folder }) => folder) }
    const merged = mergeable(manifest)
    const [first] = merged
    if (!first) return manifest
    const alias = aliasOf('merged')
    const query = `SELECT ${NAMES} FROM ${alias} DISTRIBUTE BY day, source SORT BY day, source, time, number`
    const rows = sqlOver(query, {
      [alias]: archived(
        path,
        merged.map(segment => segment.folder)
      )
    })
    const folder = this.#folder(manifest)
    await this.#put(folder, rows, undefined, signal)
    const day = Math.max(...merged.map(segment => segment.day))
    const at = manifest.segments.indexOf(first)
    return {
      next: manifest.next + 1,
      segments: manifest.segments.toSpliced(at, merged.length, { folder, level: first.level + 1, day }),
      freed: [...manifest.freed, ...merged.map(({ folder }) => folder)]
    }
  }
}

/** More than there are segments. */
const FOLDERS = 4096

const NAMES = ARCHIVED_COLUMNS.split(', ')
  .map(column => column.split(' ')[0])
  .join(', ')

const WRITING = { compression: 'zstd' }

/** No rows, of the same columns. */
const EMPTY = `SELECT ${ARCHIVED_COLUMNS.split(', ')
  .map(column => column.split(' '))
  .map(([name, type]) => `CAST(NULL AS ${type}) AS ${name}`)
  .join(', ')} WHERE false`

/** Where the archive of a store is, below the folder of archives. */
export function archivePath(path: string, identity: string): string {
  return `${path.replace(/\/$/, '')}/${identity}`
}

/** What the session is for that writes and reads an archive. */
export function archivePurpose(identity: string): string {
  return `archive ${identity}`
}

function folderPath(path: string, folder: string): string {
  return `${path}/batch=${folder}`
}

/** The lines in some folders of an archive. Folders are partitions to Spark, so that it takes several for one table. */
export function archived(path: string, folders: readonly string[]): SparkRelation {
  const paths = folders.map(folder => folderPath(path, folder))
  const options = { basePath: path }
  return read('parquet', { paths, schema: `${ARCHIVED_COLUMNS}, batch STRING`, options })
}
