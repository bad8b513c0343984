import type { Batch } from '../core/batch.ts'
import { keyOf, type Signal } from '../core/signal.ts'
import { derivationOf } from '../derived/index.ts'
import type { Origin, Query } from '../query/index.ts'
import { keysOf, ValueCodes, Room, type Keys } from './keys.ts'

/** A field as a part of keys: the same text in all lines, or a code for each row of a batch. */
export type SignalPart = { readonly text: string } | { readonly keys: Keys; readonly codes: Uint32Array }

/** The fields of one format's lines as parts of keys, shared by its signals: each distinct text is derived once. */
export class SignalParts {
  readonly #origin: Origin
  readonly #texts = new Map<string, Keys>()
  readonly #numbers = new Map<string, Keys>()
  /** Those of the batch at hand. */
  readonly #parts = new Map<string, SignalPart | undefined>()

  constructor(origin: Origin) {
    this.#origin = origin
  }

  /** To be called when the batch is another one. */
  next(): void {
    this.#parts.clear()
  }

  /** `undefined` for what no line of the batch has, or has no bucket. */
  of(field: string, as: 'text' | 'bucket', batch: Batch): SignalPart | undefined {
    const name = `${as} ${field}`
    if (!this.#parts.has(name)) this.#parts.set(name, this.#partOf(name, field, as, batch))
    return this.#parts.get(name)
  }

  /** Codes given out so far mean nothing from now on, so that numbers never pile up. */
  forget(): void {
    this.#numbers.clear()
  }

  #partOf(
    name: string,
    field: string,
    as: 'text' | 'bucket',
    { columns, rows }: Batch
  ): SignalPart | undefined {
    if (field === 'source' || field === 'kind')
      return as === 'text' ? { text: this.#origin[field] } : undefined
    const derivation = derivationOf(field)
    const column = columns.get(derivation?.from ?? field)
    if (!column || (column.type === 'text' && as === 'bucket')) return undefined
    const known = column.type === 'text' ? this.#texts : this.#numbers
    let keys = known.get(name)
    if (!keys) known.set(name, (keys = keysOf({ ...derivation, buckets: as === 'bucket' }, column)))
    return { keys, codes: keys.codes(column, 0, rows) }
  }
}

const ABSENT: SignalPart = { text: '' }

/** Two codes as one number: they stay below 2^26, since a dictionary does. */
const PAIR = 2 ** 26

/** The keys of a signal as small whole numbers. Code 0 is a line that is not counted. */
export class SignalKeys implements Pick<Keys, 'name'> {
  readonly #signal: Signal<Query>
  readonly #room = new Room()
  #parts: readonly SignalPart[] = []
  #pairs = new ValueCodes<number>()

  constructor(signal: Signal<Query>) {
    this.#signal = signal
  }

  /** Whether all lines of a format have the same key. */
  get constant(): boolean {
    const { by, value } = this.#signal
    return value === undefined && by.every(field => field === 'source' || field === 'kind')
  }

  /** The codes of some rows of a batch, in their order; the next call overwrites them. */
  codes(batch: Batch, rows: Uint32Array, parts: SignalParts): Uint32Array {
    const { by, value } = this.#signal
    const codes = this.#room.for(rows.length).subarray(0, rows.length)
    const last = value && parts.of(value.field, value.as, batch)
    if (value && !last) return codes.fill(0)
    this.#parts = [...by.map(field => parts.of(field, 'text', batch) ?? ABSENT), ...(last ? [last] : [])]
    codes.fill(1)
    let first = true
    for (const part of this.#parts) {
      if ('text' in part) continue
      const own = part.codes
      if (first) for (let i = 0; i < rows.length; i++) codes[i] = own[rows[i]!]! + 1
      else
        for (let i = 0; i < rows.length; i++) codes[i] = this.#pairs.codeOf(codes[i]! * PAIR + own[rows[i]!]!)
      first = false
      if (part === last) for (let i = 0; i < rows.length; i++) if (own[rows[i]!] === 0) codes[i] = 0
    }
    return codes
  }

  /** The key of a code that was given since `forget`. */
  name(code: number): string {
    const first = this.#parts.findIndex(part => 'keys' in part)
    const values: string[] = []
    let rest = code
    for (let i = this.#parts.length - 1; i >= 0; i--) {
      const part = this.#parts[i]!
      if ('text' in part) values.unshift(part.text)
      else {
        const pair = i === first ? rest - 1 : this.#pairs.valueOf(rest)!
        values.unshift(pair % PAIR === 0 ? '' : part.keys.name(pair % PAIR))
        rest = Math.floor(pair / PAIR)
      }
    }
    return keyOf(values)
  }

  /** Codes given so far mean nothing from now on. */
  forget(): void {
    this.#pairs = new ValueCodes()
  }
}
