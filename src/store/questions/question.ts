import type { DuckDBConnection } from '@duckdb/node-api'
import type * as z from 'zod'
import { isDuration, type Kind } from '../../core/fields.ts'
import type { Format } from '../../core/format.ts'
import { SECOND, type Micros } from '../../core/time.ts'
import type { Zod } from '../../settings/zod.ts'
import type { Extent } from '../extents.ts'

/** The fields that lines of the store have, by name. */
export type LineFields = ReadonlyMap<string, { readonly id: number; readonly type: 'text' | 'number' }>

/** What is committed, as questions read it: in the store's thread alone. */
export interface StoreReader {
  readonly connection: DuckDBConnection
  /** One more connection, for whoever closes it. */
  connect(this: void): Promise<DuckDBConnection>
  /** Derives some fields of all texts (see derived.ts); names of others are passed over. */
  derive(names: Iterable<string>, fields: LineFields): Promise<void>
  /** When the question was asked. */
  readonly now: Micros
}

/** Gives the format of a directive string, which prints stored lines back. */
export type FormatFor = (text: string, kind: Kind) => Format

/**
 * A question to the store, all there is to it in one file: what `store.NAME(parameters)` is asked and gives, and where it
 * has an `api`, `GET /api/NAME`, the control socket, `visor query --ask NAME` and the documentation.
 */
export interface Question<
  Schema extends z.ZodType = z.ZodType,
  Stored = unknown,
  Result = unknown,
  Answer = unknown
> {
  /** What it gives, one sentence. */
  readonly summary: string
  /** From texts, as an address has them, to what `read` takes. VisorError QUERY may be thrown by what it does. */
  parameters(z: Zod): Schema
  /** Whether it is answered from the lines themselves, which not every engine keeps. */
  readonly needsLines: boolean
  /** Reads what is stored, in the store's thread: the result goes to another one. Times are Micros. */
  read(reader: StoreReader, parameters: z.output<Schema>): Promise<Stored>
  /** What is left to be done in the thread that asks. */
  finish?(stored: Stored, formatFor: FormatFor): Result
  /** Absent for what only Visor's own parts ask. */
  readonly api?: Api<z.output<Schema>, Result, Answer>
}

/** A question as people and programs ask it. */
export interface Api<Parameters, Result, Answer> {
  /** Anybody who may open the page, or only who may open the control socket. */
  readonly access: 'page' | 'socket'
  /** Plain data, times in Millis. The store is given for when lines are. */
  answer(
    result: Result,
    parameters: Parameters,
    store: { extent(): Promise<Extent | undefined> }
  ): Answer | Promise<Answer>
}

/** A question whose result is read and finished at once. */
export function question<Schema extends z.ZodType, Stored, Answer>(
  definition: Omit<Question<Schema, Stored, Stored, Answer>, 'finish'>
): Question<Schema, Stored, Stored, Answer> {
  return definition
}

/** A value of a field in the unit that people see: durations in seconds. */
export function shownValue(field: string, value: string | number): string | number {
  return typeof value === 'number' && isDuration(field) ? value / SECOND : value
}
