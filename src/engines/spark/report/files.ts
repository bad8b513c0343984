import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { VisorError } from '../../../core/errors.ts'
import type { FormatChoice } from '../../../core/format.ts'
import { standAlone } from '../../../counting/joined.ts'
import { chooseFormat, choiceNamed } from '../../../reading/choose.ts'
import { QueueStream } from '../../../sources/queue.ts'
import type { SparkRow } from '../../../spark/arrow.ts'
import { aliasOf, read, sqlOver, type SparkRelation } from '../../../spark/relation.ts'
import { SparkError } from '../../../spark/problem.ts'
import type { SparkSession } from '../../../spark/session.ts'
import type { ReportFile } from '../worker/report.ts'

/** A file that Spark found. */
export interface ListedFile extends ReportFile {
  /** How Spark names it, and the key of that name. */
  readonly name: string
  readonly key: string
}

/** What `input_file_name()` is in the keys of lines: short, and without tabs. */
export const FILE_KEY = 'hex(xxhash64(input_file_name()))'

/** A path as a pattern that stands for it alone. */
const literally = (path: string): string => path.replace(/[\\*?[\]{}]/g, String.raw`\$&`)

/** So many paths are asked for in one plan. */
const AT_ONCE = 50

/** So many lines are looked at to find a format. */
const HEAD_LINES = 1000

/** The lines of some files, as column `value`. */
export function textLines(names: readonly string[]): SparkRelation {
  // A carriage return is part of its line.
  return read('text', { paths: names.map(literally), options: { lineSep: '\n' } })
}

/**
 * Finds the files that paths stand for, as Spark sees them: files, folders and globs, on any storage that it reads. A path
 * without a scheme that is not absolute is of this folder. In the order of the paths, those of a folder by name.
 * @throws VisorError FILE_MISSING, SPARK and what else Spark refuses
 */
export async function listFiles(
  session: SparkSession,
  paths: readonly string[],
  signal: AbortSignal
): Promise<ListedFile[]> {
  const files: ListedFile[] = []
  for (let from = 0; from < paths.length; from += AT_ONCE) {
    const some = paths.slice(from, from + AT_ONCE)
    const named = some.map(path => [aliasOf('files'), path] as const)
    const parts = named.map(
      ([alias], i) => `SELECT ${i} AS i, path, length, ${FILE_KEY} AS file_key FROM ${alias}`
    )
    const inputs = named.map(([alias, path]) => [alias, namedBy(path)])
    const rows = await found(() =>
      session.query(sqlOver(parts.join(' UNION ALL '), Object.fromEntries(inputs)), { signal })
    )
    for (const [i, given] of some.entries()) {
      const own = rows.filter(row => row['i'] === i).map(listedIn)
      // Spark passes over empty files.
      if (own.length === 0) own.push({ name: given, size: 0, key: '' })
      own.sort((a, b) => (a.name < b.name ? -1 : 1))
      for (const one of own) {
        const path = own.length === 1 ? given : one.name.replace(/^file:(?=\/)/, '')
        files.push({ file: files.length, path, ...one })
      }
    }
  }
  return files
}

function listedIn({ path, length, file_key: key }: SparkRow): Pick<ListedFile, 'name' | 'size' | 'key'> {
  return { name: String(path), size: Number(length), key: String(key) }
}

function namedBy(path: string): SparkRelation {
  const absolute = /^(?:[a-z][\w+.-]*:|\/)/i.test(path) ? path : resolve(path)
  return read('binaryFile', { paths: [existsSync(absolute) ? literally(absolute) : absolute] })
}

async function found<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof SparkError) || error.errorClass !== 'PATH_NOT_FOUND') throw error
    throw new VisorError('FILE_MISSING', error.message, { cause: error })
  }
}

/**
 * The formats of a file from its first lines; `undefined` where it has none.
 * @throws VisorError FORMAT_UNKNOWN, FORMAT
 */
export async function firstFormat(
  session: SparkSession,
  { path, name }: ListedFile,
  configured: string | undefined,
  signal: AbortSignal
): Promise<FormatChoice | undefined> {
  if (configured !== undefined) return choiceNamed(configured, 'as configured')
  const alias = aliasOf('head')
  const query = `SELECT CAST(value AS BINARY) AS line FROM ${alias} WHERE input_file_block_start() = 0 LIMIT ${HEAD_LINES}`
  const rows = await session.query(sqlOver(query, { [alias]: textLines([name]) }), { signal })
  const stream = new QueueStream(name, path)
  for (const { line } of rows) {
    if (line instanceof Uint8Array) stream.push(line)
    stream.push(Uint8Array.of(10))
  }
  stream.finished = true
  const chosen = chooseFormat(stream, undefined)
  if (chosen && 'problem' in chosen) throw new VisorError('FORMAT_UNKNOWN', `${path}: ${chosen.problem}`)
  return chosen?.choice
}

/** Whether Spark may split a file: each of its lines can be read without those before it. */
export function splittable({ choice }: ReportFile): boolean {
  return choice !== undefined && standAlone(choice)
}
