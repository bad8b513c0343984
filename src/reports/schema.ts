import * as z from 'zod'

const count = z.int().min(0)

const tally = {
  count: count.describe('Lines counted.'),
  sum: z.number().describe('Sum of the measure: bytes of the answers; 0 for a metric without one.')
}

const time = z.iso.datetime().describe('UTC, with microseconds where there are any.')

const distinct = count.describe('Distinct keys; an estimate (1.6 % standard error) for very many.')

const reading = z.strictObject({
  ...tally,
  distinct,
  top: z
    .array(
      z.strictObject({
        key: z.string(),
        ...tally,
        first: time.optional().describe('When it was first seen: of messages of error logs.'),
        last: time.optional().describe('When it was last seen.')
      })
    )
    .describe('The largest keys by count, then sum, then name.'),
  other: z.strictObject({ ...tally, distinct }).describe('All keys that are not in top, together.')
})

const seconds = z.number().min(0).describe('Seconds.')

const percentiles = z.strictObject({
  count,
  mean: seconds,
  p50: seconds,
  p90: seconds,
  p95: seconds,
  p99: seconds
})

const lines = z.strictObject({
  read: count.describe('Lines read; always parsed + rejected + late.'),
  parsed: count.describe('Lines that follow their format.'),
  rejected: count.describe('Lines that do not.'),
  late: count.describe('Lines that came after their window was closed; 0 for whole files.')
})

const hour = z.strictObject({
  time: time.describe('Begin of the hour, UTC.'),
  requests: count,
  bytes: z.number(),
  classes: z
    .strictObject({ '1xx': count, '2xx': count, '3xx': count, '4xx': count, '5xx': count, other: count })
    .describe('Requests by class of their status.'),
  error_lines: count.describe('Lines of error logs that have a severity.')
})

const file = z.strictObject({
  path: z.string(),
  kinds: z.array(z.enum(['access', 'error'])).describe('The kinds of log that its lines are of.'),
  format: z.strictObject({ name: z.string(), text: z.string() }),
  why: z.string().describe('How the format was chosen.'),
  lines,
  bytes: count.describe('Bytes read.'),
  problem: z.string().optional().describe('Why the file could not be read to its end.'),
  rejected: z
    .array(z.strictObject({ line: count, column: count, reason: z.string(), text: z.string() }))
    .describe('The first lines that do not follow the format; line and column count from 1.')
})

/** What `visor report -o json` writes: docs/report.schema.json is made from this. */
export const reportSchema = z
  .strictObject({
    where: z
      .string()
      .optional()
      .describe('The query that counted lines pass; `lines` and `bytes` are of all.'),
    lines,
    bytes: count.describe('Bytes read.'),
    period: z.strictObject({ from: time.nullable(), to: time.nullable() }).describe('First and last event.'),
    metrics: z.record(z.string(), reading).describe('Every metric that counted something, by its name.'),
    percentiles: z
      .record(z.string(), percentiles)
      .describe('Metrics that are read as percentiles (1 % relative error), such as duration.'),
    timeline: z
      .array(hour)
      .describe('What happened by hour of event time; hours without any line are left out.'),
    files: z.array(file)
  })
  .describe('Report of Visor')

export type Report = z.infer<typeof reportSchema>

/** The JSON Schema of a report in JSON. */
export function reportJsonSchema(): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(reportSchema)
}
