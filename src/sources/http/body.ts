import type { IncomingMessage } from 'node:http'
import { Readable, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib'
import { Refusal } from './refusal.ts'

const UNPACKERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress
}

/** The encodings that a body may have. */
export const ENCODINGS = ['gzip', 'deflate', 'br', 'zstd']

/**
 * The body of a request, unpacked; `hold` is called with the count of its bytes as they come, and may throw. However it ends, the
 * request stays one that can be answered.
 * @throws Refusal for a body that is too large, packed in an unknown way, damaged or cut off
 */
export async function readBody(
  request: IncomingMessage,
  limit: number,
  hold: (bytes: number) => void
): Promise<Buffer> {
  const { 'content-encoding': encoding = 'identity', 'content-length': length } = request.headers
  const unpack = UNPACKERS[encoding.toLowerCase()]
  if (!unpack && encoding !== 'identity')
    throw new Refusal(415, `the encoding ${encoding} is unknown; known are ${ENCODINGS.join(', ')}`)
  if (Number(length) > limit) throw tooLarge(limit)
  const chunks: Buffer[] = []
  let size = 0
  const take = async (bytes: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of bytes) {
      size += chunk.length
      if (size > limit) throw tooLarge(limit)
      hold(chunk.length)
      chunks.push(chunk)
    }
  }
  try {
    // Whoever stops reading a request may still answer it: it must not be torn down with the pipeline.
    const packed = Readable.from(request.iterator({ destroyOnReturn: false }))
    await (unpack ? pipeline(packed, unpack(), take) : pipeline(packed, take))
  } catch (error) {
    // The rest goes by unread.
    request.resume()
    throw error instanceof Refusal ? error : new Refusal(400, 'the body is damaged or cut off')
  }
  return Buffer.concat(chunks)
}

function tooLarge(limit: number): Refusal {
  return new Refusal(413, `a request may have ${limit.toLocaleString('en')} bytes, unpacked`)
}
