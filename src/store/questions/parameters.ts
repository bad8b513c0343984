import type * as zod from 'zod'
import { VisorError } from '../../core/errors.ts'
import { didYouMean } from '../../core/suggest.ts'
import { toMicros } from '../../core/time.ts'
import { isZone } from '../../core/zone.ts'
import { parseQuery } from '../../query/index.ts'
import type { Zod } from '../../settings/zod.ts'

const MAX_TEXT_LENGTH = 10_000
const MAX_LIMIT = 100_000

/** One text. */
export const text = (z: Zod): zod.ZodString => {
  const error = `must be one text of at most ${MAX_TEXT_LENGTH} characters`
  return z.string({ error }).max(MAX_TEXT_LENGTH, { error })
}

/** How many of them at most. */
export const limit = (z: Zod, usual: number) => {
  const error = `must be a whole number from 1 to ${MAX_LIMIT}`
  return z
    .string({ error })
    .regex(/^\d{1,6}$/, { error })
    .transform(Number)
    .refine(value => value >= 1 && value <= MAX_LIMIT, { error })
    .optional()
    .describe(`How many at most; ${usual} when absent, ${MAX_LIMIT} at most.`)
}

/** Micros of an ISO time or of Millis. */
const time = (z: Zod, description: string) => {
  const error = 'must be a time: ISO 8601, or milliseconds since 1970'
  return z
    .string({ error })
    .max(MAX_TEXT_LENGTH, { error })
    .transform(text => (/^-?\d{1,16}(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text)))
    .refine(value => Math.abs(value) <= 8.64e15, { error })
    .transform(toMicros)
    .optional()
    .describe(description)
}

/** Names; the parameter may come again. */
export const nameList = (z: Zod, of: string, description: string) =>
  z
    .union([text(z), z.array(text(z))], { error: `must be names of ${of}` })
    .transform((names): readonly string[] => [names].flat())
    .optional()
    .describe(description)

export const sources = (z: Zod) => nameList(z, 'sources', 'Of this source alone; may be given again.')

/** The zone whose hours and days are meant. */
export const zoneName = (z: Zod) =>
  text(z)
    .refine(isZone, { error: 'must be a time zone, such as UTC or Europe/Berlin' })
    .optional()
    .describe('The zone whose hours and days those are, such as Europe/Berlin; UTC when absent.')

/** A span of time. */
export const times = (z: Zod, what: string) => ({
  from: time(z, `Only ${what} from then on: ISO 8601, or milliseconds since 1970.`),
  to: time(z, `Only ${what} before then.`)
})

/** Which lines: what all questions about lines take. */
export const lineFilter = (z: Zod) => ({
  where: text(z)
    .transform(query => parseQuery(query))
    .optional()
    .describe('Which lines ([query.md](query.md)); all when absent.'),
  sources: sources(z),
  ...times(z, 'lines')
})

/** Reads the parameters of a question. VisorError QUERY with what is wrong, the parameter named. */
export function readParameters<Schema extends zod.ZodType>(
  schema: Schema,
  given: Readonly<Record<string, unknown>>
): zod.output<Schema> {
  const { success, data, error } = schema.safeParse(given)
  if (success) return data
  const [issue] = error.issues
  if (issue?.code !== 'unrecognized_keys')
    throw new VisorError('QUERY', `${String(issue?.path[0])} ${issue?.message}`, {
      remedy: issue?.code === 'too_big' ? 'Shorten it.' : REMEDY
    })
  const [name = ''] = issue.keys
  throw new VisorError('QUERY', `there is no parameter ${name}${didYouMean(name, parameterNames(schema))}`, {
    remedy: REMEDY
  })
}

const REMEDY = 'docs/api.md has the questions, and what each may be asked.'

/** The names of a question's parameters; none of one that only Visor's own parts ask. */
export function parameterNames(schema: zod.ZodType): string[] {
  return 'shape' in schema && typeof schema.shape === 'object' ? Object.keys(schema.shape ?? {}) : []
}
