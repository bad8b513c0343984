import { type FSWatcher, watch } from 'node:fs'
import { join } from 'node:path'
import type { Millis } from '../../core/time.ts'

const MAX_WATCHED_FOLDERS = 256

/**
 * Hears from the operating system that something happened in a folder. Only a hint: network file systems notify
 * of nothing, and the number of watches is limited, so whoever uses it looks as well, only less often.
 */
export class Hints {
  readonly #watchers = new Map<string, FSWatcher>()
  #heard = new Set<string>()
  #wake: (() => void) | undefined

  /** Watches a folder from now on; does nothing when that is impossible. */
  add(folder: string): void {
    if (this.#watchers.has(folder) || this.#watchers.size >= MAX_WATCHED_FOLDERS) return
    try {
      const watcher = watch(folder, { persistent: false }, (_, name) => this.#hear(folder, name))
      watcher.on('error', () => this.#remove(folder))
      this.#watchers.set(folder, watcher)
    } catch {
      // Not there yet, not permitted, or out of watches: polling does without.
    }
  }

  /** The paths heard of since the last call. */
  take(): ReadonlySet<string> {
    const heard = this.#heard
    this.#heard = new Set()
    return heard
  }

  /**
   * Waits for `most`, or until something is heard, but for `least` in any case; or for the abort. Resolves with whether
   * something was heard.
   */
  wait(least: Millis, most: Millis, signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return Promise.resolve(false)
    return new Promise(done => {
      const start = performance.now()
      const finish = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', finish)
        this.#wake = undefined
        done(this.#heard.size > 0)
      }
      let timer = setTimeout(finish, this.#heard.size > 0 ? least : most)
      signal.addEventListener('abort', finish)
      this.#wake = () => {
        this.#wake = undefined
        clearTimeout(timer)
        const left = least - (performance.now() - start)
        // A timer takes a millisecond at least.
        if (left <= 0) finish()
        else timer = setTimeout(finish, left)
      }
    })
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher.close()
    this.#watchers.clear()
  }

  #hear(folder: string, name: string | null): void {
    this.#heard.add(name === null ? folder : join(folder, name))
    this.#wake?.()
  }

  #remove(folder: string): void {
    this.#watchers.get(folder)?.close()
    this.#watchers.delete(folder)
  }
}
