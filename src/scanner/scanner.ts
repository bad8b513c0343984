import type { Micros } from '../core/time.ts'
import type { Batch, Rejection, RejectReason } from '../core/batch.ts'
import { VisorError } from '../core/errors.ts'
import type { Program } from '../core/program.ts'
import { setAlones } from './compile.ts'
import type { KernelDictionary } from './dictionary.ts'
import { batchOf, fillTimes, slotFor, lastBefore, type ProgramSlot, type ScannerOptions } from './slot.ts'
import { instantiate, kernelModule, type Kernel } from './module.ts'
import { place } from './place.ts'
import { ScrubbedScan, type LinePrinter, type Scrub } from './scrub.ts'

/** What one `scan` brought. Everything in it is valid until the next call of `input`, `scan` or `reset`. */
export interface Scan {
  /** Bytes that are done with, counted from the first unread one. */
  readonly consumed: number
  /** The lines that followed each program, in the order of the programs. */
  readonly batches: readonly Batch[]
  readonly rejected: readonly Rejection[]
  /** The scan ended before the bytes were used up, at a full batch or a directive line: scan again. */
  readonly more: boolean
  /** The unread bytes begin with a whole line that waits only because it may go on. */
  readonly held: boolean
  /** The directive line that the scan ended behind. A view. */
  readonly directiveLine: Uint8Array | undefined
}

/** What is known of the bytes at hand. */
export interface Ending {
  /** No bytes will ever follow: what has no line end behind it is a line too. */
  readonly final?: boolean
  /** Nothing follows for now: a whole line at the end does not go on. */
  readonly settled?: boolean
}

/** What a scanner remembers of a stream; plain data. */
export interface ScanState {
  /** The next bytes belong to a line that was rejected as too long. */
  readonly skipping: boolean
  /** Time (microseconds since 1970 UTC, NaN before there was one) and zone of the last line that gave its own. */
  readonly time: Micros
  readonly zone: number
}

/** The state at the beginning of a stream. */
export const NO_STATE: ScanState = { skipping: false, time: NaN, zone: 0 }

/** Loaded by need: a worker that has a seed must not wait for it. */
function randomSeed(): bigint {
  return process.getBuiltinModule('node:crypto').randomBytes(8).readBigUInt64LE()
}

const MAX_REJECTED = 1024
const REJECTION_WORDS = 6

/** In the order of the kernel's numbers (kernel/line.ts). */
const REASONS: readonly RejectReason[] = ['literal', 'missing', 'number', 'time', 'trailing', 'long', 'json']

/**
 * Runs the programs of formats over bytes: each line goes to the first that it follows. Put bytes into `input()`, say how many with `filled`, and `scan`:
 * complete lines become a batch, an incomplete one stays in the buffer and is completed by the next bytes. Or,
 * where the bytes can be read again, `reset` and read again from behind the consumed ones.
 */
export class Scanner {
  /** By program and field. They live as long as the scanner. */
  readonly dictionaries: readonly ReadonlyMap<string, KernelDictionary>[]
  readonly #kernel: Kernel
  readonly #slots: readonly ProgramSlot[]
  readonly #chunk: number
  readonly #capacity: number
  readonly #input: number
  readonly #scrub: Scrub | undefined
  readonly #printers: readonly LinePrinter[]
  #scrubbed: ScrubbedScan | undefined
  #time = NO_STATE.time
  #zone = NO_STATE.zone
  /** Bytes that `input` offers now: more than `chunk` while a line does not fit into it. */
  #window: number
  /** Unread bytes of the buffer, and where the last scan began. */
  #begin = 0
  #end = 0
  #scanned = 0

  constructor(programs: readonly Program[], options: ScannerOptions = {}) {
    const { chunk = 1 << 18, maxLine = 1 << 20, maxRows = 1 << 14 } = options
    // A line that may go on is left for the next batch, so that a batch of one row would never end.
    const rows = programs.some(({ continued }) => continued) ? 2 : 1
    if (!(chunk > 0 && maxLine > 0 && maxRows >= rows && programs.length > 0)) {
      throw new VisorError('INTERNAL', 'a scanner needs a program and room for a chunk, a line and its rows')
    }
    const kernel = instantiate(options.module ?? kernelModule())
    const seed = options.seed ?? randomSeed()
    const steps = programs.flatMap(program => place(program.steps, 0)).length
    kernel.open(maxLine, maxRows, MAX_REJECTED, steps, programs.length, seed)
    // A line of the full length, its `\r\n`, and the chunk in which it begins.
    this.#capacity = chunk + maxLine + 2
    this.#input = kernel.buffer(this.#capacity)
    this.#slots = programs.map((program, index) => slotFor(program, index, kernel, options))
    setAlones(programs, kernel)
    this.#kernel = kernel
    this.#chunk = chunk
    this.#window = chunk
    this.#scrub = options.scrub
    this.#printers = options.printers ?? []
    this.dictionaries = this.#slots.map(slot => slot.dictionaries)
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

  /** Says that the first `bytes` bytes of `input()` were written. */
  filled(bytes: number): void {
    if (!(bytes >= 0 && this.#end + bytes <= this.#capacity)) {
      throw new VisorError('INTERNAL', `the scanner was given ${bytes} bytes, which its input does not hold`)
    }
    this.#end += bytes
  }

  /** Scans the unread bytes. */
  scan({ final = false, settled = false }: Ending = {}): Scan {
    const from = this.#input + this.#begin
    const consumed = this.#kernel.scan(from, this.#input + this.#end, final, settled) - from
    this.#scanned = this.#begin
    this.#begin += consumed
    const unread = this.#end - this.#begin
    if (unread >= this.#window) this.#window = Math.min(this.#window * 2, this.#capacity)
    else if (consumed > 0) this.#window = this.#chunk
    const batches = this.#slots.map(slot => batchOf(slot, this.#kernel))
    this.#fillTimes(batches)
    const rejected = this.#rejected()
    this.#scrubbed =
      this.#scrub && new ScrubbedScan(batches, rejected, this.#slots, this.#printers, this.#scrub)
    const directiveLine = this.#directiveLine()
    const ended = this.#kernel.full() !== 0 || directiveLine !== undefined
    return {
      consumed,
      batches,
      rejected,
      more: ended && unread > 0,
      held: this.#kernel.held() !== 0,
      directiveLine
    }
  }

  /** A line of the last scan, by `start` and `length` of its row or rejection, masked where that is. Valid as the scan is. */
  bytes(start: number, length: number): Uint8Array {
    const line = this.raw(start, length)
    return this.#scrubbed?.line(start, line) ?? line
  }

  /** Any bytes of the last scan, as they were read. A view. */
  raw(start: number, length: number): Uint8Array {
    return new Uint8Array(this.#kernel.memory.buffer, this.#input + this.#scanned + start, length)
  }

  /** Forgets the unread bytes. */
  reset(): void {
    this.#begin = 0
    this.#end = 0
  }

  /** What the lines before the next bytes leave behind; part of a stream's position. */
  get state(): ScanState {
    return { skipping: this.#kernel.skipping() !== 0, time: this.#time, zone: this.#zone }
  }

  set state({ skipping, time, zone }: ScanState) {
    this.#kernel.setSkipping(skipping)
    this.#time = time
    this.#zone = zone
  }

  /** Gives lines without a time that of the line before them; before any other line, of the one behind them. */
  #fillTimes(batches: readonly Batch[]): void {
    const timed = batches.filter(({ rows }, i) => rows > 0 && this.#slots[i]?.timed)
    batches.forEach((batch, i) => {
      if (!this.#slots[i]?.timed) fillTimes(batch, timed, this.#time, this.#zone)
    })
    const last = lastBefore(timed, Infinity)
    if (!last) return
    this.#time = last.time
    this.#zone = last.zone
  }

  #directiveLine(): Uint8Array | undefined {
    const length = this.#kernel.directiveLength()
    if (length === 0) return undefined
    return new Uint8Array(this.#kernel.memory.buffer, this.#kernel.directiveStart(), length)
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
      step: word(i, 4),
      program: word(i, 5)
    }))
  }
}
