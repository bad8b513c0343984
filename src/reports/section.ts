import type * as zod from 'zod'
import type { Zod } from '../settings/zod.ts'
import type { Block } from './block.ts'
import type { ReportContents } from './contents.ts'

/** A part of a report: what it adds to the report in JSON, and what it shows in all the others. */
export interface Section<Members extends zod.ZodRawShape = zod.ZodRawShape> {
  readonly name: string
  /** What it adds to the report in JSON: described members. */
  members(z: Zod): Members
  json(contents: ReportContents): Unchanged<zod.output<zod.ZodObject<Members>>>
  /** What it shows; nothing where there is nothing to show. */
  blocks(contents: ReportContents): readonly Block[]
}

/** Data of which nothing is changed any more: it may be that of the contents itself. */
type Unchanged<Data> = Data extends object ? { readonly [Name in keyof Data]: Unchanged<Data[Name]> } : Data

/** A number of lines or keys. */
export function countIn(z: Zod): zod.ZodInt {
  return z.int().min(0)
}

export function timeIn(z: Zod): zod.ZodISODateTime {
  return z.iso.datetime().describe('UTC, with microseconds where there are any.')
}

/** What became of lines. */
export function linesIn(z: Zod): zod.ZodObject<Record<'read' | 'parsed' | 'rejected' | 'late', zod.ZodInt>> {
  return z.strictObject({
    read: countIn(z).describe('Lines read; always parsed + rejected + late.'),
    parsed: countIn(z).describe('Lines that follow their format.'),
    rejected: countIn(z).describe('Lines that do not.'),
    late: countIn(z).describe('Lines that came after their window was closed; 0 for whole files.')
  })
}
