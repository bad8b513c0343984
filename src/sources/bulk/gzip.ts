import { Readable } from 'node:stream'
import { systemCode, VisorError } from '../../core/errors.ts'
import type { Source } from '../../core/source.ts'
import { gunzip } from '../gunzip.ts'
import { QueueStream, queueSource } from '../queue.ts'

/**
 * A gzip file, unpacked while it is read. The last, torn line of a damaged file is not handed over: it is not what
 * the server wrote.
 */
export function gzipSource(path: string): Source {
  return queueSource(
    new QueueStream(`bulk:${path}:0`, path),
    Readable.from(gunzip(path), { objectMode: true, highWaterMark: 1 }),
    error =>
      new VisorError(
        'FILE_UNREADABLE',
        `${path} is damaged or cut off (${systemCode(error) ?? String(error)}); the lines before were read.`
      )
  )
}
