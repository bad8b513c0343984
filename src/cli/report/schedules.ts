import { existsSync } from 'node:fs'
import { receiversOf } from '../../app/reports/reader.ts'
import { runsWithDeliveries } from '../../app/reports/runs.ts'
import { eachText, ownOf, schedulesOf, type Schedule } from '../../app/reports/schedules.ts'
import type { Config } from '../../config/schema.ts'
import { WEEKDAYS } from '../../core/calendar.ts'
import { HOUR, toMicros, type Micros, type Millis } from '../../core/time.ts'
import { visible } from '../../core/visible.ts'
import { zoneOffsets } from '../../core/zone.ts'
import { RUN_STATES } from '../../reports/run.ts'
import { nextDates } from '../../reports/schedule.ts'
import { clockIn } from '../../core/steps.ts'
import type { ReportDelivered, RunStatus } from '../../server/reports/types.ts'
import {
  openState,
  readerBy,
  readingsOf,
  statePath,
  type StateReader,
  type Unsubscribed
} from '../../state/index.ts'
import { daemonOf, remoteReader } from '../asking.ts'
import { printJson, printLines, type Context } from '../context.ts'
import type { StoreSelection } from '../options.ts'
import { configFor } from '../settings.ts'
import { textTable } from '../text-table.ts'

/** How many of the next dates are shown, and of the last runs at most: each date has one of each part. */
const DATES = 5
const RUNS = 200

/** A schedule as `--schedule` shows it; times are ISO 8601. */
interface ShownSchedule {
  readonly name: string
  readonly recurrence: string
  readonly period: string
  readonly zone: string
  readonly next: readonly string[]
  readonly reports: readonly { readonly of: string; readonly zone: string; readonly to: string }[]
  /** What became of the last date: a run, or one of each part. */
  readonly last: readonly RunStatus[]
  /** Who would get its mails, but wants none. */
  readonly unsubscribed: readonly string[]
}

/** `visor report --schedule`: the next dates of each schedule, who gets its reports, and how the last ones went. */
export async function showSchedules(
  options: StoreSelection,
  json: boolean,
  now: Millis,
  context: Context
): Promise<void> {
  const config = configFor(options, context.env)
  const known = await knownOf(config)
  const shown = schedulesOf(config).map(schedule => shownSchedule(schedule, config, known, now))
  if (json) return printJson(context, shown)
  if (shown.length === 0)
    return printLines(context, ['The configuration has no reports; docs/reports.md says how it gets some.'])
  return printLines(
    context,
    shown.flatMap((one, i) => [...(i === 0 ? [] : ['']), ...linesOf(one)])
  )
}

function shownSchedule(
  schedule: Schedule,
  config: Config,
  { runs, unsubscribed }: Known,
  now: Millis
): ShownSchedule {
  const { name, recurrence, period, dates, zone } = schedule
  const all = runs.filter(run => run.schedule === name)
  const last = all.filter(({ due }) => due === all[0]?.due)
  return {
    name,
    recurrence,
    period: period === 'interval' ? 'the time since the date before' : `the last whole ${period}`,
    zone,
    next: nextDates(dates, DATES, () => now).map(date => new Date(date).toISOString()),
    reports: [
      ...Object.keys(schedule.for).map(part => ({
        of: part,
        zone: schedule.for[part]?.zone ?? zone,
        to: recipientsOf(schedule, part, config)
      })),
      {
        of: schedule.each === undefined ? 'all' : `each ${eachText(schedule.each)}`,
        zone,
        to: recipientsOf(schedule, undefined, config)
      }
    ],
    unsubscribed: unsubscribed.filter(({ schedule }) => schedule === name).map(({ address }) => address),
    last
  }
}

/** Who gets the reports of a schedule, or of a part of it: `ops (a@example.org), team`; `nobody`. */
export function recipientsOf(schedule: Schedule, part: string | undefined, config: Config): string {
  const own = ownOf(schedule, part)
  const names = own.receivers ?? schedule.receivers ?? receiversOf(config)
  const to = own.to ?? schedule.to
  const mails = (name: string): unknown => to ?? config.receivers[name]?.['to']
  const shown = names.map(name => {
    const addresses = config.receivers[name]?.type === 'email' ? mails(name) : undefined
    return Array.isArray(addresses) ? `${name} (${addresses.join(', ')})` : name
  })
  return shown.join(', ') || 'nobody'
}

function linesOf({
  name,
  recurrence,
  period,
  zone,
  next,
  reports,
  unsubscribed,
  last
}: ShownSchedule): string[] {
  const clock = clockOf(zone)
  const rows = [
    ['  about', period],
    ...next.map((date, i) => [i === 0 ? '  next' : '', clock(Date.parse(date))]),
    ...reports.map(({ of, zone: own, to }) => [`  ${of}`, `to ${to}${own === zone ? '' : `, in ${own}`}`]),
    ...(unsubscribed.length === 0 ? [] : [['  without', `${unsubscribed.join(', ')}, who unsubscribed`]]),
    ...lastRows(last, clock)
  ]
  return [`${visible(name)}: ${recurrence}`, ...textTable(rows)]
}

function lastRows(last: readonly RunStatus[], clock: (time: Millis) => string): string[][] {
  if (last.length === 0) return [['  last', 'none yet']]
  return last.flatMap(({ due, state, part, subject, why, deliveries }, i) => {
    const about = [RUN_STATES[state], part, subject, why].filter(text => text !== undefined).join(': ')
    return [
      [i === 0 ? '  last' : '', `${clock(due)} ${about}`],
      ...deliveries.map(({ receiver, state, summary }) => [
        '',
        [`  ${receiver}`, DELIVERED[state], summary].filter(text => text !== undefined).join(': ')
      ])
    ]
  })
}

/** What became of a report with a receiver. */
export const DELIVERED: Readonly<Record<ReportDelivered['state'], string>> = {
  waiting: 'waits',
  sent: 'sent',
  partly: 'sent to some',
  later: 'not taken now',
  failed: 'refused',
  unwanted: 'not sent'
}

/** By how much clocks are set. */
const SHIFTS: readonly Micros[] = [HOUR / 2, HOUR]

/**
 * Times as the clock of a zone shows them: `Mon 2026-11-30 07:00:00 Europe/Berlin`; with the offset from UTC where it shows them
 * twice.
 */
export function clockOf(zone: string): (time: Millis) => string {
  const clock = clockIn(zone)
  const offset = zoneOffsets(zone)
  return time => {
    const at = toMicros(time)
    const text = clock(at)
    const isTwice = SHIFTS.some(by => clock(at - by) === text || clock(at + by) === text)
    const day = WEEKDAYS[new Date(text.slice(0, 10)).getUTCDay()]
    return `${day} ${text}${isTwice ? ` UTC${offsetText(offset(time))}` : ''} ${zone}`
  }
}

function offsetText(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `${minutes < 0 ? '-' : '+'}${hours}${rest === 0 ? '' : `:${rest}`}`
}

/** What the store's state knows of reports: the last run of each schedule, and who has unsubscribed. */
async function knownOf({ store, reports }: Config): Promise<Known> {
  const ask = await daemonOf(store.path)
  if (ask) return knownBy(remoteReader(ask), reports)
  if (!existsSync(statePath(store.path))) return { runs: [], unsubscribed: [] }
  const state = openState(store.path)
  return knownBy(readerBy(readingsOf(state)), reports).finally(() => state.close())
}

async function knownBy(state: StateReader, reports: Config['reports']): Promise<Known> {
  const runs = await Promise.all(
    Object.keys(reports).map(schedule => state.reports({ limit: RUNS, schedule }))
  )
  const [outbox, deliveries] = [await state.outbox(), await state.deliveries({ limit: 10_000 })]
  const found = runsWithDeliveries({ outbox: () => outbox, deliveries: () => deliveries }, runs.flat())
  return { runs: found, unsubscribed: await state.unsubscribed() }
}

interface Known {
  readonly runs: readonly RunStatus[]
  readonly unsubscribed: readonly Unsubscribed[]
}
