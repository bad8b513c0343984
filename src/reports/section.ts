import type * as zod from 'zod'
import type { Zod } from '../settings/zod.ts'
import type { ReportContents } from './contents.ts'

/** A part of a report. */
export interface Section<Members extends zod.ZodRawShape = zod.ZodRawShape> {
  readonly name: string
  /** Its head in a report for people. */
  readonly title: string
  /** What it adds to the report in JSON: described members. */
  members(z: Zod): Members
  json(contents: ReportContents): zod.output<zod.ZodObject<Members>>
  /** What it shows as text, `width` (72 or more) columns wide; nothing where there is nothing to show. */
  text(contents: ReportContents, width: number): readonly TextBlock[]
}

/** Lines of text under a head. */
export interface TextBlock {
  /** The section's title where absent. */
  readonly title?: string
  /** Stands at the right of the head. */
  readonly note: string
  readonly lines: readonly string[]
}

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
