import { HOUR_MS } from '../../../core/time.ts'
import type { EvaluationResult, Unit } from '../../../alerts/model.ts'

/** The largest and the smallest values that a rule had in each hour, over all keys. */
export class Peaks {
  /** In what values are measured; absent before any. */
  unit: Unit | undefined
  readonly #largest = new Map<number, number>()
  readonly #smallest = new Map<number, number>()

  /** `at` is event time in milliseconds. */
  add(at: number, { value, unit }: EvaluationResult): void {
    if (value === undefined) return
    this.unit = unit
    const hour = Math.floor(at / HOUR_MS)
    this.#largest.set(hour, Math.max(value, this.#largest.get(hour) ?? -Infinity))
    this.#smallest.set(hour, Math.min(value, this.#smallest.get(hour) ?? Infinity))
  }

  /** The worst value of each hour first, on the side on which values are bad. */
  worst(side: 'over' | 'under'): number[] {
    return side === 'over'
      ? [...this.#largest.values()].toSorted((a, b) => b - a)
      : [...this.#smallest.values()].toSorted((a, b) => a - b)
  }
}
