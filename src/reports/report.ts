import type * as zod from 'zod'
import type { ReportContents } from './contents.ts'
import type { Zod } from '../settings/zod.ts'
import type { Section } from './section.ts'
import { content } from './sections/content.ts'
import { files } from './sections/files.ts'
import { hosts } from './sections/hosts.ts'
import { incidents } from './sections/incidents.ts'
import { metrics } from './sections/metrics.ts'
import { overview } from './sections/overview.ts'
import { quality } from './sections/quality.ts'
import { security } from './sections/security.ts'
import { timeline } from './sections/timeline.ts'
import { vhosts } from './sections/vhosts.ts'

/** The sections of a report, in order: a new one is one entry. */
export const SECTIONS = [
  overview,
  timeline,
  incidents,
  security,
  hosts,
  content,
  metrics,
  vhosts,
  quality,
  files
] as const

/** What `visor report -o json` writes. */
export type Report = Members<(typeof SECTIONS)[number]>

type Members<S> = Intersection<S extends Section<infer M> ? zod.output<zod.ZodObject<M>> : never>
type Intersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void
  ? I
  : never

/** A section of any members. */
export type AnySection = Pick<Section, 'name' | 'members' | 'blocks'> & {
  json(contents: ReportContents): object
}

/** The report in JSON. */
export function jsonReport(contents: ReportContents): Report
export function jsonReport(contents: ReportContents, sections: readonly AnySection[]): object
export function jsonReport(contents: ReportContents, sections: readonly AnySection[] = SECTIONS): object {
  return Object.assign({}, ...sections.map(section => section.json(contents)))
}

/** What the report in JSON follows; docs/report.schema.json is made from this. */
export function reportSchema(z: Zod): zod.ZodType<Report>
export function reportSchema(z: Zod, sections: readonly AnySection[]): zod.ZodType<object>
export function reportSchema(z: Zod, sections: readonly AnySection[] = SECTIONS): zod.ZodType<object> {
  return z
    .strictObject(Object.assign({}, ...sections.map(({ members }) => members(z))))
    .describe('Report of Visor')
}
