import { globSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Config } from '../../config/schema.ts'
import { VisorError } from '../../core/errors.ts'
import { SECOND, SECOND_MS, toMicros, toMillis, type Micros } from '../../core/time.ts'
import { windowOf } from '../../core/window.ts'
import { sourceKindOf } from '../../sources/index.ts'
import {
  firstLook,
  piecesOf,
  pieceReading,
  type LogPiece,
  type PieceReading
} from '../../sources/file/pieces.ts'
import type { Answers } from '../../store/index.ts'
import type { StreamsAnswer } from '../../store/questions/answers.ts'
import { openAnswers } from '../asking.ts'
import type { Context } from '../context.ts'
import type { StoreSelection } from '../options.ts'
import { storeFor } from '../settings.ts'
import { LogComparison, type LineDifference, type LineClass } from './comparison.ts'
import { countsOf, type CountDifference } from './counts.ts'
import { readPiece } from './log-lines.ts'
import { shownLines, type ShownLine } from './sample.ts'

type Streams = StreamsAnswer['streams']

interface AuditOptions extends StoreSelection {
  readonly source?: readonly string[]
  readonly sample: number
}

/** What became of a log, or of a piece that rotation made of it. */
export interface AuditedPiece {
  readonly path: string
  /** `before`: it is older than the first start; `never`: nobody has ever read it; else why it cannot be read. */
  readonly state: 'read' | 'before' | 'never' | { readonly unreadable: string }
}

export interface AuditedDifference {
  readonly count: number
  readonly sample: readonly ShownLine[]
}

/** The logs of a source beside its stored lines. */
export interface Audit {
  readonly source: string
  /** Nothing is missing, nothing is double, and all could be read. */
  readonly whole: boolean
  readonly pieces: readonly AuditedPiece[]
  /** Lines of the logs by what is known of them; `due` have to be in the store. */
  readonly lines: Readonly<Record<LineClass, number>>
  /** Rejected lines that the store still has; it keeps the newest 100,000. */
  readonly rejectedFound?: number
  /** Absent where lines are not kept. */
  readonly missing?: AuditedDifference
  readonly double?: AuditedDifference
  /** Instead, where lines are not kept: hours of which fewer lines are counted than there are. */
  readonly counts?: CountDifference
}

/**
 * Compares logs with a store, a source after the other.
 * @throws VisorError FILE_MISSING, USAGE, and what opening a store throws
 */
export async function auditLogs(
  files: readonly string[],
  options: AuditOptions,
  { env, signal }: Pick<Context, 'env' | 'signal'>
): Promise<Audit[]> {
  const config = storeFor(options, env)
  const opened = await openAnswers(config.store.path, config.store.retention, config.engine)
  try {
    const { streams } = await opened.answers.streams({})
    const wanted = await logsOf(files, options.source, config, streams)
    const audits: Audit[] = []
    for (const [source, paths] of wanted)
      audits.push(
        await new SourceAudit(source, paths, { config, streams, answers: opened.answers, signal }).run(
          options.sample
        )
      )
    return audits
  } finally {
    await opened.close()
  }
}

/** The logs of each source: those that are named, or all. */
async function logsOf(
  files: readonly string[],
  named: readonly string[] | undefined,
  config: Config,
  streams: Streams
): Promise<Map<string, string[]>> {
  const sources = [...new Set([...Object.keys(config.sources), ...streams.map(({ source }) => source)])]
  const all = new Map(
    sources
      .filter(source => named?.includes(source) ?? true)
      .map((source): [string, string[]] => [source, pathsOfSource(source, config, streams)])
      .filter(([, paths]) => paths.length > 0)
  )
  if (files.length === 0) {
    if (all.size > 0) return all
    throw new VisorError('USAGE', 'no source of the store reads files that are there; name a log')
  }
  const found = new Map<string, string[]>()
  for (const file of files.map(file => resolve(file))) {
    if (!statSync(file, { throwIfNoEntry: false })?.isFile())
      throw new VisorError('FILE_MISSING', `there is no file ${file}`)
    const source = sourceOf(file, all, named)
    found.set(source, [...(found.get(source) ?? []), file])
  }
  return found
}

function sourceOf(
  file: string,
  all: ReadonlyMap<string, readonly string[]>,
  named: readonly string[] | undefined
): string {
  const reading = [...all].filter(([, paths]) => paths.includes(file)).map(([source]) => source)
  const [source = named?.[0], ...more] = reading
  if (source !== undefined && more.length === 0) return source
  const why = more.length > 0 ? `${reading.join(' and ')} both read it` : `no source of the store reads it`
  throw new VisorError('USAGE', `${file}: ${why}; name one with --source`)
}

/** The files of a source that are there: by its configuration, and by what was read. */
function pathsOfSource(source: string, { sources }: Config, streams: Streams): string[] {
  const options = sources[source]
  const patterns = options ? (sourceKindOf(options).files?.(options) ?? []) : []
  const read = streams.filter(one => one.source === source).map(({ position }) => position['path'])
  const paths = [
    ...patterns.flatMap(pattern => globSync(pattern)),
    ...read.filter(path => typeof path === 'string')
  ]
  return [...new Set(paths)].filter(path => statSync(path, { throwIfNoEntry: false })?.isFile())
}

interface AuditParts {
  readonly config: Config
  readonly streams: Streams
  readonly answers: Answers
  readonly signal: AbortSignal
}

/** A piece with how its lines are to be taken. */
interface KnownPiece {
  readonly piece: LogPiece
  readonly reading: PieceReading | undefined
  /** What all of its lines are, where that is one thing. */
  readonly is: 'before' | 'other' | undefined
}

class SourceAudit {
  readonly #source: string
  readonly #paths: readonly string[]
  readonly #parts: AuditParts
  readonly #streams: Streams
  readonly #unreadable = new Map<string, string>()

  constructor(source: string, paths: readonly string[], parts: AuditParts) {
    this.#source = source
    this.#paths = paths
    this.#parts = parts
    this.#streams = parts.streams.filter(one => one.source === source)
  }

  async run(sample: number): Promise<Audit> {
    const pieces = await this.#pieces()
    const comparison = await LogComparison.open()
    try {
      const oldest = await this.#oldestKept()
      const ends: number[] = []
      for (const [i, piece] of pieces.entries()) ends.push(await this.#read(piece, i, comparison, oldest))
      const counted = await this.#addStored(comparison).then(
        () => undefined,
        (error: unknown) => {
          if (!(error instanceof VisorError && error.code === 'NO_LINES')) throw error
          return countsOf(comparison, this.#parts.answers, this.#source)
        }
      )
      // What came while the store was asked may be in its answer.
      for (const [i, piece] of pieces.entries())
        if (!piece.piece.packed) await this.#read(piece, i, comparison, oldest, ends[i])
      return await this.#result(pieces, comparison, sample, counted)
    } finally {
      await comparison.close()
    }
  }

  async #result(
    pieces: readonly KnownPiece[],
    comparison: LogComparison,
    sample: number,
    counts: CountDifference | undefined
  ): Promise<Audit> {
    const shown = async ({ count, sample: places }: LineDifference): Promise<AuditedDifference> => ({
      count,
      sample: await shownLines(
        places,
        pieces.map(({ piece }) => piece.path),
        this.#parts.config.privacy.scrub,
        this.#parts.signal
      )
    })
    const lines = await comparison.classes()
    const audited = pieces.filter(({ is }) => is !== 'other').map(one => this.#audited(one))
    const read = audited.every(({ state }) => state === 'read' || state === 'before')
    const common = { source: this.#source, pieces: audited, lines }
    if (counts) return { ...common, whole: read && counts.missing === 0, counts }
    const missing = await shown(await comparison.missing(sample))
    const double = await shown(await comparison.doubles(sample))
    const whole = read && missing.count === 0 && double.count === 0
    return { ...common, whole, rejectedFound: await comparison.rejectedFound(), missing, double }
  }

  #audited({ piece: { path }, reading, is }: KnownPiece): AuditedPiece {
    const unreadable = this.#unreadable.get(path)
    if (unreadable !== undefined) return { path, state: { unreadable } }
    return { path, state: is === 'before' ? 'before' : reading ? 'read' : 'never' }
  }

  /** Those that are to be compared, and all others of the source, which may have the same lines. */
  async #pieces(): Promise<KnownPiece[]> {
    const { config } = this.#parts
    const positions = this.#streams.map(({ position }) => position)
    const first = firstLook(positions)
    const known = new Map<string, KnownPiece>()
    const all = pathsOfSource(this.#source, config, this.#streams)
    for (const path of [...this.#paths, ...all])
      for (const piece of await piecesOf(path)) {
        if (known.has(piece.key)) continue
        const reading = pieceReading(piece, positions)
        const isBefore = !reading && piece.modified <= first
        known.set(piece.key, {
          piece,
          reading,
          is: isBefore ? 'before' : this.#paths.includes(path) ? undefined : 'other'
        })
      }
    return [...known.values()]
  }

  /** Reads a piece, or what has come to it behind `from`; gives where it ends. */
  async #read(
    { piece: { path }, reading = { passed: 0, to: Infinity }, is }: KnownPiece,
    number: number,
    comparison: LogComparison,
    oldest: Micros,
    from?: number
  ): Promise<number> {
    const { config, signal } = this.#parts
    const classOf = (at: number, time: Micros, rejected: boolean): LineClass => {
      if (rejected) return 'rejected'
      if (is) return is
      if (at < reading.passed) return 'passed'
      if (from !== undefined || at >= reading.to) return 'waiting'
      return time < oldest ? 'old' : 'due'
    }
    const { format, zone } = config.sources[this.#source] ?? {}
    const range = from === undefined ? undefined : { from, to: Infinity }
    try {
      const bytes = await readPiece(
        {
          path,
          piece: number,
          format: format ?? this.#formatOf(path),
          zone,
          scrub: config.privacy.scrub,
          anonymous: config.privacy.addresses !== undefined,
          range,
          signal,
          classOf
        },
        lines => comparison.addLog(lines)
      )
      return (from ?? 0) + bytes
    } catch (error) {
      if (!(error instanceof VisorError)) throw error
      if (from === undefined) this.#unreadable.set(path, error.message)
      return Infinity
    }
  }

  /** The format that the source had found for a file, or for any. */
  #formatOf(path: string): string | undefined {
    const own = this.#streams.findLast(
      ({ position, format }) => format !== undefined && position['path'] === path
    )
    return (own ?? this.#streams.findLast(({ format }) => format !== undefined))?.format
  }

  /** Lines before this are no longer kept. */
  async #oldestKept(): Promise<Micros> {
    const { answers, config } = this.#parts
    const { extent } = await answers.extent({ sources: this.#source })
    if (!extent) return -Infinity
    return toMicros(Math.min(extent.last, Date.now()) - config.store.retention)
  }

  async #addStored(comparison: LogComparison): Promise<void> {
    const { answers, config, signal } = this.#parts
    const anonymous = String(config.privacy.addresses !== undefined)
    const extent = await comparison.extent()
    const sources = this.#source
    if (extent) {
      const to = String(toMillis(windowOf(extent.to, SECOND)) + SECOND_MS)
      for (let from: number | undefined = toMillis(windowOf(extent.from, SECOND)); from !== undefined;) {
        const { digests, next }: Awaited<ReturnType<Answers['digests']>> = await answers.digests(
          { sources, from: String(from), to, anonymous },
          { signal }
        )
        await comparison.addStored(Buffer.from(digests, 'base64'), false)
        from = next
      }
    }
    const { digests } = await answers.digests({ sources, rejected: 'true', anonymous }, { signal })
    await comparison.addStored(Buffer.from(digests, 'base64'), true)
  }
}
