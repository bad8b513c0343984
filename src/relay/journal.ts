import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import { systemCode, VisorError } from '../core/errors.ts'
import type { KnownStream, Position } from '../core/source.ts'
import { makeFolder } from '../system/folders.ts'
import { reasonOf } from '../system/reason.ts'
import { unwritable } from '../system/refused.ts'

/** Streams by the names of their sources. */
type Known = Record<string, Record<string, Omit<KnownStream, 'id'>>>

/** Where relaying has come to in each stream, in a file: from there it goes on after a restart. */
export class Journal {
  readonly #path: string
  readonly #known: Known
  #changed = false

  private constructor(path: string, known: Known) {
    this.#path = path
    this.#known = known
  }

  /**
   * Opens the file, or begins a new one where there is none.
   * @throws VisorError FILE_UNREADABLE for a file that is no journal or cannot be read
   */
  static open(path: string): Journal {
    try {
      return new Journal(path, JSON.parse(readFileSync(path, 'utf8')))
    } catch (cause) {
      if (systemCode(cause) === 'ENOENT') return new Journal(path, {})
      const none = systemCode(cause) === undefined
      const why = none ? 'it is not what visor relay writes' : reasonOf(cause)
      throw new VisorError('FILE_UNREADABLE', `cannot read where relaying had come to in ${path}: ${why}`, {
        cause,
        remedy: none ? 'Move it away to relay all lines anew, or name another file.' : undefined
      })
    }
  }

  /** The streams of a source. */
  known(source: string): KnownStream[] {
    return Object.entries(this.#known[source] ?? {}).map(([id, known]) => ({ id, ...known }))
  }

  /** All lines of a stream before `position` are out; of a stream that is `over` nothing needs to be known. */
  note(
    source: string,
    { id, name }: { readonly id: string; readonly name: string },
    position: Position,
    over: boolean
  ): void {
    const streams = (this.#known[source] ??= {})
    if (over) delete streams[id]
    else streams[id] = { name, position }
    this.#changed = true
  }

  /**
   * Writes what has changed: all of it, or nothing.
   * @throws VisorError FILE_UNWRITABLE
   */
  save(): void {
    if (!this.#changed) return
    const part = `${this.#path}.part`
    try {
      makeFolder(dirname(part))
      const fd = openSync(part, 'w', 0o600)
      writeSync(fd, JSON.stringify(this.#known))
      fsyncSync(fd)
      closeSync(fd)
      renameSync(part, this.#path)
      this.#changed = false
    } catch (cause) {
      throw unwritable(this.#path, cause)
    }
  }
}
