import { MINUTE, type Micros } from '../core/time.ts'
import { Flag, type Batch, type Column } from '../core/batch.ts'
import { columnsOf, isTimeStep, type Program } from '../core/program.ts'
import { compile, timesOf, type CompiledColumn } from './compile.ts'
import { KernelDictionary } from './dictionary.ts'
import type { Kernel, KernelModule } from './module.ts'
import type { LinePrinter, Scrub } from './scrub.ts'
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
  /** IANA name of the zone of lines that do not give theirs. Default: the zone of this machine. */
  readonly zone?: string
  /** A kernel compiled by `kernelModule` in another thread. */
  readonly module?: KernelModule
  /** Secret of the hashes, random by default. */
  readonly seed?: bigint
  /** Masks values before anybody sees them; fields that are not wanted are not shown to it. */
  readonly scrub?: Scrub | undefined
  /** Of each program: what gives a line as its fields have it, for those in which it cannot be said where a masked value stood. */
  readonly printers?: readonly LinePrinter[]
}

/** A program in the kernel. */
export interface ProgramSlot {
  readonly index: number
  readonly columns: readonly CompiledColumn[]
  readonly dictionaries: ReadonlyMap<string, KernelDictionary>
  /** All that a line says is in its columns. */
  readonly whole: boolean
  /** Its steps give a time. */
  readonly timed: boolean
  /** The zone of a wall clock, in minutes, where lines do not give it. */
  readonly offsetOf: ((wall: Micros) => number) | undefined
}

/** Writes a program into the kernel, whose slot `index` it becomes. */
export function slotFor(
  program: Program,
  index: number,
  kernel: Kernel,
  options: ScannerOptions
): ProgramSlot {
  const all = compile(program, kernel)
  const columns = wantedOf(all, kernel, options.wanted)
  const names = memberNames(program)
  const limits = {
    entries: options.dictionaryEntries ?? 1 << 18,
    bytes: options.dictionaryBytes ?? 1 << 25
  }
  const times = timesOf(program)
  return {
    index,
    columns,
    whole: columns.length === all.length && !program.steps.some(({ op }) => op === 'json'),
    timed: times.size > 0,
    offsetOf: times.size > 0 && !program.zoned ? wallOffsets(options.zone ?? localZone()) : undefined,
    dictionaries: new Map(
      columns
        .filter(column => column.type === 'text')
        .map(({ name, address }) => [
          name,
          new KernelDictionary(
            name,
            kernel,
            kernel.columnDictionary(address),
            limits,
            program.escapes,
            names.get(name)
          )
        ])
    )
  }
}

/** What lines of JSON call the members that fill fields. */
function memberNames({ steps }: Program): Map<string, string> {
  const members = steps.flatMap(step => (step.op === 'json' ? step.members : []))
  return new Map(
    members.flatMap(({ path, step }) =>
      isTimeStep(step) ? [] : columnsOf([step]).map(({ name }): [string, string] => [name, path.at(-1) ?? ''])
    )
  )
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

/** The rows that the last scan gave a slot, their times in UTC. */
export function batchOf({ index, columns, dictionaries, offsetOf }: ProgramSlot, kernel: Kernel): Batch {
  const { buffer } = kernel.memory
  const rows = kernel.rows(index)
  const columnOf = ({ name, address }: CompiledColumn): Column => {
    const values = kernel.columnValues(address)
    const dictionary = dictionaries.get(name)
    return dictionary
      ? { type: 'text', codes: new Uint32Array(buffer, values, rows), dictionary }
      : { type: 'number', values: new Float64Array(buffer, values, rows) }
  }
  const batch: Batch = {
    rows,
    time: new Float64Array(buffer, kernel.times(index), rows),
    zone: new Int16Array(buffer, kernel.zones(index), rows),
    start: new Uint32Array(buffer, kernel.starts(index), rows),
    length: new Uint32Array(buffer, kernel.lengths(index), rows),
    flags: new Uint8Array(buffer, kernel.flags(index), rows),
    columns: new Map(columns.map(column => [column.name, columnOf(column)]))
  }
  if (offsetOf) toUtc(batch, offsetOf)
  return batch
}

/** Turns the wall clocks of a batch into UTC. An end in another offset cannot be printed back: not canonical. */
function toUtc(batch: Batch, offsetOf: (wall: Micros) => number): void {
  const ends = batch.columns.get('time_end')
  for (let row = 0; row < batch.rows; row++) {
    const time = batch.time[row] ?? NaN
    if (Number.isNaN(time)) continue
    const offset = offsetOf(time)
    batch.time[row] = time - offset * MINUTE
    batch.zone[row] = offset
    const end = ends?.type === 'number' ? (ends.values[row] ?? NaN) : NaN
    if (Number.isNaN(end) || ends?.type !== 'number') continue
    const endOffset = offsetOf(end)
    ends.values[row] = end - endOffset * MINUTE
    if (endOffset !== offset) batch.flags[row] = (batch.flags[row] ?? 0) | Flag.notCanonical
  }
}

/** Time and zone of a line. */
interface Timestamp {
  readonly time: Micros
  readonly zone: number
}

/** Gives each row the time of the line before it, the first rows `time` or else that of the first line of all. */
export function fillTimes(batch: Batch, timed: readonly Batch[], time: Micros, zone: number): void {
  const first = Number.isNaN(time) ? firstOf(timed) : undefined
  for (let row = 0; row < batch.rows; row++) {
    const before = lastBefore(timed, batch.start[row] ?? 0) ?? first ?? { time, zone }
    batch.time[row] = before.time
    batch.zone[row] = before.zone
  }
}

function firstOf(batches: readonly Batch[]): Timestamp | undefined {
  const [first] = batches.toSorted((a, b) => (a.start[0] ?? 0) - (b.start[0] ?? 0))
  return first && timestampOf(first, 0)
}

/** The last line of some batches that begins before a place. */
export function lastBefore(batches: readonly Batch[], place: number): Timestamp | undefined {
  let last: { batch: Batch; row: number; start: number } | undefined
  for (const batch of batches) {
    const row = rowBefore(batch, place)
    const start = batch.start[row] ?? -1
    if (row >= 0 && (!last || start > last.start)) last = { batch, row, start }
  }
  return last && timestampOf(last.batch, last.row)
}

/** The last row that begins before a place, -1 without one. */
function rowBefore({ start, rows }: Batch, place: number): number {
  let [from, to] = [0, rows]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((start[middle] ?? 0) < place) from = middle + 1
    else to = middle
  }
  return from - 1
}

function timestampOf({ time, zone }: Batch, row: number): Timestamp {
  return { time: time[row] ?? NaN, zone: zone[row] ?? 0 }
}
