import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { makeFolder, type Environment } from '../system/folders.ts'
import { withLock } from './lock.ts'

/** Where fetched things stay, and how to tell what is going on. */
export interface Fetching {
  /** With the PATH that tools are looked for in, and their own configuration. */
  readonly env: Environment
  /** The folder of all that was fetched; it may be removed at any time, and is made again then. */
  readonly cache: string
  readonly signal: AbortSignal
  /** What is being done, in a line for people. */
  progress(this: void, line: string): void
}

/**
 * The folder of a thing in the cache, made when it is not there yet. It is made elsewhere and put in place whole, by one process
 * at a time: the others wait.
 */
export async function cached(
  name: string,
  { cache, signal, progress }: Fetching,
  make: (folder: string) => Promise<void>
): Promise<string> {
  const place = join(cache, name)
  if (existsSync(place)) return place
  makeFolder(cache)
  const waiting = (): void => progress(`another process is fetching ${name} already; waiting for it`)
  return withLock(join(cache, `${name}.lock`), { signal, waiting }, async () => {
    if (existsSync(place)) return place
    const unfinished = `${name}.making-`
    // Those of processes that were killed at it.
    for (const left of readdirSync(cache).filter(left => left.startsWith(unfinished)))
      rmSync(join(cache, left), { recursive: true, force: true })
    const made = mkdtempSync(join(cache, unfinished))
    try {
      await make(made)
      renameSync(made, place)
      return place
    } finally {
      rmSync(made, { recursive: true, force: true })
    }
  })
}
