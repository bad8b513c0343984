import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { readAt } from './bytes.ts'

/** One piece of input unpacks to 16 MiB at the most (deflate packs 1032 : 1), which bounds the memory. */
const PIECE = 16_384
const UNPACKED = 262_144

/**
 * Unpacks a gzip file of any number of members, given by its path, or open: then it stays open, and is read from its
 * beginning. Every byte that can be unpacked comes before the error that ends a damaged file, which piping streams does
 * not promise. Between the damage and the place where it shows (at the latest the member's checksum) deflate gives wrong
 * bytes that nothing tells from right ones.
 */
export async function* gunzip(file: string | number): AsyncGenerator<Uint8Array> {
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
    for await (const piece of packed(file)) {
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

function packed(file: string | number): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  return typeof file === 'string' ? createReadStream(file, { highWaterMark: PIECE }) : pieces(file)
}

function* pieces(fd: number): Generator<Uint8Array> {
  for (let at = 0; ; at += PIECE) {
    const piece = new Uint8Array(PIECE)
    const count = readAt(fd, piece, at)
    if (count > 0) yield piece.subarray(0, count)
    if (count < PIECE) return
  }
}
