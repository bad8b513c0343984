import type { Signal } from '../../alerts/signal.ts'
import { agingCells, windowsOf, type Windowing } from '../../core/window.ts'
import { SignalLines } from './signal-lines.ts'
import { AHEAD } from './watermark.ts'

/** How long after the event rules are evaluated, at most: what the clock may be ahead of the moment that is evaluated. */
const LAG = 3600e6

/** What the signals of one step of reading have in common. All times are in microseconds. */
export class SignalStep {
  readonly lines = new SignalLines()
  /** Lines of later times are not counted: the watermark does not believe them either. */
  readonly horizon: number
  readonly #now: number
  readonly #aging: boolean

  /** `aging`: what no rule looks at any more is not counted, and what is not looked at cell by cell in longer ones. */
  constructor(now: number, aging: boolean) {
    this.horizon = now + AHEAD
    this.#now = now
    this.#aging = aging
  }

  /** Lines of a signal that are older than this are not counted. */
  since({ back }: Signal): number {
    return this.#aging ? this.#now - LAG - back : -Infinity
  }

  /** How the lines of a signal are laid out in cells. */
  cells({ step, fine }: Signal): Windowing {
    return this.#aging ? agingCells(step, this.#now - LAG - fine, this.#now) : windowsOf(step)
  }
}
