import { boundCell, cellOf, mergeCell, type Rollup } from '../core/rollup.ts'
import { addRows, type CellRows } from '../core/rows.ts'

/** A window that no line on time can fall into any more, with all that was counted in it. */
export interface ClosedWindow {
  /** Start and end, microseconds since 1970. */
  readonly from: number
  readonly to: number
  readonly rollup: Rollup
}

/**
 * Gathers the deltas of the open windows and says which have closed: a window is closed when each stream has passed
 * it. Windows that get more after they closed (late lines) are told again, with the late part alone.
 */
export class Windows {
  readonly #size: number
  readonly #limit: number
  readonly #open = new Map<number, Rollup>()
  readonly #closed = new Map<string, number>()

  /** `size` in microseconds; `limit` is how many keys a cell keeps. */
  constructor(size: number, limit: number) {
    this.#size = size
    this.#limit = limit
  }

  add(rows: readonly CellRows[]): void {
    for (const row of rows) {
      let rollup = this.#open.get(row.window)
      if (!rollup) this.#open.set(row.window, (rollup = new Map()))
      addRows(rollup, [row])
      boundCell(cellOf(rollup, row.window, row.source, row.metric), this.#limit)
    }
  }

  /** A stream has passed all windows that end at or before `closed`; Infinity when it has ended. */
  passed(stream: string, closed: number): void {
    if (closed === Infinity) this.#closed.delete(stream)
    else this.#closed.set(stream, Math.max(closed, this.#closed.get(stream) ?? -Infinity))
  }

  /** Takes out the windows that are closed now, oldest first; with `all`, the open ones too. */
  take(all = false): ClosedWindow[] {
    const mark = all || this.#closed.size === 0 ? Infinity : Math.min(...this.#closed.values())
    const closed = [...this.#open].filter(([from]) => from + this.#size <= mark).sort(([a], [b]) => a - b)
    return closed.map(([from, rollup]) => {
      this.#open.delete(from)
      return { from, to: from + this.#size, rollup }
    })
  }
}

/** All cells of a rollup with their sources merged: one cell a metric. */
export function mergeSources(rollup: Rollup): Rollup {
  const merged: Rollup = new Map()
  for (const cell of rollup.values()) mergeCell(cellOf(merged, cell.window, '', cell.metric), cell)
  return merged
}
