import { closeSync, createReadStream, fstatSync, openSync, statSync } from 'node:fs'
import { Readable } from 'node:stream'
import { VisorError } from '../../core/errors.ts'
import type { Source } from '../../core/source.ts'
import { slice } from '../bytes.ts'
import { compressionOf, gunzip } from '../compression.ts'
import { QueueStream, queueSource } from '../queue.ts'
import { stdinSource } from '../stdin/source.ts'
import { plainSource, type ByteRange } from './plain.ts'
import { reasonOf } from '../../system/reason.ts'
import { unreadable } from '../../system/refused.ts'
import { join } from 'node:path'

export { withoutCopies, type CopiedFile } from './copies.ts'
export { filesOf } from './files.ts'
export { splitRanges, type ByteRange } from './plain.ts'

/** A file as it stands, before it is read. */
export interface BulkFile {
  /** Bytes on the disk; `undefined` where that is unknown beforehand (a pipe, standard input). */
  readonly size: number | undefined
  /** Whether byte ranges of it can be read on their own. */
  readonly splittable: boolean
}

/**
 * Looks at a file that is to be read whole; `-` is standard input.
 * Throws a VisorError: FILE_MISSING, FILE_UNREADABLE (also for a folder and for a compression other than gzip).
 */
export function inspectBulk(path: string): BulkFile {
  // Opening a named pipe waits for who writes to it, and closing it again loses what was written.
  if (path === '-' || isPipe(path)) return { size: undefined, splittable: false }
  const { fd, size, regular } = openFile(path)
  try {
    if (!regular) return { size: undefined, splittable: false }
    return { size, splittable: compressionAt(fd, path) === undefined }
  } finally {
    closeSync(fd)
  }
}

/**
 * A file to be read once from its beginning to its end, or one range of it; `-` is standard input.
 * Its one stream becomes `finished` with the read that reaches the end; `ready` ends after that.
 * A gzip file (of any number of members) is unpacked while it is read; when it is damaged or cut off, `ready` gives
 * what could be read and then throws FILE_UNREADABLE. Throws at once as `inspectBulk` does.
 */
export function openBulk(path: string, range?: ByteRange): Source {
  if (path === '-') return stdinSource()
  const { fd, size, regular } = openFile(path)
  if (!regular) return stdinSource(createReadStream(path, { fd }), path)
  try {
    if (compressionAt(fd, path) === undefined) return plainSource(fd, path, size, range)
  } catch (error) {
    closeSync(fd)
    throw error
  }
  closeSync(fd)
  return gzipSource(path)
}

function isPipe(path: string): boolean {
  try {
    return statSync(path).isFIFO()
  } catch {
    // Opening it says why.
    return false
  }
}

function openFile(path: string): { fd: number; size: number; regular: boolean } {
  let fd: number
  try {
    fd = openSync(path, 'r')
  } catch (error) {
    throw unreadable(path, error)
  }
  const stats = fstatSync(fd)
  if (stats.isDirectory()) {
    closeSync(fd)
    throw new VisorError('FILE_UNREADABLE', `${path} is a folder; name the files in it.`, {
      remedy: `For all of them: \`${join(path, '*')}\`.`
    })
  }
  return { fd, size: stats.size, regular: stats.isFile() }
}

function compressionAt(fd: number, path: string): 'gzip' | undefined {
  const found = compressionOf(slice(fd, 0, 6))
  if (found === undefined || found === 'gzip') return found
  throw new VisorError('FILE_UNREADABLE', `${path} is compressed with ${found}`, {
    remedy: 'Unpack it first; gzip alone is read as it is.'
  })
}

/**
 * A gzip file, unpacked while it is read. The last, torn line of a damaged file is not handed over: it is not what
 * the server wrote.
 */
function gzipSource(path: string): Source {
  return queueSource(
    new QueueStream(`bulk:${path}:0`, path),
    Readable.from(gunzip(path), { objectMode: true, highWaterMark: 1 }),
    error =>
      new VisorError(
        'FILE_UNREADABLE',
        `${path} is damaged or cut off: ${reasonOf(error)}; the lines before that were read`,
        {
          cause: error,
          remedy: '`gzip -t` checks it; if it was still being written, read it again when it is whole.'
        }
      )
  )
}
