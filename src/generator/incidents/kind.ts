import * as z from 'zod'
import { durationSetting } from '../../settings/duration.ts'
import type { Random } from '../random.ts'
import type { Complaint } from '../site/complaints.ts'
import type { Site } from '../site/site.ts'
import type { Visit } from '../site/visit.ts'

/** Where an incident happens. */
export interface IncidentContext {
  readonly site: Site
  /** Chance of this incident alone. */
  readonly random: Random
}

/** An incident that is under way: what it does to the lines. */
export interface Incident {
  /** What the rate of all lines but its own is multiplied with; 1 when absent. */
  readonly factor?: number
  /** Its own lines a second, where all others are `rate`; none when absent. */
  readonly rate?: (rate: number) => number
  /** Makes of a blank visit a line of its own. */
  readonly make?: (visit: Visit) => void
  /** Changes somebody's request; true when it did, so that the line is one of the incident's. */
  readonly touch?: (visit: Visit) => boolean
  /** What the error log says at its beginning and at its end. */
  readonly begins?: readonly Complaint[]
  readonly ends?: readonly Complaint[]
  /** A query that its lines pass (docs/query.md); others may pass it too. */
  readonly query: string
  /** What was drawn by chance, for the manifest. */
  readonly facts?: Readonly<Record<string, readonly string[]>>
}

/** Settings of all kinds: when an incident begins and how long it lasts, and what should find it. */
export const when = {
  at: durationSetting('0s', '365d', 'When it begins, from the start on.'),
  for: durationSetting('10ms', '365d', 'How long it lasts.').prefault('30s'),
  rules: z
    .array(z.string().min(1))
    .optional()
    .describe('Alert rules of which one should find it; those that know its kind when absent.')
}

/** A kind of incident: an export here, and a line in index.ts. */
export interface IncidentKind<Schema extends z.ZodObject = z.ZodObject> {
  readonly name: string
  readonly options: Schema
  /** Options with which it is worth seeing. */
  readonly example: z.input<Schema>
  begin(options: z.output<Schema>, context: IncidentContext): Incident
}

type IncidentSchema<Name extends string, Own extends z.ZodRawShape> = z.ZodObject<
  { type: z.ZodLiteral<Name> } & typeof when & Own,
  z.core.$strict
>

/** A kind with its own settings besides those of all. */
export function incidentKind<Name extends string, Own extends z.ZodRawShape>({
  name,
  summary,
  settings,
  ...kind
}: Omit<IncidentKind<IncidentSchema<Name, Own>>, 'name' | 'options'> & {
  readonly name: Name
  readonly summary: string
  readonly settings: Own
}): IncidentKind<IncidentSchema<Name, Own>> {
  const options = z.strictObject({ type: z.literal(name), ...when, ...settings }).describe(summary)
  return { name, options, ...kind }
}

/** Settings that several kinds have. */
export const settings = {
  rate: (summary: string) => z.number().min(0.001).max(1e7).describe(`${summary} Lines a second.`),
  share: (summary: string) => z.number().min(0).max(1).describe(summary),
  clients: (summary: string) =>
    z
      .union([
        z.int().min(1).max(100_000),
        z.array(z.string().regex(/^[\w.:-]+$/, 'expected an address')).min(1)
      ])
      .describe(summary),
  path: (summary: string) =>
    z
      .string()
      .regex(/^\/\S*$/, 'expected a path that begins with /')
      .describe(summary)
}

/** A query for any of these texts in a field. */
export function anyOf(field: string, texts: readonly string[]): string {
  return `${field}:(${texts.map(text => JSON.stringify(text)).join(' OR ')})`
}
