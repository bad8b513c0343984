import * as z from 'zod'
import { VisorError } from '../../core/errors.ts'
import { DAY_MS, MINUTE_MS } from '../../core/time.ts'

/** What pages and forms send. Longer texts than these say nothing that people read. */
const id = z.string().min(1).max(200)
const name = z.string('your name is missing').trim().min(1, 'your name is missing').max(60)
const remark = z.string().trim().max(500).default('')

/** Bytes that a body may have. */
export const BODY_LIMIT = 32_768

export const acknowledging = z.strictObject({ alert: id, comment: remark })

export const unacknowledging = z.strictObject({ alert: id })

/** `query` is over `rule`, `severity` and the labels of alerts; `for` is how long from now on, in milliseconds. */
export const silencing = z.strictObject({
  query: z.string().trim().min(1, 'a query is missing').max(4000),
  reason: remark,
  for: z
    .int()
    .min(MINUTE_MS)
    .max(365 * DAY_MS)
})

/** What the forms of `/act/TOKEN` send. */
export const acting = z.object({
  owner: name,
  comment: remark,
  for: z.enum(['1h', '4h', '1d', '7d']).default('1h')
})

/** What of them was filled in, right or wrong. */
export const filledIn = z.object({ owner: z.string(), comment: z.string() }).partial().catch({})

export const historyQuery = z.object({
  alert: id.optional(),
  rule: id.optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100)
})

/** @throws VisorError QUERY with what is wrong */
export function checked<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const { data, error } = schema.safeParse(given)
  if (!error) return data
  const [issue] = error.issues
  const message = [...(issue?.path ?? []), issue?.message].join(': ')
  throw new VisorError('QUERY', message, { remedy: 'Change that, and send it again.' })
}
