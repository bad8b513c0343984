import type { Kind } from './fields.ts'
import type { FormatChoice } from './format.ts'
import type { Escapes } from './program.ts'
import type { CellRows } from './rows.ts'
import type { Counters, Position } from './source.ts'

/**
 * What an engine delivers to the store: all of it becomes durable in one transaction, the positions of all streams with
 * what was made of their lines. Any part but the positions may be empty.
 */
export interface Delivery {
  /** Where each stream stands after this. Of two of the same stream the later delivered counts. */
  readonly positions: readonly StreamPosition[]
  /** Lines read since the last delivery, by source. */
  readonly counters: readonly SourceCounters[]
  /** The lines themselves; an engine may keep none. */
  readonly events: readonly EventRows[]
  readonly rejected: readonly RejectedLine[]
  readonly rollup: readonly CellRows[]
  /**
   * What alert rules count of lines that are not among `events`: cells whose metric is `signalMetric` of a signal. Each
   * line is in one of the two only, since the store counts the signals of its lines by itself.
   */
  readonly signals: readonly CellRows[]
}

/** A delivery of nothing. */
export const NO_DELIVERY: Delivery = {
  positions: [],
  counters: [],
  events: [],
  rejected: [],
  rollup: [],
  signals: []
}

/** Where reading goes on in one stream. */
export interface StreamPosition {
  readonly source: string
  /** `Stream.id`. */
  readonly stream: string
  /** The stream's name for people. */
  readonly name: string
  readonly position: Position
  /** The stream will bring nothing more: its position can be forgotten once no file could be taken for it. */
  readonly finished: boolean
  /** The format of its lines; absent while none is known. */
  readonly format?: FormatChoice
}

export interface SourceCounters extends Counters {
  readonly source: string
}

/** Parsed lines of one source and format, as numbers and dictionary codes. All arrays own their memory. */
export interface EventRows {
  readonly source: string
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
  /** A stream of the delivery's positions. */
  readonly stream: string
  /** Byte in the stream where the line begins. */
  readonly offset: number
  readonly bytes: Uint8Array
  /** For people: what was expected at which column. */
  readonly reason: string
}

/** Where deliveries go. */
export interface DeliverySink {
  /**
   * Resolves once the delivery is durable. It is handed over: its arrays must not be used any more. RangeError when it
   * contradicts itself (a code that was never sent, a rejected line of a stream without a position): nothing of it is
   * taken then.
   */
  write(delivery: Delivery): Promise<void>
  /** A way to the sink for another thread; absent where there is none but through this one. */
  readonly handle?: () => SinkHandle
}

/**
 * The end of a way from another thread to a sink. It is transferred to that thread, which makes a sink of it; to
 * everybody else it is opaque.
 */
export interface SinkHandle {
  /** Nothing more will be sent this way. */
  close(): void
}
