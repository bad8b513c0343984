import { readingOf } from '../core/readings.ts'
import { boundCell, cellOf, mergeCell, type Rollup } from '../core/rollup.ts'
import { addRows, type CellRows } from '../core/rows.ts'
import { toMillis, type Micros } from '../core/time.ts'

/** A window that no line on time can fall into any more, with all that was counted in it. */
export interface ClosedWindow {
  readonly from: Micros
  readonly to: Micros
  readonly rollup: Rollup
}

/**
 * Gathers the deltas of the open windows and finds which have closed: a window is closed when each stream has passed
 * it. Windows that get more after they closed (late lines) come again, with the late part alone.
 */
export class Windows {
  readonly #size: Micros
  readonly #limit: number
  readonly #open = new Map<Micros, Rollup>()
  readonly #closed = new Map<string, Micros>()

  /** `size` is the length of a window, `limit` how many keys a cell keeps. */
  constructor(size: Micros, limit: number) {
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
  passed(stream: string, closed: Micros): void {
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

/**
 * The results of one closed window (its times as ISO 8601), as one line of JSON in the file of `visor watch --output`: all sources
 * together, with the `top` largest keys of each metric.
 */
export function windowRecord({ from, to, rollup }: ClosedWindow, top: number) {
  const merged: Rollup = new Map()
  for (const cell of rollup.values()) mergeCell(cellOf(merged, cell.window, '', cell.metric), cell)
  const cells = [...merged.values()].sort((a, b) => (a.metric < b.metric ? -1 : 1))
  return {
    from: new Date(toMillis(from)).toISOString(),
    to: new Date(toMillis(to)).toISOString(),
    metrics: Object.fromEntries(cells.map(cell => [cell.metric, readingOf(cell, top)]))
  }
}
