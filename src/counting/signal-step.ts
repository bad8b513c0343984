import type { Rollup } from '../core/rollup.ts'
import { toRows, type CellRows } from '../core/rows.ts'
import type { SignalDelta, Signal } from '../core/signal.ts'
import { HOUR, type Micros } from '../core/time.ts'
import { agingCells, windowsOf, type Windowing } from '../core/window.ts'
import { SignalLines } from './signal-lines.ts'
import { MAX_AHEAD } from './watermark.ts'
import type { Query } from '../query/index.ts'

/** How long after the event rules are evaluated, at most: what the clock may be ahead of the time that is evaluated. */
const MAX_LAG = HOUR

/** What the signals of one step of reading have in common. */
export class SignalStep {
  readonly lines = new SignalLines()
  /** What was counted of the codes that were flushed. */
  readonly rollup: Rollup
  /** Lines of later times are not counted: the watermark does not believe them either. */
  readonly horizon: Micros
  readonly #now: Micros
  readonly #aging: boolean

  /** `aging`: what no rule looks at any more is not counted, and what is not looked at cell by cell in longer ones. */
  constructor(now: Micros, aging: boolean, rollup: Rollup = new Map()) {
    this.rollup = rollup
    this.horizon = now + MAX_AHEAD
    this.#now = now
    this.#aging = aging
  }

  /** Lines of a signal that are older than this are not counted. */
  since({ back }: Signal<Query>): Micros {
    return this.#aging ? this.#now - MAX_LAG - back : -Infinity
  }

  /** How the lines of a signal are laid out in cells. */
  cells({ step, fine }: Signal<Query>): Windowing {
    return this.#aging ? agingCells(step, this.#now - MAX_LAG - fine, this.#now) : windowsOf(step)
  }

  /** What was counted; `undefined` where no line passed. Flush the aggregators before. */
  delta(times: Omit<SignalDelta, 'rows' | 'lines'>): SignalDelta | undefined {
    return this.rollup.size === 0 ? undefined : { rows: this.rows(), lines: this.lines.all(), ...times }
  }

  rows(): CellRows[] {
    return toRows(this.rollup)
  }
}
