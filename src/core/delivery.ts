import type { Kind } from './fields.ts'
import type { Escapes } from './program.ts'
import type { CellRows } from './rows.ts'
import type { Counters, Position } from './source.ts'

/**
 * What an engine hands to the store: all of it becomes durable in one transaction, the position with the rows.
 */
export interface Delivery {
  readonly source: string
  readonly stream: string
  readonly name: string
  readonly position: Position
  /** The stream will bring nothing more: its position can be forgotten once no file could be taken for it. */
  readonly finished: boolean
  readonly counters: Counters
  readonly events: readonly EventRows[]
  readonly rejected: readonly RejectedLine[]
  readonly rollup: readonly CellRows[]
}

/** Parsed lines of one format, as numbers and dictionary codes. All arrays own their memory. */
export interface EventRows {
  readonly kind: Kind
  /** The format's directive string, which prints the lines back. */
  readonly format: string
  /** How its texts are written. */
  readonly escapes: Escapes
  readonly rows: number
  readonly time: Float64Array
  readonly zone: Int16Array
  /** Bits of `Flag`: how the line ended. */
  readonly flags: Uint8Array
  readonly numbers: ReadonlyMap<string, Float64Array>
  readonly texts: ReadonlyMap<string, CodeColumn>
  /** Rows whose line the printer would not give back byte for byte, with that line (without its line end). */
  readonly kept: ReadonlyMap<number, Uint8Array>
}

export interface CodeColumn {
  readonly codes: Uint32Array
  /**
   * Names the dictionary; codes of another one mean nothing. Its last word is the generation: once a sender used
   * one, it uses none before it any more.
   */
  readonly dictionary: string
  /** Values not sent before for this dictionary: the first has code `from`. */
  readonly from: number
  /** The new values' raw bytes one after the other, and where each ends. */
  readonly bytes: Uint8Array
  readonly ends: Uint32Array
}

export interface RejectedLine {
  /** Byte in the stream where the line begins. */
  readonly offset: number
  readonly bytes: Uint8Array
  /** For people: what was expected at which column. */
  readonly reason: string
}

/** Where deliveries go. */
export interface DeliverySink {
  /** Resolves once the delivery is durable. It is handed over: its arrays must not be used any more. */
  write(delivery: Delivery): Promise<void>
}
