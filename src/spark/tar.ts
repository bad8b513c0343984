import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Readable } from 'node:stream'

/** A file that goes into an archive. */
export interface ArchiveFile {
  /** In the archive, at most 100 bytes of ASCII. */
  readonly name: string
  readonly path: string
  readonly executable?: boolean
}

const BLOCK = 512

/** A POSIX (ustar) archive. The same files make the same bytes: neither times nor owners are kept. */
export function tarOf(files: readonly ArchiveFile[]): Readable {
  return Readable.from(blocks(files))
}

async function* blocks(files: readonly ArchiveFile[]): AsyncGenerator<Buffer> {
  for (const { name, path, executable = false } of files) {
    const { size } = await stat(path)
    yield header(name, size, executable)
    for await (const piece of createReadStream(path, { end: Math.max(0, size - 1) })) yield piece
    yield Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK)
  }
  yield Buffer.alloc(2 * BLOCK)
}

function header(name: string, size: number, executable: boolean): Buffer {
  const block = Buffer.alloc(BLOCK)
  const octal = (value: number, at: number, digits: number): unknown =>
    block.write(value.toString(8).padStart(digits, '0'), at)
  if (block.write(name) !== name.length || name.length > 100) throw new RangeError(`too long a name: ${name}`)
  octal(executable ? 0o755 : 0o644, 100, 7)
  octal(0, 108, 7)
  octal(0, 116, 7)
  octal(size, 124, 11)
  octal(0, 136, 11)
  block.write('        0', 148)
  block.write('ustar\u000000', 257)
  octal(
    block.reduce((sum, byte) => sum + byte, 0),
    148,
    6
  )
  block[154] = 0
  return block
}
