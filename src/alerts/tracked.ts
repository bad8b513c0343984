import type * as z from 'zod'
import type { StateItem } from './kept.ts'

/** Plain data by ids that begin with a prefix, and which of it is to be written. What is of another version is left out. */
export class Tracked<Data> {
  readonly #prefix: string
  readonly #all = new Map<string, Data>()
  readonly #changed = new Set<string>()

  constructor(schema: z.ZodType<Data>, saved: readonly StateItem[], prefix = '') {
    this.#prefix = prefix
    for (const { id, data } of saved) {
      const known = id.startsWith(prefix) ? schema.safeParse(data).data : undefined
      if (known) this.#all.set(id.slice(prefix.length), known)
    }
  }

  ids(): string[] {
    return [...this.#all.keys()]
  }

  values(): Iterable<Data> {
    return this.#all.values()
  }

  get(id: string): Data | undefined {
    return this.#all.get(id)
  }

  /** `undefined` removes, also what could not be read; the same object changes nothing. */
  put(id: string, data: Data | undefined): void {
    if (data !== undefined && data === this.#all.get(id)) return
    if (data === undefined) this.#all.delete(id)
    else this.#all.set(id, data)
    this.#changed.add(id)
  }

  /** What is to be written since it was last asked for. */
  changes(): StateItem[] {
    const items = Array.from(this.#changed, id => ({ id: `${this.#prefix}${id}`, data: this.#all.get(id) }))
    this.#changed.clear()
    return items
  }
}
