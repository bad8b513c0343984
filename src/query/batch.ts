import type { Batch, Column, Dictionary } from '../core/batch.ts'
import type { Kind } from '../core/fields.ts'
import { derivationOf } from '../derived/index.ts'
import { textMatcher } from './patterns.ts'
import type { Query, RangeTest, Term, TextTest } from './query.ts'
import { inRange } from './values.ts'

/** What all lines of a batch have in common. */
export interface Origin {
  readonly source: string
  readonly kind: Kind
}

/** Writes into `mask` 1 for each row that passes, 0 for the others. */
type Mask = (batch: Batch, mask: Uint8Array) => void

/** A mask, or what holds for all rows of an origin, whatever is in them. */
type Passing = Mask | boolean

/**
 * A query over batches of one source and format. Each distinct text is looked at once, as long as its dictionary
 * keeps it; rows are compared by their codes and numbers.
 */
export class BatchFilter {
  readonly #passing: Passing
  #passed = new Uint8Array(0)
  #rows = new Uint32Array(0)

  constructor(query: Query, origin: Origin) {
    this.#passing = passingOf(query, origin)
  }

  /** No row of this origin passes, whatever is in it. */
  get never(): boolean {
    return this.#passing === false
  }

  /** The numbers of the rows that pass, in order: a view that the next call overwrites. */
  rows(batch: Batch): Uint32Array {
    if (this.#passed.length < batch.rows) {
      this.#passed = new Uint8Array(batch.rows)
      this.#rows = new Uint32Array(batch.rows)
    }
    const passed = this.#passed.subarray(0, batch.rows)
    if (typeof this.#passing === 'boolean') passed.fill(Number(this.#passing))
    else this.#passing(batch, passed)
    let count = 0
    for (let row = 0; row < passed.length; row++) {
      this.#rows[count] = row
      count += passed[row] ?? 0
    }
    return this.#rows.subarray(0, count)
  }

  /** The rows that pass, moved to the front of the batch's own arrays: the batch itself is of no more use. */
  select(batch: Batch): Batch {
    const rows = this.rows(batch)
    return rows.length === batch.rows ? batch : compact(batch, rows)
  }
}

function passingOf(query: Query, origin: Origin): Passing {
  switch (query.op) {
    case 'and':
      return joined(query.parts, origin, true)
    case 'or':
      return joined(query.parts, origin, false)
    case 'not': {
      const part = passingOf(query.part, origin)
      if (typeof part === 'boolean') return !part
      return (batch, mask) => {
        part(batch, mask)
        for (let row = 0; row < mask.length; row++) mask[row] = 1 - (mask[row] ?? 0)
      }
    }
    default:
      return termPassing(query, origin)
  }
}

/** All parts (`all`) or any of them; what holds of all rows anyway is left out, or decides. */
function joined(parts: readonly Query[], origin: Origin, all: boolean): Passing {
  const tests = parts.map(part => passingOf(part, origin))
  if (tests.includes(!all)) return !all
  const [first, ...others] = tests.filter(test => typeof test !== 'boolean')
  if (!first) return all
  let spare = new Uint8Array(0)
  return (batch, mask) => {
    first(batch, mask)
    if (spare.length < mask.length) spare = new Uint8Array(mask.length)
    const more = spare.subarray(0, mask.length)
    for (const part of others) {
      part(batch, more)
      if (all) for (let row = 0; row < mask.length; row++) mask[row] = (mask[row] ?? 0) & (more[row] ?? 0)
      else for (let row = 0; row < mask.length; row++) mask[row] = (mask[row] ?? 0) | (more[row] ?? 0)
    }
  }
}

function termPassing({ field, test }: Term, origin: Origin): Passing {
  if (test.is === 'text') {
    if (field === 'source' || field === 'kind') return textMatcher(test)(origin[field])
    return field === undefined ? anyText(test) : textMask(field, test)
  }
  const derivation = field === undefined ? undefined : derivationOf(field)
  if (test.is === 'present' && derivation) {
    return knownMask(derivation.from, text => derivation.derive(text) !== undefined)
  }
  if (test.is === 'range') return rangeMask(field ?? '', test)
  return field === 'source' || field === 'kind' || field === 'time' || presentMask(field ?? '')
}

function presentMask(field: string): Mask {
  return (batch, mask) => {
    const column = batch.columns.get(field)
    if (!column) {
      mask.fill(0)
      return
    }
    const { length } = mask
    if (column.type === 'text')
      for (let row = 0; row < length; row++) mask[row] = column.codes[row] === 0 ? 0 : 1
    else for (let row = 0; row < length; row++) mask[row] = Number.isNaN(column.values[row]) ? 0 : 1
  }
}

function rangeMask(field: string, test: RangeTest): Mask {
  const { min = -Infinity, max = Infinity, openMin, openMax } = test
  return (batch, mask) => {
    const column = batch.columns.get(field)
    const values = field === 'time' ? batch.time : column?.type === 'number' ? column.values : undefined
    if (!values) {
      mask.fill(0)
      return
    }
    // Most ranges are closed; a comparison with NaN never holds.
    if (openMin || openMax)
      for (let row = 0; row < mask.length; row++) mask[row] = Number(inRange(test, values[row] ?? NaN))
    else
      for (let row = 0; row < mask.length; row++) {
        const value = values[row] ?? NaN
        mask[row] = Number(value >= min && value <= max)
      }
  }
}

function textMask(field: string, test: TextTest): Mask {
  const matches = textMatcher(test)
  const derivation = derivationOf(field)
  if (!derivation) return knownMask(field, matches)
  return knownMask(derivation.from, text => {
    const derived = derivation.derive(text)
    return derived !== undefined && matches(derived)
  })
}

/** Rows whose text in a field passes. */
function knownMask(field: string, matches: (text: string) => boolean): Mask {
  const known = new KnownTexts(matches)
  return (batch, mask) => {
    const column = batch.columns.get(field)
    if (column?.type !== 'text') {
      mask.fill(0)
      return
    }
    known.fill(column.codes, column.dictionary, mask)
  }
}

/** The text is in any field. */
function anyText(test: TextTest): Mask {
  const matches = textMatcher(test)
  const byField = new Map<string, KnownTexts>()
  let spare = new Uint8Array(0)
  return (batch, mask) => {
    mask.fill(0)
    if (spare.length < mask.length) spare = new Uint8Array(mask.length)
    const more = spare.subarray(0, mask.length)
    for (const [field, column] of batch.columns) {
      if (column.type !== 'text') continue
      let known = byField.get(field)
      if (!known) byField.set(field, (known = new KnownTexts(matches)))
      known.fill(column.codes, column.dictionary, more)
      for (let row = 0; row < mask.length; row++) mask[row] = (mask[row] ?? 0) | (more[row] ?? 0)
    }
  }
}

/** What is known of the texts of one dictionary, by code: 0 nothing, 1 does not pass, 2 passes. */
class KnownTexts {
  readonly #matches: (text: string) => boolean
  #generation = -1
  #known = new Uint8Array(0)

  constructor(matches: (text: string) => boolean) {
    this.#matches = matches
  }

  fill(codes: Uint32Array, dictionary: Dictionary, mask: Uint8Array): void {
    const { generation, size } = dictionary
    if (generation !== this.#generation) this.#known = new Uint8Array(Math.max(1024, size))
    this.#generation = generation
    if (this.#known.length < size) {
      const larger = new Uint8Array(2 * size)
      larger.set(this.#known)
      this.#known = larger
    }
    const known = this.#known
    // Code 0 is an absent value.
    known[0] = 1
    for (let row = 0; row < mask.length; row++) {
      const code = codes[row] ?? 0
      if (known[code] === 0) known[code] = this.#matches(dictionary.text(code)) ? 2 : 1
      mask[row] = (known[code] ?? 1) - 1
    }
  }
}

function compact(batch: Batch, kept: Uint32Array): Batch {
  const columns = Array.from(batch.columns, ([field, column]): [string, Column] => [
    field,
    column.type === 'text'
      ? { ...column, codes: front(column.codes, kept) }
      : { ...column, values: front(column.values, kept) }
  ])
  const { time, zone, start, length, flags } = batch
  return {
    rows: kept.length,
    time: front(time, kept),
    zone: front(zone, kept),
    start: front(start, kept),
    length: front(length, kept),
    flags: front(flags, kept),
    columns: new Map(columns)
  }
}

/** Moves the values of some rows, given in order, to the front. */
function front<A extends Uint8Array | Int16Array | Uint32Array | Float64Array>(
  values: A,
  rows: Uint32Array
): A {
  for (let i = 0; i < rows.length; i++) values[i] = values[rows[i] ?? 0] ?? 0
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a part of an array is an array of its kind
  return values.subarray(0, rows.length) as A
}
