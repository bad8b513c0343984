import * as z from 'zod'

/** What the longest wait of a range is at the least, in seconds: with none the lines of one instant would have no end. */
const MIN_WAIT = 0.00001
const TOO_SHORT = `expected a wait of at least ${MIN_WAIT.toFixed(5)} seconds, or its lines would have no end`

const NO_NUMBER = 'expected a number'
const decimal = z.union([z.number(), z.string().regex(/^-?\d+(\.\d+)?$/, NO_NUMBER)], NO_NUMBER)
const seconds = decimal.transform(Number).pipe(z.number().min(0))
const text = z.string().min(1, 'expected a text that is not empty')
const texts = z.array(text).min(1, 'expected at least one')
const status = decimal.transform(Number).pipe(z.int().min(100).max(999))

const shares = z
  .array(seconds)
  .refine(all => all.some(share => share > 0), 'expected at least one share above 0')
  .optional()

/** Evenly from `low` to `high`. */
export interface SecondsRange {
  readonly low: number
  readonly high: number
}

function rangeOf(a: number, b: number): SecondsRange {
  return { low: Math.min(a, b), high: Math.max(a, b) }
}

function takesTime({ high }: SecondsRange): boolean {
  return high >= MIN_WAIT
}

const ranges = z
  .array(
    z
      .tuple([seconds, seconds])
      .transform(([a, b]) => rangeOf(a, b))
      .refine(takesTime, TOO_SHORT)
  )
  .min(1, 'expected at least one range')
  .optional()

/** A line that shows that the log lives. */
export const heartbeatOptions = z.strictObject({
  interval: seconds
    .refine(every => every === 0 || every >= MIN_WAIT, TOO_SHORT)
    .describe('Seconds between two heartbeats; 0 for none.'),
  message: text.describe('What a heartbeat says.')
})

const access = z
  .strictObject({
    interval: z
      .strictObject({
        min: seconds.describe('Seconds at the least.'),
        max: seconds.describe('Seconds at the most.')
      })
      .transform(({ min, max }) => rangeOf(min, max))
      .refine(takesTime, TOO_SHORT)
      .describe('How long it is from one line to the next.'),
    user_id: z.array(z.string()).min(1, 'expected at least one').describe('Users; `-` for none.'),
    user_id_dist: shares.describe('The share of each user; the same for all when absent.'),
    method: texts.describe('Request methods.'),
    method_dist: shares.describe('The share of each method; the same for all when absent.'),
    code: z.array(status).min(1, 'expected at least one').describe('Statuses of the answers.'),
    code_dist: shares.describe('The share of each status; the same for all when absent.'),
    resource: texts.describe('Paths asked for, perhaps with a query.'),
    resource_dist: shares.describe('The share of each path; the same for all when absent.'),
    version: texts.describe('Protocols, such as `HTTP/2.0`.'),
    version_dist: shares.describe('The share of each protocol; the same for all when absent.')
  })
  .superRefine((access, context) => {
    for (const name of ['user_id', 'method', 'code', 'resource', 'version'] as const) {
      const dist = `${name}_dist` as const
      const given = access[dist]?.length ?? access[name].length
      if (given === access[name].length) continue
      const message = `expected a share for each ${name}: ${access[name].length}, got ${given}`
      context.addIssue({ code: 'custom', path: [dist], message })
    }
  })

function isOneForm(given: Readonly<Record<string, unknown>>): boolean {
  const names = ['normal', 'peak', 'min', 'max'].filter(name => given[name] !== undefined)
  return ['normal peak', 'min max'].includes(names.join(' '))
}

const interval = z
  .strictObject({
    normal: ranges.describe(
      'Ranges of seconds from one line to the next in quiet times: one is taken by chance.'
    ),
    peak: ranges.describe('The same in peaks.'),
    min: seconds.optional().describe('Seconds at the least, where there are no peaks.'),
    max: seconds.optional().describe('Seconds at the most, where there are no peaks.')
  })
  .refine(isOneForm, 'expected "normal" and "peak", or "min" and "max"')
  .transform(({ normal, peak, min = 0, max = 0 }) => {
    const steady = [rangeOf(min, max)]
    return { normal: normal ?? steady, peak: peak ?? steady }
  })
  .refine(({ normal }) => normal.every(takesTime), TOO_SHORT)

const messages = z.strictObject({
  interval: interval.describe('How long it is from one line to the next.'),
  message: texts.describe('What the lines say, one as often as the other.')
})

/**
 * The configuration of the first Visor's generator, its keys as they were, and `pool`, `user_id_dist`, `resource_dist` and
 * `version_dist`. Its numbers may be written as texts, the two numbers of a range stand in either order, and shares need not add
 * up to 1.
 */
export const classicOptions = z
  .strictObject({
    heartbeat: heartbeatOptions
      .optional()
      .describe('A line at equal times that shows that the generator lives.'),
    access: access.optional().describe('Lines of the access log.'),
    info: messages.optional().describe('Lines of level info in the error log.'),
    warn: messages.optional().describe('Lines of level warn in the error log.'),
    error: messages.optional().describe('Lines of level error in the error log.'),
    pool: decimal
      .transform(Number)
      .pipe(z.int().min(1).max(1_000_000))
      .default(50)
      .describe('How many clients the error log has.')
  })
  .describe('Traffic as the generator of the first Visor makes it')

/** The settings with numbers as numbers and ranges in order, in seconds. */
export type ClassicOptions = z.output<typeof classicOptions>

/** What a section of messages says: waits in seconds by phase, and texts. */
export type MessageOptions = z.output<typeof messages>

export type AccessOptions = z.output<typeof access>

/** Whether a scenario, as it was read from its file, is one of the first Visor. */
export function isClassic(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return ['access', 'info', 'warn', 'error'].some(section => Object.hasOwn(value, section))
}
