import { randomBytes } from 'node:crypto'
import { Flag, type Batch, type Column, type Rejection, type RejectReason } from '../core/batch.ts'
import { VisorError } from '../core/errors.ts'
import type { Program } from '../core/program.ts'
import { compile, flatten, type CompiledColumn } from './compile.ts'
import { KernelDictionary } from './dictionary.ts'
import { instantiate, kernelModule, type Kernel, type KernelModule } from './module.ts'
import { localZone, wallOffsets } from './zone.ts'

export interface ScannerOptions {
  /** Bytes that `input` offers at a time. Default 256 KiB. */
  readonly chunk?: number
  /** Bytes that a line may have, its end not counted; longer ones are rejected. Default 1 MiB. */
  readonly maxLine?: number
  /** Lines that one batch holds at most. Default 16384. */
  readonly maxRows?: number
  /** Values, and bytes of values, from which on a dictionary calls itself full. Default 2^18 and 32 MiB. */
  readonly dictionaryEntries?: number
  readonly dictionaryBytes?: number
  /**
   * Whether somebody asks for a text field. Those for which it is false are checked like all others, but no value is
   * kept and the batch has no column for them. Default: all.
   */
  readonly wanted?: (field: string) => boolean
  /** IANA name of the zone of lines that do not tell theirs. Default: the zone of this machine. */
  readonly zone?: string
  /** A kernel compiled by `kernelModule` in another thread. */
  readonly module?: KernelModule
  /** Secret of the hashes, random by default. */
  readonly seed?: bigint
}

/** What one `scan` brought. Everything in it is valid until the next call of `input`, `scan` or `reset`. */
export interface Scan {
  /** Bytes that are done with, counted from the first unread one. */
  readonly consumed: number
  readonly batch: Batch
  readonly rejected: readonly Rejection[]
  /** The batch was full before the bytes were used up: scan again. */
  readonly more: boolean
}

const MAX_REJECTED = 1024
const REJECTION_WORDS = 5

/** In the order of the kernel's numbers (kernel/line.ts). */
const REASONS: readonly RejectReason[] = ['literal', 'missing', 'number', 'time', 'trailing', 'long']

/**
 * Runs a format's program over bytes. Put bytes into `input()`, tell how many with `filled`, and `scan`:
 * complete lines become a batch, an incomplete one stays in the buffer and is completed by the next bytes. Or,
 * where the bytes can be read again, `reset` and read again from behind the consumed ones.
 */
export class Scanner {
  /** By field. They live as long as the scanner. */
  readonly dictionaries: ReadonlyMap<string, KernelDictionary>
  readonly #kernel: Kernel
  readonly #columns: readonly CompiledColumn[]
  readonly #offsetOf: ((wall: number) => number) | undefined
  readonly #maxRows: number
  readonly #chunk: number
  readonly #capacity: number
  readonly #input: number
  /** Bytes that `input` offers now: more than `chunk` while a line does not fit into it. */
  #window: number
  /** Unread bytes of the buffer, and where the last scan began. */
  #begin = 0
  #end = 0
  #scanned = 0

  constructor(program: Program, options: ScannerOptions = {}) {
    const { chunk = 1 << 18, maxLine = 1 << 20, maxRows = 1 << 14 } = options
    if (!(chunk > 0 && maxLine > 0 && maxRows > 0)) {
      throw new VisorError('INTERNAL', 'a scanner needs room for a chunk, a line and a row')
    }
    const kernel = instantiate(options.module ?? kernelModule())
    const seed = options.seed ?? randomBytes(8).readBigUInt64LE()
    kernel.open(maxLine, maxRows, MAX_REJECTED, flatten(program.steps).length, seed)
    // A line of the full length, its `\r\n`, and the chunk in which it begins.
    this.#capacity = chunk + maxLine + 2
    this.#input = kernel.buffer(this.#capacity)
    this.#columns = wantedOf(compile(program, kernel), kernel, options.wanted)
    this.#kernel = kernel
    this.#chunk = chunk
    this.#window = chunk
    this.#maxRows = maxRows
    this.#offsetOf = program.zoned ? undefined : wallOffsets(options.zone ?? localZone())
    const limits = {
      entries: options.dictionaryEntries ?? 1 << 18,
      bytes: options.dictionaryBytes ?? 1 << 25
    }
    this.dictionaries = new Map(
      this.#columns
        .filter(column => column.type === 'text')
        .map(({ name, address }) => [
          name,
          new KernelDictionary(name, kernel, kernel.columnDictionary(address), limits)
        ])
    )
  }

  /** The free part of the buffer; empty only while a scan left `more`. Make it anew after every call. */
  input(): Uint8Array<ArrayBuffer> {
    if (this.#begin > 0) {
      const buffer = new Uint8Array(this.#kernel.memory.buffer, this.#input, this.#end)
      buffer.copyWithin(0, this.#begin)
      this.#end -= this.#begin
      this.#begin = 0
    }
    const free = Math.min(this.#window, this.#capacity - this.#end)
    return new Uint8Array(this.#kernel.memory.buffer, this.#input + this.#end, free)
  }

  /** Tells that the first `bytes` bytes of `input()` were written. */
  filled(bytes: number): void {
    if (!(bytes >= 0 && this.#end + bytes <= this.#capacity)) {
      throw new VisorError(
        'INTERNAL',
        `the scanner was told of ${bytes} bytes, which its input does not hold`
      )
    }
    this.#end += bytes
  }

  /** Scans the unread bytes. `final`: what has no line end behind it is a line too. */
  scan(final = false): Scan {
    const from = this.#input + this.#begin
    const consumed = this.#kernel.scan(from, this.#input + this.#end, final) - from
    this.#scanned = this.#begin
    this.#begin += consumed
    const unread = this.#end - this.#begin
    if (unread >= this.#window) this.#window = Math.min(this.#window * 2, this.#capacity)
    else if (consumed > 0) this.#window = this.#chunk
    const batch = this.#batch()
    const rejected = this.#rejected()
    const full = batch.rows === this.#maxRows || rejected.length === MAX_REJECTED
    return { consumed, batch, rejected, more: full && unread > 0 }
  }

  /** Bytes of the last scan, by `start` and `length` of a row or a rejection. A view. */
  bytes(start: number, length: number): Uint8Array {
    return new Uint8Array(this.#kernel.memory.buffer, this.#input + this.#scanned + start, length)
  }

  /** Forgets the unread bytes. */
  reset(): void {
    this.#begin = 0
    this.#end = 0
  }

  /** The next bytes belong to a line that was rejected as too long. Part of a stream's position. */
  get skipping(): boolean {
    return this.#kernel.skipping() !== 0
  }

  set skipping(value: boolean) {
    this.#kernel.setSkipping(value)
  }

  /** See `KernelDictionary.rotate`. Batches of before mean nothing any more. */
  rotate(field: string, keep: Iterable<number>): Uint32Array {
    const dictionary = this.dictionaries.get(field)
    if (!dictionary) throw new VisorError('INTERNAL', `the scanner has no dictionary for ${field}`)
    return dictionary.rotate(keep)
  }

  #batch(): Batch {
    const kernel = this.#kernel
    const { buffer } = kernel.memory
    const rows = kernel.rows()
    const batch: Batch = {
      rows,
      time: new Float64Array(buffer, kernel.times(), rows),
      zone: new Int16Array(buffer, kernel.zones(), rows),
      start: new Uint32Array(buffer, kernel.starts(), rows),
      length: new Uint32Array(buffer, kernel.lengths(), rows),
      flags: new Uint8Array(buffer, kernel.flags(), rows),
      columns: new Map(this.#columns.map(column => [column.name, this.#column(column, buffer, rows)]))
    }
    if (this.#offsetOf) toUtc(batch, this.#offsetOf)
    return batch
  }

  #column({ name, address }: CompiledColumn, buffer: ArrayBuffer, rows: number): Column {
    const values = this.#kernel.columnValues(address)
    const dictionary = this.dictionaries.get(name)
    return dictionary
      ? { type: 'text', codes: new Uint32Array(buffer, values, rows), dictionary }
      : { type: 'number', values: new Float64Array(buffer, values, rows) }
  }

  #rejected(): Rejection[] {
    const count = this.#kernel.rejected()
    const words = new Int32Array(
      this.#kernel.memory.buffer,
      this.#kernel.rejections(),
      count * REJECTION_WORDS
    )
    const word = (i: number, at: number): number => words[i * REJECTION_WORDS + at] ?? 0
    return Array.from({ length: count }, (_, i) => ({
      start: word(i, 0),
      length: word(i, 1),
      reason: REASONS[word(i, 2)] ?? 'trailing',
      at: word(i, 3),
      step: word(i, 4)
    }))
  }
}

/** Mutes the text columns that nobody asks for and gives the others. */
function wantedOf(
  columns: readonly CompiledColumn[],
  kernel: Kernel,
  wanted: ScannerOptions['wanted']
): CompiledColumn[] {
  return columns.filter(({ name, type, address }) => {
    if (type === 'number' || !wanted || wanted(name)) return true
    kernel.mute(address)
    return false
  })
}

/** Turns the wall clocks of a batch into UTC. An end in another offset cannot be printed back: not canonical. */
function toUtc(batch: Batch, offsetOf: (wall: number) => number): void {
  const ends = batch.columns.get('time_end')
  for (let row = 0; row < batch.rows; row++) {
    const time = batch.time[row] ?? NaN
    if (Number.isNaN(time)) continue
    const offset = offsetOf(time)
    batch.time[row] = time - offset * 60_000_000
    batch.zone[row] = offset
    const end = ends?.type === 'number' ? (ends.values[row] ?? NaN) : NaN
    if (Number.isNaN(end) || ends?.type !== 'number') continue
    const endOffset = offsetOf(end)
    ends.values[row] = end - endOffset * 60_000_000
    if (endOffset !== offset) batch.flags[row] = (batch.flags[row] ?? 0) | Flag.notCanonical
  }
}
