import { closeSync, globSync, openSync, readSync, statSync } from 'node:fs'
import { inspectBulk } from '../bulk/index.ts'
import type { StreamEnd } from '../kind.ts'
import { factsAt, inodeOf } from './facts.ts'
import { pathsOf, type FileOptions } from './options.ts'

/**
 * The files of a source that are followed, each with where its last whole line ends.
 * @throws VisorError FILE_UNREADABLE, and what the operating system says of a file that is gone
 */
export function fileEnds(options: FileOptions): Map<string, StreamEnd> {
  const paths = new Set(pathsOf(options).flatMap(pattern => globSync(pattern)))
  return new Map(
    Array.from(paths)
      .filter(isFollowed)
      .map(path => [path, { part: 'offset', end: lastLineEnd(path), key: inodeOf(factsAt(path)?.key ?? '') }])
  )
}

function isFollowed(path: string): boolean {
  const { size, splittable } = inspectBulk(path)
  return size !== undefined && splittable
}

const BLOCK = 1 << 16
const LINE_END = 0x0a

function lastLineEnd(path: string): number {
  const file = openSync(path, 'r')
  try {
    const block = Buffer.alloc(BLOCK)
    for (let end = statSync(path).size; end > 0;) {
      const from = Math.max(0, end - BLOCK)
      const read = readSync(file, block, 0, end - from, from)
      const at = block.subarray(0, read).lastIndexOf(LINE_END)
      if (at >= 0) return from + at + 1
      end = from
    }
    return 0
  } finally {
    closeSync(file)
  }
}
