import type { Batch, Dictionary } from '../core/batch.ts'
import type { Metric } from '../core/metric.ts'
import { addSpan, type Spans } from '../core/spans.ts'

/** Keys of a metric whose spans are held; a log of more than these messages that differ shows the spans of the first. */
const MAX_KEYS = 10_000

/** When each key of a metric with a text field was first and last seen: by the dictionary's codes until `flush`. */
export class SpanCounter {
  readonly #metric: Metric
  #dictionary: Dictionary | undefined
  /** By code, the first and the last time; NaN for a code that was not seen. */
  #times = new Float64Array(2048).fill(NaN)

  constructor(metric: Metric) {
    this.#metric = metric
  }

  add({ rows, time, columns }: Batch): void {
    const column = columns.get(this.#metric.key ?? '')
    if (column?.type !== 'text') return
    this.#dictionary = column.dictionary
    this.#reach(column.dictionary.size)
    const times = this.#times
    for (let row = 0; row < rows; row++) {
      const first = 2 * (column.codes[row] ?? 0)
      const at = time[row] ?? NaN
      if (first === 0) continue
      if (!(times[first]! <= at)) times[first] = at
      if (!(times[first + 1]! >= at)) times[first + 1] = at
    }
  }

  /** Moves all spans into `into`. Call it before the dictionary rotates. */
  flush(into: Spans): void {
    const { name, derive = (text: string): string => text } = this.#metric
    const size = this.#dictionary?.size ?? 0
    for (let code = 1; code < size; code++) {
      const first = this.#times[2 * code] ?? NaN
      if (Number.isNaN(first)) continue
      const key = derive(this.#dictionary?.text(code) ?? '')
      const known = into.get(name)
      if (key === undefined || (known && known.size >= MAX_KEYS && !known.has(key))) continue
      addSpan(into, name, key, { first, last: this.#times[2 * code + 1] ?? first })
    }
    this.#times.fill(NaN)
  }

  #reach(size: number): void {
    if (2 * size <= this.#times.length) return
    const times = new Float64Array(4 * size).fill(NaN)
    times.set(this.#times)
    this.#times = times
  }
}
