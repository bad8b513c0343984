import { createReadStream } from 'node:fs'
import { createGunzip } from 'node:zlib'
import { readAt } from './bytes.ts'

/** The first bytes of the compressed forms that rotated logs come in. */
const MAGIC: Readonly<Record<string, readonly number[]>> = {
  gzip: [0x1f, 0x8b],
  bzip2: [0x42, 0x5a, 0x68],
  xz: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
  zstd: [0x28, 0xb5, 0x2f, 0xfd],
  lz4: [0x04, 0x22, 0x4d, 0x18],
  zip: [0x50, 0x4b, 0x03, 0x04]
}

/** How a file that begins with `bytes` is compressed; `undefined` when it is not. */
export function compressionOf(bytes: Uint8Array): string | undefined {
  return Object.entries(MAGIC).find(([, magic]) => magic.every((byte, i) => bytes[i] === byte))?.[0]
}

/** One piece of input unpacks to 16 MiB at the most (deflate packs 1032 : 1), which bounds the memory. */
const PIECE_BYTES = 16_384
const CHUNK_BYTES = 262_144

/**
 * Unpacks a gzip file of any number of members, given by its path, or open: then it stays open, and is read from its
 * beginning. Every byte that can be unpacked comes before the error that ends a damaged file, which piping streams does
 * not promise. Between the damage and the place where it shows (at the latest the member's checksum) deflate gives wrong
 * bytes that nothing distinguishes from right ones.
 */
export async function* gunzip(file: string | number): AsyncGenerator<Uint8Array> {
  const unzip = createGunzip({ chunkSize: CHUNK_BYTES })
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
  return typeof file === 'string' ? createReadStream(file, { highWaterMark: PIECE_BYTES }) : pieces(file)
}

function* pieces(fd: number): Generator<Uint8Array> {
  for (let at = 0; ; at += PIECE_BYTES) {
    const piece = new Uint8Array(PIECE_BYTES)
    const count = readAt(fd, piece, at)
    if (count > 0) yield piece.subarray(0, count)
    if (count < PIECE_BYTES) return
  }
}
