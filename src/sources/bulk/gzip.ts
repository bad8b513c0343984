import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { systemCode, VisorError } from '../../core/errors.ts'
import type { Source } from '../../core/source.ts'
import { QueueStream, queueSource } from '../queue.ts'

/** One piece of input unpacks to 16 MiB at the most (deflate packs 1032 : 1), which bounds the memory. */
const PIECE = 16_384
const UNPACKED = 262_144

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

/**
 * Unpacks a gzip file of any number of members. Every byte that can be unpacked comes before the error that ends a
 * damaged file, which piping streams does not promise. Between the damage and the place where it shows (at the latest
 * the member's checksum) deflate gives wrong bytes that nothing tells from right ones.
 */
export async function* gunzip(path: string): AsyncGenerator<Uint8Array> {
  const unzip = createGunzip({ chunkSize: UNPACKED })
  const unpacked: Uint8Array[] = []
  let failed: Error | undefined
  unzip.on('data', (chunk: Uint8Array) => unpacked.push(chunk))
  // After an error, writing calls back no more.
  let goOn: (() => void) | undefined
  unzip.on('error', error => {
    failed = error
    goOn?.()
  })
  const give = (): Uint8Array[] => unpacked.splice(0)
  try {
    for await (const piece of createReadStream(path, { highWaterMark: PIECE })) {
      await new Promise<void>(done => {
        goOn = done
        unzip.write(piece, () => done())
      })
      yield* give()
      if (failed) throw failed
    }
    await new Promise(done => unzip.once('close', done).end())
    yield* give()
    if (failed) throw failed
  } finally {
    unzip.destroy()
  }
}
