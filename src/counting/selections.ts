import type { Batch, Column } from '../core/batch.ts'
import type { Metric, TargetFilter } from '../core/metric.ts'
import { derivedKeysOf, type DerivedKeys } from './keys.ts'

/** The rows that pass what a metric asks of lines: in order, or all of them. */
type Selected = Uint32Array | undefined

/** Which rows of a batch metrics count: metrics that ask the same share the answer. */
export class Selections {
  readonly #selected = new Map<string, Selected | 'none'>()
  readonly #targets = new Map<string, DerivedKeys>()
  /** What was selected by numbers: narrower ranges look at no other rows. */
  readonly #ranges: { field: string; min: number; max: number; rows: Uint32Array }[] = []
  /** Room for the rows of each question. */
  readonly #rooms = new Map<string, Uint32Array>()

  /** Other rows are asked about from now on. */
  begin(): void {
    this.#selected.clear()
    this.#ranges.length = 0
  }

  /** The rows that a metric counts, of those from `from` to `to`; `undefined` where it counts all of them. */
  rows({ filter, target }: Metric, columns: Batch['columns'], from: number, to: number): Selected | 'none' {
    if (!filter && !target) return undefined
    const targeted = target && this.#once(target.query, () => this.#after(target, columns, from, to))
    if (!filter || targeted === 'none') return targeted
    const { field, min, max } = filter
    const id = `${target?.query ?? ''} ${field.join()} ${min} ${max}`
    return this.#once(id, () => {
      const values = numbers(columns, field)
      if (!values) return 'none'
      const most = max ?? Infinity
      const among = targeted ?? this.#wider(field, min, most) ?? { from, to }
      const rows = within(values, min, most, among, this.#room(id, to - from))
      if (!targeted) this.#ranges.push({ field: field.join(), min, max: most, rows })
      return rows
    })
  }

  /** Rows among which those of a range are. */
  #wider(field: readonly string[], min: number, max: number): Uint32Array | undefined {
    const name = field.join()
    return this.#ranges.find(range => range.field === name && range.min <= min && range.max >= max)?.rows
  }

  #once(id: string, select: () => Selected | 'none'): Selected | 'none' {
    if (this.#selected.has(id)) return this.#selected.get(id)
    const selected = select()
    this.#selected.set(id, selected)
    return selected
  }

  #after(target: TargetFilter, columns: Batch['columns'], from: number, to: number): Selected | 'none' {
    const column = columns.get(target.from)
    if (column?.type !== 'text') return 'none'
    let keys = this.#targets.get(target.field)
    if (!keys) this.#targets.set(target.field, (keys = derivedKeysOf(target.derive, column.dictionary)))
    const any = this.#once(`${target.field} any`, () => {
      const rows = this.#room(target.field, to - from)
      return rows.subarray(0, keys.rows(column, from, to, rows))
    })
    if (!(any instanceof Uint32Array)) return any
    return any.filter(row => target.passes(keys.valueOf(column.codes[row]!) ?? ''))
  }

  #room(id: string, rows: number): Uint32Array {
    let room = this.#rooms.get(id)
    if (!room || room.length < rows) this.#rooms.set(id, (room = new Uint32Array(rows)))
    return room
  }
}

/** The rows, of some, with a number from `min` to `max`; NaN is none. */
function within(
  values: Float64Array,
  min: number,
  max: number,
  among: Uint32Array | { readonly from: number; readonly to: number },
  room: Uint32Array
): Uint32Array {
  let count = 0
  if (among instanceof Uint32Array) {
    for (const row of among) if (values[row]! >= min && values[row]! <= max) room[count++] = row
  } else {
    for (let row = among.from; row < among.to; row++)
      if (values[row]! >= min && values[row]! <= max) room[count++] = row
  }
  return room.subarray(0, count)
}

/** The values of the first of these fields that there is. */
export function numbers(columns: Batch['columns'], fields: readonly string[]): Float64Array | undefined {
  let column: Column | undefined
  for (const field of fields) if ((column = columns.get(field))) break
  return column?.type === 'number' ? column.values : undefined
}
