import type { Batch, Column } from '../core/batch.ts'
import type { Metric, TargetFilter } from '../core/metric.ts'
import { derivedKeysOf, type DerivedKeys } from './keys.ts'

/** The rows that pass what a metric asks of lines, in order; `undefined` is all of them. */
export type Selected = Uint32Array | undefined

const NO_ROWS = new Uint32Array(0)

/** Rows of a batch that are asked about. */
interface Asked {
  readonly columns: Batch['columns']
  readonly from: number
  readonly to: number
}

/** Which rows of a batch metrics count: metrics that ask the same share the answer, and narrower ranges look at no other rows. */
export class Selections {
  readonly #selectors: Selector[] = []
  readonly #ofMetric: readonly (Selector | undefined)[]
  #time = 0

  constructor(metrics: readonly Metric[]) {
    this.#ofMetric = metrics.map(metric => this.#selectorOf(metric))
  }

  /** Other rows are asked about from now on. */
  begin(): void {
    this.#time++
  }

  /** The rows that a metric, by its number, counts of those from `from` to `to`; `undefined` where it counts all of them. */
  rows(metric: number, columns: Batch['columns'], from: number, to: number): Selected {
    return this.#ofMetric[metric]?.rows({ columns, from, to }, this.#time)
  }

  #selectorOf({ filter, target }: Metric): Selector | undefined {
    const targeted =
      target && this.#known(new TargetSelector(target, this.#known(new DerivedSelector(target))))
    if (!filter) return targeted
    const range = new RangeSelector(filter, targeted)
    return this.#known(
      range,
      range.among ?? this.#selectors.find(one => one instanceof RangeSelector && one.holds(range))
    )
  }

  #known(selector: Selector, among?: Selector): Selector {
    const known = this.#selectors.find(({ id }) => id === selector.id)
    if (known) return known
    if (selector instanceof RangeSelector) selector.among = among
    this.#selectors.push(selector)
    return selector
  }
}

/** One question about rows, answered once for the rows at hand. */
abstract class Selector {
  abstract readonly id: string
  #time = 0
  #rows = NO_ROWS
  #room = NO_ROWS

  rows(asked: Asked, time: number): Uint32Array {
    if (this.#time !== time) {
      this.#time = time
      if (this.#room.length < asked.to - asked.from) this.#room = new Uint32Array(asked.to - asked.from)
      this.#rows = this.#room.subarray(0, this.select(asked, time, this.#room))
    }
    return this.#rows
  }

  /** Puts the rows that pass into `room`; returns how many these are. */
  protected abstract select(asked: Asked, time: number, room: Uint32Array): number
}

/** Rows with a number in a range. */
class RangeSelector extends Selector {
  readonly id: string
  /** Those that pass are among the rows of this one. */
  among: Selector | undefined
  readonly #fields: readonly string[]
  readonly #min: number
  readonly #max: number

  constructor({ field, min, max = Infinity }: NonNullable<Metric['filter']>, among: Selector | undefined) {
    super()
    this.id = `${among?.id ?? ''} ${field.join()} ${min} ${max}`
    this.among = among
    this.#fields = field
    this.#min = min
    this.#max = max
  }

  /** Whether all rows of another one are among its own. */
  holds(other: RangeSelector): boolean {
    const same = String(this.#fields) === String(other.#fields)
    return (
      same && !(this.among instanceof TargetSelector) && this.#min <= other.#min && this.#max >= other.#max
    )
  }

  protected select(asked: Asked, time: number, room: Uint32Array): number {
    const values = numbers(asked.columns, this.#fields)
    if (!values) return 0
    const [min, max] = [this.#min, this.#max]
    let count = 0
    if (this.among) {
      for (const row of this.among.rows(asked, time))
        if (values[row]! >= min && values[row]! <= max) room[count++] = row
    } else
      for (let row = asked.from; row < asked.to; row++)
        if (values[row]! >= min && values[row]! <= max) room[count++] = row
    return count
  }
}

/** Rows of which something is derived. */
class DerivedSelector extends Selector {
  readonly id: string
  readonly #target: TargetFilter
  #keys: DerivedKeys | undefined

  constructor(target: TargetFilter) {
    super()
    this.id = `derived ${target.field}`
    this.#target = target
  }

  protected select({ columns, from, to }: Asked, _time: number, room: Uint32Array): number {
    const column = columns.get(this.#target.from)
    if (column?.type !== 'text') return 0
    this.#keys ??= derivedKeysOf(this.#target.derive, column.dictionary)
    return this.#keys.rows(column, from, to, room)
  }
}

/** Rows that are after something. */
class TargetSelector extends Selector {
  readonly id: string
  readonly #target: TargetFilter
  /** Rows of which something is derived. */
  readonly #among: Selector
  #keys: DerivedKeys | undefined

  constructor(target: TargetFilter, among: Selector) {
    super()
    this.id = target.query
    this.#target = target
    this.#among = among
  }

  protected select(asked: Asked, time: number, room: Uint32Array): number {
    const { from, derive, passes } = this.#target
    const column = asked.columns.get(from)
    const rows = this.#among.rows(asked, time)
    if (rows.length === 0 || column?.type !== 'text') return 0
    const keys = (this.#keys ??= derivedKeysOf(derive, column.dictionary))
    let count = 0
    for (const row of rows) if (passes(keys.valueOf(column.codes[row]!) ?? '')) room[count++] = row
    return count
  }
}

/** The values of the first of these fields that there is. */
export function numbers(columns: Batch['columns'], fields: readonly string[]): Float64Array | undefined {
  let column: Column | undefined
  for (const field of fields) if ((column = columns.get(field))) break
  return column?.type === 'number' ? column.values : undefined
}
