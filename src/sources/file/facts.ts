import { type BigIntStats, closeSync, constants, fstatSync, openSync, realpathSync, statSync } from 'node:fs'
import type { Millis } from '../../core/time.ts'

/** What the file system knows of a file. */
export interface Facts {
  /**
   * Device, inode and time of birth (nanoseconds, 0 where the file system keeps none): the same for as long as the
   * file lives, under whatever name. An inode number alone comes back with the next file that is created.
   */
  readonly key: string
  readonly size: number
  /** When it was last written, last touched in any way, and made (0 where that is not kept). */
  readonly modified: Millis
  readonly changed: Millis
  readonly born: Millis
  /** Names that lead to it; 0 for a file that was deleted while it is held open. */
  readonly links: number
}

/** What a path leads to. */
export interface PathFacts extends Facts {
  readonly regular: boolean
  readonly folder: boolean
  /** A named pipe. */
  readonly pipe: boolean
}

/** What `path` leads to, symbolic links followed; `undefined` when there is nothing at all. */
export function factsAt(path: string): PathFacts | undefined {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
  return (
    stats && {
      ...factsOf(stats),
      regular: stats.isFile(),
      folder: stats.isDirectory(),
      pipe: stats.isFIFO()
    }
  )
}

export function factsOfOpen(fd: number): Facts {
  return factsOf(fstatSync(fd, { bigint: true }))
}

function factsOf(stats: BigIntStats): Facts {
  return {
    key: `${stats.dev}:${stats.ino}:${stats.birthtimeNs}`,
    size: Number(stats.size),
    modified: nanosToMillis(stats.mtimeNs),
    changed: nanosToMillis(stats.ctimeNs),
    born: nanosToMillis(stats.birthtimeNs),
    links: Number(stats.nlink)
  }
}

/** A key without its device: network file systems, and some others, are given new device numbers when they are mounted. */
export function inodeOf(key: string): string {
  return key.slice(key.indexOf(':') + 1)
}

/** When a file with this key was made, since 1970; 0 where that is not known. */
export function bornOf(key: string): Millis {
  return nanosToMillis(BigInt(key.split(':')[2] ?? 0))
}

const NANOS_PER_MILLI = 1_000_000

/** Exact to a quarter of a microsecond, finer than the kernel's own clock for files. */
function nanosToMillis(nanos: bigint): Millis {
  return Number(nanos) / NANOS_PER_MILLI
}

/** An open file with its facts. */
export interface Opened {
  readonly fd: number
  readonly facts: Facts
  /** Its path with symbolic links resolved. */
  readonly real: string
}

/** Opens for reading; never waits for a writer, should a pipe have taken the file's place. */
export function openForReading(path: string): Opened {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    return { fd, facts: factsOfOpen(fd), real: realpathSync(path) }
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** Why there is nothing to read at a path. */
export function hindrance(facts: PathFacts | undefined): string {
  if (!facts) return 'does not exist; Visor waits for it'
  return facts.folder ? 'is a folder; name the files in it, e.g. with /*.log' : 'is no regular file'
}
