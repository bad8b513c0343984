import * as z from 'zod'
import { querySetting } from '../alerts/rules/fields.ts'
import { names } from '../alerts/rules/settings.ts'
import { addresses } from '../notifiers/email/options.ts'
import { datesOf, PERIODS_REPORTED } from '../reports/schedule.ts'
import { durationSetting } from '../settings/duration.ts'
import { zoneSetting } from '../settings/zone.ts'

/** Schedules are named in addresses, headers and file names. */
const NAME = /^[A-Za-z][\w.-]{0,63}$/

const label = z.string().regex(/^[A-Za-z_]\w{0,63}$/, 'expected a name of letters, digits and "_"')

/** What a source is of, by names of one's own. */
export const labelsSetting = z
  .record(label, z.string().min(1), 'expected names of letters, digits and "_", each with a text')
  .optional()
  .describe('Whose it is, by names of your own, such as {team: shop}: reports can be made for each of them.')

/** What goes along with a report. */
const ATTACHED = ['html', 'csv', 'json', 'txt'] as const

const cron = z
  .string()
  .superRefine((text, context) => {
    try {
      datesOf({ cron: text }).next(0)
    } catch (error) {
      context.addIssue(error instanceof Error ? error.message : String(error))
    }
  })
  .describe('When it runs, as cron has it: "0 7 * * 1" is each Monday at 7:00 in `zone`.')

const receivers = names('Receivers that get it; all of those that take reports when absent.').optional()
const to = addresses('Who gets its mails, instead of those whom the receivers name.').optional()
const where = z
  .string()
  .superRefine((text, context) => {
    for (const { message } of querySetting.safeParse(text).error?.issues ?? []) context.addIssue(message)
  })
  .optional()
  .describe('Only lines that pass a query (docs/query.md).')

/** What is different for one value of `each`. */
export const partOptions = z.strictObject({
  receivers: receivers.describe('Receivers that get this one; none for [].'),
  to,
  zone: zoneSetting("Its time zone; the schedule's when absent.").optional(),
  where: where.describe('Only lines that pass this query, besides what the schedule asks for.')
})

/** The settings of one schedule. */
export const scheduleOptions = z
  .strictObject({
    every: durationSetting(
      '1s',
      '1d',
      'How often it runs, counted from 1970 UTC: with 5m at 7:00, 7:05 and so on.'
    ).optional(),
    cron: cron.optional(),
    zone: zoneSetting(
      'The time zone of `cron`, and of days and hours in the report; `zone` of the configuration when absent.'
    ).optional(),
    period: z
      .enum(PERIODS_REPORTED)
      .default('interval')
      .describe(
        'What it is about: the time since it should have run before, or the last whole hour, day, week (from Monday on) or month of the zone.'
      ),
    receivers,
    to,
    where,
    sources: names('Only lines of these sources; all when absent.').optional(),
    each: z
      .union(
        [z.enum(['vhost', 'source']), z.strictObject({ label })],
        'expected "vhost", "source" or {label: NAME}'
      )
      .optional()
      .describe(
        'A report for each vhost, for each source, or, with {label: NAME}, for each value that sources have in their `labels`, with lines of that alone.'
      ),
    for: z
      .record(z.string().min(1), partOptions)
      .default({})
      .describe('What is different for single ones of them, under their names.'),
    quiet: z
      .enum(['send', 'skip'])
      .default('send')
      .describe('What becomes of a report that has nothing to say: it is sent as "all quiet", or skipped.'),
    details: z
      .boolean()
      .default(true)
      .describe('Whether addresses, paths and other texts of logs are in it; figures alone when false.'),
    template: z
      .enum(['full', 'plain'])
      .default('full')
      .describe('How mails show it: all of it, or a few lines of text.'),
    attach: z
      .union([z.enum(ATTACHED), z.array(z.enum(ATTACHED))])
      .transform(given => [...new Set([given].flat())])
      .prefault([])
      .describe('What mails have attached.'),
    top: z.int().min(1).max(100).default(10).describe('How many rows its tables have.'),
    keep: durationSetting(
      '1d',
      '3650d',
      'How long its runs can be read on the page; the newest 500.'
    ).prefault('90d')
  })
  .refine(
    ({ every, cron }) => (every === undefined) !== (cron === undefined),
    'expected either "every" or "cron"'
  )
  .refine(({ each, for: parts }) => each !== undefined || Object.keys(parts).length === 0, {
    path: ['for'],
    message: 'expected "each" with it: what the names are of'
  })

/** The reports that are made at set times, by name. */
export const reportsSetting = z
  .record(z.string().regex(NAME, 'expected a name of letters, digits, ".", "_" and "-"'), scheduleOptions)
  .default({})
  .describe('Reports that are sent at set times, each under a name (docs/reports.md).')

/** One schedule. */
export type ScheduleConfig = z.output<typeof scheduleOptions>

/** A name that a schedule gives, and where it stands. */
interface Named {
  readonly path: readonly string[]
  readonly name: string
}

/** The receivers and sources that schedules name. */
export function namedInReports(reports: Readonly<Record<string, ScheduleConfig>>): {
  receivers: Named[]
  sources: Named[]
} {
  const all = Object.entries(reports).map(([name, schedule]) => ({ path: ['reports', name], schedule }))
  return {
    receivers: all.flatMap(({ path, schedule }) => [
      ...namedAt([...path, 'receivers'], schedule.receivers),
      ...Object.entries(schedule.for).flatMap(([part, { receivers }]) =>
        namedAt([...path, 'for', part, 'receivers'], receivers)
      )
    ]),
    sources: all.flatMap(({ path, schedule }) => [
      ...namedAt([...path, 'sources'], schedule.sources),
      ...(schedule.each === 'source'
        ? Object.keys(schedule.for).map(name => ({ path: [...path, 'for', name], name }))
        : [])
    ])
  }
}

/** The labels by which schedules have a report for each, with the values that they name. */
export function labelsIn(reports: Readonly<Record<string, ScheduleConfig>>): {
  readonly path: readonly string[]
  readonly label: string
  readonly parts: readonly string[]
}[] {
  return Object.entries(reports).flatMap(([name, { each, for: parts }]) =>
    typeof each === 'object' ? { path: ['reports', name], label: each.label, parts: Object.keys(parts) } : []
  )
}

/** Where schedules say who gets mails, each with the receivers that would send them; all where none are named. */
export function readdressed(
  reports: Readonly<Record<string, ScheduleConfig>>
): { readonly path: readonly string[]; readonly names: readonly string[] | undefined }[] {
  return Object.entries(reports).flatMap(([name, schedule]) => [
    ...(schedule.to ? [{ path: ['reports', name, 'to'], names: schedule.receivers }] : []),
    ...Object.entries(schedule.for).flatMap(([part, own]) =>
      own.to
        ? [{ path: ['reports', name, 'for', part, 'to'], names: own.receivers ?? schedule.receivers }]
        : []
    )
  ])
}

function namedAt(path: readonly string[], names: readonly string[] = []): Named[] {
  return names.map(name => ({ path, name }))
}
